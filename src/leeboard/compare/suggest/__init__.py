"""Suggestion rules, one a module: which promises follow from a baseline."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from leeboard.formats.constraints import DriftSettings
from leeboard.profile import ColumnProfile
from leeboard.roster import Roster


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the user wants of a constraints file."""

    categorical_drift_method: Literal["LInfinity", "ChiSquared"] = "LInfinity"
    drift: DriftSettings | None = None
    is_strict: bool = False


def _nothing(_: object) -> Mapping[str, Any]:
    return {}


@dataclass(frozen=True, slots=True)
class SuggestionRule:
    """What to promise.

    Args:
        name: of the rule.
        of_column: fields of the constraints on a column that looked like this.
        of_file: fields of the settings that hold for all columns.
    """

    name: str
    of_column: Callable[[ColumnProfile], Mapping[str, Any]] = _nothing
    of_file: Callable[[Wishes], Mapping[str, Any]] = _nothing


SUGGESTION_RULES = Roster("suggestion rule", __name__, SuggestionRule)
