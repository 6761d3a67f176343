"""How a handler is called: what its parameters ask for."""

import inspect
from collections.abc import Callable
from inspect import Parameter
from logging import Logger
from typing import Any

from .rows import UnusableError

Handler = Callable[..., Any]
_LOGGER_NAMES = ("logger", "log")
_BY_PLACE = (Parameter.POSITIONAL_ONLY, Parameter.POSITIONAL_OR_KEYWORD)


def with_logger(handler: Handler, logger: Logger) -> Callable[[Any], Any]:
    """The handler as a function of the record alone.

    Raises:
        UnusableError: if it can be called neither with the record nor with record and logger.
    """
    try:
        signature = inspect.signature(handler)
    except ValueError:  # written in C, says nothing about itself
        return handler
    arguments, keywords = _extras(list(signature.parameters.values()), logger)
    _check(handler, signature, arguments, keywords)
    if not arguments and not keywords:
        return handler
    return lambda record: handler(record, *arguments, **keywords)


def without_arguments(handler: Handler) -> Callable[[], Any]:
    """The handler as it is.

    Raises:
        UnusableError: if it needs an argument.
    """
    try:
        inspect.signature(handler).bind()
    except TypeError:
        raise UnusableError(f"{_shown(handler)} needs arguments, but is called without any") from None
    except ValueError:
        pass
    return handler


def _extras(parameters: list[Parameter], logger: Logger) -> tuple[list[Any], dict[str, Any]]:
    """What the handler gets after the record."""
    by_place = [p for p in parameters if p.kind in _BY_PLACE]
    kinds = {p.kind for p in parameters}
    if len(by_place) > 1 and (by_place[1].default is Parameter.empty or by_place[1].name in _LOGGER_NAMES):
        return [logger], {}
    by_name = [p.name for p in parameters if p.name in _LOGGER_NAMES and p not in by_place[:1]]
    if by_name:
        return [], {by_name[0]: logger}
    if Parameter.VAR_POSITIONAL in kinds and len(by_place) < 2:
        return [logger], {}
    return [], {"logger": logger} if Parameter.VAR_KEYWORD in kinds else {}


def _check(
    handler: Handler, signature: inspect.Signature, arguments: list[Any], keywords: dict[str, Any]
) -> None:
    try:
        signature.bind(None, *arguments, **keywords)
    except TypeError:
        raise UnusableError(
            f"{_shown(handler)} cannot be called: "
            "it should take (inference_record) or (inference_record, logger)"
        ) from None


def _shown(handler: Handler) -> str:
    return f"{getattr(handler, '__name__', 'the handler')}{inspect.signature(handler)}"
