"""The descriptions of violations: built in the newer wording, parsed in both.

Shares go in and come out as numbers from 0 to 1, also where the text has percent.
"""

import re
from dataclasses import dataclass

from leeboard.formats.java import java_double


def data_type_text(expected_type: str, expected_share: float, observed_share: float) -> str:
    """Too few cells are of the type that the constraints promise."""
    return (
        f"Data type match requirement is not met. Expected data type: {expected_type}, "
        f"Expected match: {_percent(expected_share)}. "
        f"Observed: Only {_percent(observed_share)} of data is {expected_type}."
    )


def completeness_text(expected_share: float, observed_share: float) -> str:
    """Too many cells are missing."""
    return (
        f"Completeness requirement is not met. Expected completeness: {_percent(expected_share)}. "
        f"Observed: Only {_percent(observed_share)} of data is complete."
    )


def drift_text(distance: float, threshold: float) -> str:
    """A column moved further from its baseline than it may."""
    return f"Baseline drift distance: {java_double(distance)} exceeds threshold: {java_double(threshold)}"


def missing_columns_text(n_current: int, n_baseline: int) -> str:
    """The data have fewer columns than the baseline."""
    return _columns_text("missing", n_current, n_baseline)


def extra_columns_text(n_current: int, n_baseline: int) -> str:
    """The data have more columns than the baseline."""
    return _columns_text("extra", n_current, n_baseline)


def domain_text(observed_share: float) -> str:
    """Too few cells hold a value of the domain.

    The blank at the end is AWS's, see the recorded `constraint_violations.json`.
    """
    return f"Value: {java_double(observed_share)} does not meet the constraint requirement! "


def _percent(share: float) -> str:
    return f"{java_double(share * 100)}%"


def _columns_text(kind: str, n_current: int, n_baseline: int) -> str:
    return (
        f"There are {kind} columns in current dataset. Number of columns in current dataset: {n_current}, "
        f"Number of columns in baseline constraints: {n_baseline}"
    )


@dataclass(frozen=True, slots=True)
class ParsedDescription:
    """The numbers in a description.

    Attributes:
        observed: a share, a drift distance, or the number of columns now.
        expected: the share, threshold or number of columns that was promised; the older wording
            does not say it.
        expected_type: the promised column type, for a data type violation in the newer wording.
    """

    observed: float
    expected: float | None = None
    expected_type: str | None = None


NUMBER = r"([-+]?(?:\d+(?:\.\d+)?(?:E[-+]?\d+)?|Infinity)|NaN)"
DATA_TYPE = re.compile(
    rf"Expected data type: (\w+), Expected match: {NUMBER}%\. Observed: Only {NUMBER}% of data is"
)
COMPLETENESS = re.compile(rf"Expected completeness: {NUMBER}%\. Observed: Only {NUMBER}% of data is complete")
DRIFT = re.compile(rf"distance: {NUMBER} exceeds threshold: {NUMBER}")
COLUMNS = re.compile(
    rf"columns in current dataset: {NUMBER}, Number of columns in baseline constraints: {NUMBER}"
)
OLDER = re.compile(rf"Value: {NUMBER} does not meet the constraint requirement")


def parse_description(text: str) -> ParsedDescription | None:
    """The numbers in a description of either wording; None if it is in neither.

    >>> parse_description("Baseline drift distance: 0.31 exceeds threshold: 0.1")
    ParsedDescription(observed=0.31, expected=0.1, expected_type=None)
    """
    if found := DATA_TYPE.search(text):
        kind, expected, observed = found.groups()
        return ParsedDescription(float(observed) / 100, float(expected) / 100, kind)
    if found := COMPLETENESS.search(text):
        return ParsedDescription(float(found[2]) / 100, float(found[1]) / 100)
    if found := DRIFT.search(text) or COLUMNS.search(text):
        return ParsedDescription(float(found[1]), float(found[2]))
    if found := OLDER.search(text):
        return ParsedDescription(float(found[1]))
    return None
