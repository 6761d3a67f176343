"""Two windows side by side."""

import json
from typing import Any
from urllib.parse import urlencode

import pytest

from analysed_windows import HOSTILE, Windows, analysed_windows
from leeboard.service.service import Service


@pytest.fixture
def windows() -> Windows:
    return analysed_windows()


@pytest.fixture
def service(windows: Windows) -> Service:
    return windows.service


def asked(reader: Any, **query: Any) -> Any:
    return reader.get(f"/compare?{urlencode(query)}")


def test_without_a_choice_it_asks_for_one(reader: Any) -> None:
    page = asked(reader)
    assert "Choose two windows" in page.words
    assert '<option value="quality">' in page.text


def test_the_last_window_is_held_against_the_one_before(reader: Any) -> None:
    page = asked(reader, left="data")
    assert "2026-11-26 08:00 to 09:00" in page.words
    assert page.words.index("income") < page.words.index("sex")
    assert "of the values lie elsewhere" in page.words


def test_a_feature_of_any_name_can_be_chosen(reader: Any) -> None:
    page = asked(reader, left="data", feature=HOSTILE)
    assert page.status == 200
    assert "<img" not in page.text
    assert "100% of the values lie elsewhere" in page.words


@pytest.mark.parametrize("schedule", ["quality", "bias", "shap"])
def test_windows_of_every_monitor_can_be_compared(reader: Any, schedule: str) -> None:
    rows = json.loads(asked(reader, left=schedule, export="json").body)
    assert rows
    assert any(row["left_value"] != row["right_value"] for row in rows)


def test_two_schedules_must_be_of_one_type(reader: Any) -> None:
    page = asked(reader, left="data", right="bias")
    assert page.status == 400
    assert "choose two schedules of one type" in page.words


def test_a_window_of_another_schedule_is_not_taken(reader: Any, windows: Windows) -> None:
    page = asked(reader, left="data", left_window=windows.ids["bias"][0])
    assert "has no execution" in page.words


def test_a_schedule_that_is_not_there_is_told_harmlessly(reader: Any) -> None:
    page = asked(reader, left=HOSTILE)
    assert page.status in (400, 404)
    assert "<img" not in page.text


def test_a_schedule_without_windows_is_told(reader: Any) -> None:
    assert "Nothing to compare" in asked(reader, left="young-data").words
    assert "Nothing to compare" in asked(reader, left="data", right="young-data").words
