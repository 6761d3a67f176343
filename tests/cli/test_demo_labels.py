"""The labels of the demo: what they are for, when they come, and what the merge makes of them."""

import json
from datetime import UTC, datetime, timedelta

import pytest

pytest.importorskip("sklearn", reason="scikit-learn is not installed: it comes with the extra 'demo'")

from leeboard.capture.record import capture_record
from leeboard.capture.writer import write_capture
from leeboard.cli.demo.labels import labels_of
from leeboard.cli.demo.traffic import DemoHour, Outcome
from leeboard.cli.demo.watches import WAITS_H, WATCHES
from leeboard.storage import write_bytes
from leeboard.storage.layout import hour_folder
from leeboard.truth.merging import merge

START = datetime(2024, 5, 1, 8, tzinfo=UTC)
SHORT, LONG = Outcome(is_late=True, air_time_min=90), Outcome(is_late=False, air_time_min=330)


def hour_of(*outcomes, names=()):
    """An hour with a request for each list of outcomes."""
    records = [
        capture_record(
            "AA,JFK\n" * len(flights),
            "0.5\n" * len(flights),
            at=START + timedelta(minutes=place),
            event_id=f"event-{place}",
            inference_id=dict(names).get(place),
        )
        for place, flights in enumerate(outcomes)
    ]
    return DemoHour(START, records, list(outcomes), ())


def labels(hour):
    """Hours after the flights, id and data of each label."""
    for collected_at, line in labels_of(hour):
        label = json.loads(line)
        hours = (collected_at - START) // timedelta(hours=1)
        yield hours, label["eventMetadata"]["eventId"], label["groundTruthData"]["data"]


def test_a_label_comes_after_the_flight_has_landed():
    found = list(labels(hour_of([SHORT], [LONG])))
    assert found == [(1, "event-0", "1"), (2, "event-1", "0")]


def test_a_flight_that_never_arrived_has_no_label():
    assert list(labels(hour_of([None], [None, None]))) == []


def test_a_request_of_several_flights_has_a_fuller_label_once_all_have_landed():
    found = list(labels(hour_of([SHORT, LONG, None])))
    assert found == [(1, "event-0", "[1, null, null]"), (2, "event-0", "[1, 0, null]")]


def test_a_label_is_for_the_callers_own_id_if_there_is_one():
    found = labels(hour_of([SHORT], [SHORT], names={1: "desk-7"}.items()))
    assert [label_id for _, label_id, _ in found] == ["event-0", "desk-7"]


def test_the_merge_finds_each_request_whose_flights_have_landed(tmp_path):
    hour = hour_of([SHORT], [SHORT, LONG], [None])
    write_capture(str(tmp_path / "capture"), "flights", "AllTraffic", hour.records)
    for number, (collected_at, line) in enumerate(labels_of(hour)):
        folder = hour_folder(str(tmp_path / "labels"), at=collected_at)
        write_bytes(f"{folder}/{number}.jsonl", line.encode())
    found = merge(
        [str(tmp_path / "capture")], [str(tmp_path / "labels")], str(tmp_path / "merged"), job="demo"
    )
    assert (found.n_captured, found.n_matched, found.n_replaced_labels, found.n_late) == (3, 2, 1, 2)


def test_monitors_that_need_labels_look_at_an_hour_once_all_have_come():
    data_quality, model_quality, _, attribution = WATCHES
    assert model_quality.checks_at(START) == START + timedelta(hours=WAITS_H)
    assert data_quality.checks_at(START) == attribution.checks_at(START) == START + timedelta(hours=1)
    assert [model_quality.is_for(place, 8) for place in range(8)] == [True] * 6 + [False] * 2


def test_schedules_have_the_names_of_their_kinds():
    assert [watch.schedule for watch in WATCHES] == [
        "hourly-data-quality",
        "hourly-model-quality",
        "hourly-model-bias",
        "hourly-model-explainability",
    ]
