"""Which earlier results may stand for a step, and how old they may be."""

from datetime import timedelta
from typing import Any

import pytest

from leeboard.service.pipelines.caching import cache_key, expiry_of
from leeboard.service.refusals import InvalidRequestError

FIELDS = {"Name": "profile", "Type": "Processing", "CheckType": "DATA_QUALITY"}
ARGUMENTS = {"Environment": {"a": "b"}, "ProcessingOutputConfig": {"Outputs": ["here"]}}


@pytest.mark.parametrize(
    ("text", "age"),
    [
        ("P30D", timedelta(days=30)),
        ("p1w", timedelta(weeks=1)),
        ("P4DT12H", timedelta(days=4, hours=12)),
        ("T12H", timedelta(hours=12)),
        ("PT1H30M5S", timedelta(hours=1, minutes=30, seconds=5)),
    ],
)
def test_an_age_is_a_duration(text: str, age: timedelta) -> None:
    assert expiry_of({"Enabled": True, "ExpireAfter": text}) == age


@pytest.mark.parametrize("config", [None, {}, {"Enabled": False, "ExpireAfter": "P1D"}])
def test_nothing_is_used_again_unless_it_is_switched_on(config: Any) -> None:
    assert expiry_of(config) is None


@pytest.mark.parametrize("text", [None, "", "P", "30 days", "P1Y"])
def test_an_age_that_is_none_is_refused(text: Any) -> None:
    with pytest.raises(InvalidRequestError, match="such as P30D"):
        expiry_of({"Enabled": True, "ExpireAfter": text})


def test_named_arguments_alone_are_compared() -> None:
    other = ARGUMENTS | {"ProcessingOutputConfig": {"Outputs": ["there"]}}
    key = cache_key(1, FIELDS, ARGUMENTS, ("Environment",))
    assert cache_key(1, FIELDS, other, ("Environment",)) == key
    assert cache_key(1, FIELDS, {"Environment": {"a": "c"}}, ("Environment",)) != key
    assert cache_key(2, FIELDS, ARGUMENTS, ("Environment",)) != key


def test_where_none_are_named_fields_count_but_not_how_a_step_is_told() -> None:
    key = cache_key(1, FIELDS, ARGUMENTS, ())
    assert cache_key(1, FIELDS | {"DisplayName": "x", "DependsOn": ["y"]}, ARGUMENTS, ()) == key
    assert cache_key(1, FIELDS | {"CheckType": "MODEL_QUALITY"}, ARGUMENTS, ()) != key
