"""Violations in words: what was promised, and what was seen."""

from collections.abc import Mapping
from dataclasses import dataclass

from leeboard.compare import Finding
from leeboard.formats.violation_texts import parse_description
from leeboard.report.words import counted, number, percent

DRIFT = "baseline_drift_check"
NON_NEGATIVE = "non_negative_check"
LABELS = {
    "data_type_check": "data type",
    "completeness_check": "completeness",
    DRIFT: "drift",
    "missing_column_check": "missing column",
    "extra_column_check": "extra column",
    "categorical_values_check": "values",
    NON_NEGATIVE: "negative number",
}
OF_CELLS = {
    "data_type_check": "cells of the right type",
    "completeness_check": "cells present",
    "categorical_values_check": "cells with a known value",
}
OF_COLUMNS = ("missing_column_check", "extra_column_check")
MOST_COLUMNS = 10
"""Columns that one violation names; of a file of another data set there may be thousands."""


@dataclass(frozen=True, slots=True)
class Named:
    """A column of a violation, and where it stands on the page; "" if it is not on it."""

    name: str
    anchor: str = ""


@dataclass(frozen=True, slots=True)
class Told:
    """One violation as a row of a table.

    Attributes:
        columns: the columns that it is about, or the first of them; none for the data set as a whole.
        n_more_columns: how many others there are.
        label: the check in plain words.
    """

    columns: tuple[Named, ...]
    n_more_columns: int
    check: str
    label: str
    promised: str
    seen: str
    description: str
    hint: str


def tell(finding: Finding, anchors: Mapping[str, str] | None = None) -> Told:
    """Numbers in words where the finding has them, else its description.

    Args:
        anchors: places on the page by name of the column.
    """
    check, columns = finding.check, _columns(finding, anchors or {})
    return Told(
        columns=tuple(columns[:MOST_COLUMNS]),
        n_more_columns=max(0, len(columns) - MOST_COLUMNS),
        check=check,
        label=LABELS.get(check, check.removesuffix("_check").replace("_", " ")),
        promised=_promised(finding),
        seen=_seen_of(finding),
        description=finding.description.strip(),
        hint=finding.hint,
    )


def _columns(finding: Finding, anchors: Mapping[str, str]) -> list[Named]:
    """Several columns are joined by a comma and a blank, which a single name may hold as well."""
    name = finding.feature_name
    if finding.check in OF_COLUMNS and name not in anchors:
        return [Named(part, anchors.get(part, "")) for part in name.split(", ") if name]
    return [Named(name, anchors.get(name, ""))] if name or name in anchors else []


def _promised(finding: Finding) -> str:
    """Nothing if the finding has no number for it."""
    check, expected = finding.check, finding.expected
    if expected is None:
        return ""
    if check in OF_CELLS:
        share = "all" if expected == 1 else f"at least {percent(expected)} of the"
        return f"{share} {_which_cells(finding)}"
    if check == DRIFT:
        return f"distance at most {number(expected, 3)}"
    return "no negative number" if check == NON_NEGATIVE else _seen(check, expected)


def _which_cells(finding: Finding) -> str:
    parsed = parse_description(finding.description)
    if parsed and parsed.expected_type:
        return f"cells of type {parsed.expected_type}"
    return OF_CELLS[finding.check]


def _seen_of(finding: Finding) -> str:
    """The description if the finding has no number."""
    if finding.observed is None:
        return finding.description
    seen = _seen(finding.check, finding.observed)
    is_odd = finding.check in OF_COLUMNS and finding.observed == finding.expected
    return f"{seen}, not the same" if is_odd else seen


def _seen(check: str, observed: float) -> str:
    if check in OF_CELLS:
        return percent(observed)
    if check == DRIFT:
        return f"distance {number(observed, 3)}"
    if check in OF_COLUMNS:
        return counted(int(observed), "column")
    return f"minimum {number(observed)}" if check == NON_NEGATIVE else number(observed)
