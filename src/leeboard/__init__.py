"""Watches data and models in production.

>>> import leeboard
>>> import polars as pl
>>> baseline = leeboard.suggest_baseline(pl.DataFrame({"age": [31, 42, 58, 36], "plan": ["a", "b"] * 2}))
>>> result = leeboard.check(pl.DataFrame({"age": [33, None, 51], "plan": ["a", "b", "c"]}), baseline)
>>> sorted((finding.feature_name, finding.check) for finding in result.findings)
[('age', 'completeness_check'), ('plan', 'categorical_values_check')]
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from leeboard.errors import EngineError, InputError, LeeboardError
    from leeboard.library import BaselineResult, CheckResult, check, load_baseline, suggest_baseline

__version__ = "0.1.0"
__all__ = [
    "BaselineResult",
    "CheckResult",
    "EngineError",
    "InputError",
    "LeeboardError",
    "__version__",
    "check",
    "load_baseline",
    "suggest_baseline",
]
_ERRORS = {"EngineError", "InputError", "LeeboardError"}


def __getattr__(name: str) -> Any:
    """Public names are imported at first use, so that `import leeboard` costs nothing."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module("leeboard.errors" if name in _ERRORS else "leeboard.library"), name)


def __dir__() -> list[str]:
    return sorted(__all__)
