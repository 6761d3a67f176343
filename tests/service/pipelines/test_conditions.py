"""Conditions hold or not, whatever their values are."""

from typing import Any

import pytest

from leeboard.service.pipelines.conditions import check_condition, is_met
from leeboard.service.refusals import InvalidRequestError


def compared(kind: str, left: Any, right: Any) -> dict[str, Any]:
    return {"Type": kind, "LeftValue": left, "RightValue": right}


@pytest.mark.parametrize(
    ("kind", "left", "right", "holds"),
    [
        ("Equals", 1, 1.0, True),
        ("Equals", "a", "b", False),
        ("GreaterThan", 2, 1, True),
        ("GreaterThan", 1, 1, False),
        ("GreaterThanOrEqualTo", 1, 1, True),
        ("LessThan", 0.5, 1, True),
        ("LessThanOrEqualTo", 1.0000001, 1, False),
        ("LessThanOrEqualTo", "2.5", 3, True),
        ("LessThan", "apple", "pear", True),
    ],
)
def test_two_values_are_compared(kind: str, left: Any, right: Any, holds: bool) -> None:
    assert is_met(compared(kind, left, right)) is holds


def test_in_not_and_or() -> None:
    there = {"Type": "In", "QueryValue": "b", "Values": ["a", "b"]}
    assert is_met(there)
    assert not is_met({"Type": "Not", "Condition": there})
    assert is_met({"Type": "Or", "Conditions": [{"Type": "Not", "Condition": there}, there]})
    assert not is_met({"Type": "Or", "Conditions": []})


def test_what_cannot_be_compared_is_told() -> None:
    with pytest.raises(InvalidRequestError, match="'many' and 3 cannot be compared with LessThan"):
        is_met(compared("LessThan", "many", 3))
    with pytest.raises(InvalidRequestError, match="NoneType"):
        is_met(compared("GreaterThan", None, 3))


@pytest.mark.parametrize(
    "wrong",
    [
        {"Type": "Like", "LeftValue": 1, "RightValue": 1},
        {"Type": "Equals", "LeftValue": 1},
        {"Type": "In", "QueryValue": 1, "Values": 1},
        {"Type": "Not", "Condition": {"Type": "And"}},
        {"Type": "Or", "Conditions": [3]},
        None,
    ],
)
def test_what_is_no_condition_is_refused(wrong: Any) -> None:
    with pytest.raises(InvalidRequestError):
        check_condition(wrong)
