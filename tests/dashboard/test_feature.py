"""The page of a feature: against the baseline or another window, and over time."""

import json
from typing import Any
from urllib.parse import urlencode

import pytest

from analysed_windows import HOSTILE, Windows, analysed_windows
from leeboard.dashboard.pages.features import drift_words
from leeboard.service.service import Service


@pytest.fixture
def windows() -> Windows:
    return analysed_windows()


@pytest.fixture
def service(windows: Windows) -> Service:
    return windows.service


def charts(page: Any) -> dict[str, Any]:
    """Data of the charts by the names of their files."""
    parts = page.text.split('data-name="')[1:]
    told = '<script type="application/json">'
    return {part.split('"')[0]: json.loads(part.split(told)[1].split("</script>")[0]) for part in parts}


def asked(reader: Any, schedule: str, **query: Any) -> Any:
    return reader.get(f"/schedules/{schedule}/features?{urlencode(query)}")


def test_a_window_is_laid_over_the_baseline(reader: Any, windows: Windows) -> None:
    page = asked(reader, "data", feature="income", window=windows.ids["data"][1])
    drawn = charts(page)["distribution"]
    assert drawn["series"][0]["name"] == "baseline"
    assert all(abs(sum(series["shares"]) - 1) < 0.01 for series in drawn["series"])
    assert "that is drift" in page.words
    assert "Kolmogorov-Smirnov" in page.words


def test_a_window_is_laid_over_another_one(reader: Any, windows: Windows) -> None:
    first, second = windows.ids["data"]
    page = asked(reader, "data", feature="income", window=second, against=first)
    names = [series["name"] for series in charts(page)["distribution"]["series"]]
    assert names == ["2026-11-26 08:00 to 09:00", "2026-11-26 09:00 to 10:00"]


def test_a_feature_of_any_name_is_found_and_shown_harmlessly(reader: Any) -> None:
    page = asked(reader, "data", feature=HOSTILE)
    assert page.status == 200
    assert "<img" not in page.text
    values = charts(page)["distribution"]["categories"]
    assert "d (new)" in values
    assert any(value.endswith("(gone)") for value in values)


def test_history_marks_the_runs_that_violated_and_those_that_failed(reader: Any) -> None:
    drawn = charts(asked(reader, "data", feature="income"))["distance"]
    assert drawn["times"][:2] == ["2026-11-26T08:00:00Z", "2026-11-26T09:00:00Z"]
    kinds = [(mark["at"], mark["kind"]) for mark in drawn["marks"]]
    assert ("2026-11-26T09:00:00Z", "violation") in kinds
    assert ("2026-11-26T10:00:00Z", "failed") in kinds
    assert drawn["limit_series"]["values"][1] is not None


def test_without_a_name_the_one_that_needs_a_look_is_shown(reader: Any, windows: Windows) -> None:
    page = asked(reader, "data", window=windows.ids["data"][1])
    assert "violation" in page.words
    assert "drifted" in page.words


def test_its_data_can_be_taken_away(reader: Any) -> None:
    page = reader.get("/schedules/data/features?feature=income&export=json&table=history")
    rows = json.loads(page.body)
    assert rows[1]["distance"] > rows[1]["limit"]
    assert rows[0]["completeness"] == 1
    assert reader.get("/schedules/data/features?feature=income&export=csv&table=bins").status == 200


@pytest.mark.parametrize(
    "query",
    [
        {"feature": "x" * 20_000},
        {"feature": "\0\n\t"},
        {"window": "9" * 30},
        {"against": "'"},
        {"last": "1e9"},
    ],
)
def test_strange_questions_get_a_page(reader: Any, query: dict[str, str]) -> None:
    page = asked(reader, "data", **query)
    assert page.status in (200, 400, 404)
    assert "Something went wrong" not in page.words


def test_a_schedule_of_another_type_is_refused_in_words(reader: Any) -> None:
    assert "this page shows DataQuality" in asked(reader, "quality").words


@pytest.mark.parametrize(
    ("told", "ending"),
    [
        ({"use": 2.0, "p_value": 0.0001, "is_drifted": True}, "that is drift."),
        ({"use": 2.0, "p_value": 0.3}, "that is no evidence of drift."),
        ({"use": 2.0, "p_value": 0.03, "is_drifted": True}, "in 3% of all windows: that is drift."),
        ({"use": 0.5, "p_value": 0.01}, "the limit of 0.1: too little to matter, whatever chance does."),
        ({"is_drifted": True}, "the limit 0.1. The limit alone decides: that is drift."),
    ],
)
def test_drift_is_told_with_its_reason(told: dict[str, Any], ending: str) -> None:
    assert drift_words({"distance": 0.2, "limit": 0.1} | told).endswith(ending)
    assert drift_words(told) == ""
