"""Records what an endpoint is asked and answers, as capture files in the AWS layout."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from leeboard.capture.middleware import CaptureMiddleware
    from leeboard.capture.recorder import Recorder

__all__ = ["CaptureMiddleware", "Recorder"]
_HOMES = {"CaptureMiddleware": "middleware", "Recorder": "recorder"}


def __getattr__(name: str) -> Any:
    """The names that users import from here, loaded when asked for."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"leeboard.capture.{_HOMES[name]}"), name)
