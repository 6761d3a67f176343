"""Search expressions over documents."""

from datetime import UTC, datetime
from typing import Any

import pytest

from leeboard.service.refusals import InvalidRequestError
from leeboard.service.search.terms import check, matches, sort_key, values_at

DOCUMENT: dict[str, Any] = {
    "Name": "Churn",
    "Count": 12,
    "On": True,
    "CreationTime": datetime(2026, 3, 4, tzinfo=UTC),
    "Nothing": None,
    "Tags": [{"Key": "team.name", "Value": "risk"}, {"Key": "stage", "Value": "live"}],
    "HyperParameters": {"max.depth": "5"},
    "Variants": [{"Name": "a", "Weight": 1.0}, {"Name": "b", "Weight": 0.0}],
}


def term(name: str, operator: str | None = None, value: str | None = None) -> dict[str, str]:
    given = {"Name": name, "Operator": operator, "Value": value}
    return {key: text for key, text in given.items() if text is not None}


@pytest.mark.parametrize(
    ("given", "holds"),
    [
        (("Name", None, "Churn"), True),
        (("Name", "Equals", "churn"), False),
        (("Name", "NotEquals", "other"), True),
        (("Name", "NotEquals", "Churn"), False),
        (("Name", "Contains", "hur"), True),
        (("Name", "In", "a, Churn"), True),
        (("Name", "In", "a,b"), False),
        (("Count", "GreaterThan", "9"), True),
        (("Count", "LessThan", "9"), False),
        (("Count", "GreaterThanOrEqualTo", "12"), True),
        (("Count", "LessThanOrEqualTo", "12.0"), True),
        (("Count", "GreaterThan", "many"), False),
        (("On", None, "true"), True),
        (("CreationTime", "GreaterThan", "2026-03-03"), True),
        (("CreationTime", "LessThan", "2026-03-04T00:00:00Z"), False),
        (("Nothing", "Exists", None), False),
        (("Elsewhere", "NotExists", None), True),
        (("Elsewhere", "NotEquals", "x"), True),
        (("Name", "Exists", None), True),
        (("Tags.team.name", None, "risk"), True),
        (("Tags.stage", "Exists", None), True),
        (("Tags.other", "Exists", None), False),
        (("HyperParameters.max.depth", None, "5"), True),
        (("Variants.Name", None, "b"), True),
    ],
)
def test_an_operator_holds_or_does_not(given: Any, holds: bool) -> None:
    assert matches(DOCUMENT, {"Filters": [term(*given)]}) is holds


def test_terms_are_joined_by_and_or_by_or() -> None:
    terms = [term("Name", None, "Churn"), term("Count", None, "1")]
    assert not matches(DOCUMENT, {"Filters": terms})
    assert matches(DOCUMENT, {"Filters": terms, "Operator": "Or"})
    assert matches(
        DOCUMENT, {"SubExpressions": [{"Filters": terms, "Operator": "Or"}, {"Filters": terms[:1]}]}
    )
    assert matches(DOCUMENT, {})


def test_nested_filters_hold_for_one_member_of_a_list() -> None:
    def nested(weight: str) -> dict[str, Any]:
        filters = [term("Variants.Name", None, "a"), term("Variants.Weight", None, weight)]
        return {"NestedFilters": [{"NestedPropertyName": "Variants", "Filters": filters}]}

    assert matches(DOCUMENT, nested("1"))
    assert not matches(DOCUMENT, nested("0"))


def test_an_expression_that_is_too_large_is_refused() -> None:
    deep: dict[str, Any] = {}
    for _ in range(12):
        deep = {"SubExpressions": [deep]}
    for given in (deep, {"Filters": [term("Name", None, "x")] * 101}, {"Filters": [term("Name", "Equals")]}):
        with pytest.raises(InvalidRequestError):
            check(given)


def test_values_of_any_kind_are_put_in_order() -> None:
    keys = [sort_key({"a": value}, "a") for value in ("x", 3, None, True, datetime(2026, 1, 1, tzinfo=UTC))]
    assert len(sorted(keys)) == 5


def test_a_tag_that_is_asked_for_as_a_list_is_one() -> None:
    assert list(values_at(DOCUMENT, "Tags")) == DOCUMENT["Tags"]
