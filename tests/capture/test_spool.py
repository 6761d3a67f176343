"""Records in the spool and their files at the destination."""

import random
import re
import threading
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest

from leeboard.capture.settings import CaptureSettings
from leeboard.capture.spool import Spool
from leeboard.capture.spool.counts import MAX_KEPT, OTHER
from leeboard.capture.spool.outbox import Outbox
from leeboard.errors import InputError

ROOMY = SimpleNamespace(used=10, free=90)
FULL = SimpleNamespace(used=80, free=20)
NAME = re.compile(r"churn/AllTraffic/2026/11/22/10/20-48-871-[0-9a-f-]{36}\.jsonl")


def record_all(spool, settings, exchanges, endpoint="churn"):
    return [spool.record(endpoint, "AllTraffic", settings, exchange) for exchange in exchanges]


def files(folder):
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*.jsonl"))


def inputs(records):
    return [record["captureData"]["endpointInput"]["data"] for record in records]


def count(spool, endpoint="churn"):
    return next(counts for counts in spool.counts() if counts.endpoint == endpoint)


def test_a_record_arrives_at_the_place_of_its_hour(spool, settings, exchange, captured, tmp_path):
    assert spool.record("churn", "AllTraffic", settings, exchange("1,2"))
    spool.flush()
    (name,) = files(tmp_path / "captures")
    assert NAME.fullmatch(name)
    assert inputs(captured()) == ["1,2"]


def test_a_record_is_on_disk_before_the_call_returns(spool, settings, exchange, tmp_path):
    spool.record("churn", "AllTraffic", settings, exchange("7,8,9"))
    (path,) = (tmp_path / "spool").rglob("*.jsonl")
    assert b"7,8,9" in path.read_bytes()


def test_files_are_cut_at_each_minute_of_the_clock(spool, settings, exchange, clock, captured, tmp_path):
    record_all(spool, settings, [exchange("10:20:48")])
    clock.move(seconds=11)
    record_all(spool, settings, [exchange("10:20:59")])
    clock.move(seconds=1)
    record_all(spool, settings, [exchange("10:21:00")])
    spool.flush()
    assert [name.split("/")[-1][:9] for name in files(tmp_path / "captures")] == ["20-48-871", "21-00-871"]
    assert inputs(captured()) == ["10:20:48", "10:20:59", "10:21:00"]


def test_the_hour_of_a_record_decides_its_folder(spool, settings, exchange, clock, tmp_path):
    times = [clock.at, clock.at - timedelta(hours=9), clock.at + timedelta(days=40)]
    record_all(spool, settings, [exchange(at=at) for at in times])
    spool.flush()
    folders = [name.removeprefix("churn/AllTraffic/")[:13] for name in files(tmp_path / "captures")]
    assert folders == ["2026/11/22/01", "2026/11/22/10", "2027/01/01/10"]


def test_files_are_cut_before_they_grow_too_long(tmp_path, settings, exchange, clock, captured):
    with Spool(tmp_path / "spool", max_bytes=2000, now=clock, disk_usage=lambda path: ROOMY) as spool:
        record_all(spool, settings, [exchange(str(n)) for n in range(20)])
    sizes = [path.stat().st_size for path in (tmp_path / "captures").rglob("*.jsonl")]
    assert len(sizes) > 1
    assert max(sizes) <= 2000
    assert sorted(inputs(captured()), key=int) == [str(n) for n in range(20)]


def test_flushing_one_endpoint_leaves_the_others_open(spool, settings, exchange, tmp_path):
    record_all(spool, settings, [exchange()], "churn")
    record_all(spool, settings, [exchange()], "fraud")
    spool.flush("churn")
    assert {name.split("/")[0] for name in files(tmp_path / "captures")} == {"churn"}
    assert (count(spool, "churn").pending_files, count(spool, "fraud").pending_files) == (0, 1)


def test_the_background_thread_ships_what_the_clock_has_cut(
    spool, settings, exchange, clock, captured, eventually
):
    spool.start()
    record_all(spool, settings, [exchange("1")])
    clock.move(minutes=1)
    eventually(captured)
    assert inputs(captured()) == ["1"]


def test_an_open_file_is_not_shipped_before_its_time(spool, settings, exchange, captured, eventually):
    passes = []
    spool.every_pass.append(lambda: passes.append(1))
    spool.start()
    record_all(spool, settings, [exchange()])
    n_before = len(passes)
    eventually(lambda: len(passes) > n_before + 1)
    assert captured() == []


def test_a_closed_spool_leaves_nothing_behind(spool, settings, exchange, tmp_path):
    record_all(spool, settings, [exchange()])
    spool.close()
    assert list((tmp_path / "spool").iterdir()) == []


def test_a_spool_that_was_closed_still_takes_records(spool, settings, exchange, captured):
    spool.close()
    record_all(spool, settings, [exchange("late")])
    spool.close()
    assert inputs(captured()) == ["late"]


def test_records_of_many_threads_all_arrive(tmp_path, settings, exchange, captured):
    with Spool(tmp_path / "spool", max_bytes=20_000, disk_usage=lambda path: ROOMY) as spool:
        exchanges = [[exchange(f"{t}-{n}") for n in range(200)] for t in range(4)]
        work = [threading.Thread(target=record_all, args=(spool, settings, some)) for some in exchanges]
        for thread in work:
            thread.start()
        spool.flush()
        for thread in work:
            thread.join()
    assert sorted(inputs(captured())) == sorted(f"{t}-{n}" for t in range(4) for n in range(200))
    assert count(spool).shipped == 800


def test_who_flushes_waits_for_what_another_thread_takes_over_from_an_ended_process(
    tmp_path, settings, exchange, captured, monkeypatch
):
    dead = Spool(tmp_path / "spool", disk_usage=lambda path: ROOMY)
    record_all(dead, settings, [exchange("1")])
    dead._streams.forget()
    adopt, is_begun, may_go_on = Outbox.adopt, threading.Event(), threading.Event()
    seen: list[str] = []

    def slow(outbox, folder):
        is_begun.set()
        may_go_on.wait(120)
        adopt(outbox, folder)

    monkeypatch.setattr(Outbox, "adopt", slow)

    def flush():
        spool.flush()
        seen.extend(inputs(captured()))

    with Spool(tmp_path / "spool", disk_usage=lambda path: ROOMY) as spool:
        assert is_begun.wait(120)
        flushing = threading.Thread(target=flush)
        flushing.start()
        flushing.join(0.3)
        may_go_on.set()
        flushing.join()
    assert seen == ["1"]


def test_requests_are_chosen_by_chance_and_counted(tmp_path, settings, exchange, clock, captured):
    numbers = iter([0.1, 0.2, 0.19, 0.99])
    spool = Spool(tmp_path / "spool", now=clock, sample=lambda: next(numbers), disk_usage=lambda path: ROOMY)
    fifth = CaptureSettings(destination=settings.destination, sampling_percentage=20)
    assert record_all(spool, fifth, [exchange() for _ in range(4)]) == [True, False, True, False]
    spool.close()
    assert (count(spool).captured, count(spool).sampled_out, len(captured())) == (2, 2, 2)


def test_a_fifth_is_about_a_fifth(tmp_path, settings, exchange):
    spool = Spool(tmp_path / "spool", sample=random.Random(7).random, disk_usage=lambda path: ROOMY)
    fifth = CaptureSettings(destination=settings.destination, sampling_percentage=20)
    n_kept = sum(record_all(spool, fifth, [exchange() for _ in range(2000)]))
    spool.close()
    assert 320 < n_kept < 480  # 400, and four standard deviations of 18 on both sides


def test_capture_that_is_off_leaves_no_trace(spool, settings, exchange):
    off = CaptureSettings(destination=settings.destination, is_on=False)
    assert record_all(spool, off, [exchange()]) == [False]
    assert spool.counts() == []


def test_capture_stops_on_a_full_disk_and_goes_on_later(tmp_path, settings, exchange, captured, caplog):
    seconds, usages = iter(range(100)), iter([FULL, ROOMY])
    spool = Spool(
        tmp_path / "spool", disk_usage=lambda path: next(usages, ROOMY), seconds=lambda: next(seconds)
    )
    assert record_all(spool, settings, [exchange("full"), exchange("roomy")]) == [False, True]
    spool.close()
    assert (count(spool).skipped_disk, inputs(captured())) == (1, ["roomy"])
    assert "80% full, the limit is 75%" in caplog.text


def test_the_disk_is_looked_at_once_a_second_only(tmp_path, settings, exchange):
    looks = []

    def usage(path):
        looks.append(path)
        return ROOMY

    spool = Spool(tmp_path / "spool", disk_usage=usage, seconds=lambda: 100.0)
    record_all(spool, settings, [exchange() for _ in range(50)])
    spool.close()
    assert looks == [tmp_path / "spool"]


def test_bodies_that_are_too_long_are_left_out_and_counted(tmp_path, settings, exchange, clock):
    spool = Spool(tmp_path / "spool", max_body_bytes=10, now=clock, disk_usage=lambda path: ROOMY)
    assert record_all(spool, settings, [exchange("x" * 10), exchange("x" * 11)]) == [True, False]
    spool.close()
    assert count(spool).skipped_size == 1


@pytest.mark.parametrize(
    "broken",
    [{"at": datetime(2026, 1, 1)}, {"output": None}, {"inference_id": object()}],  # noqa: DTZ001
    ids=["no zone", "no output", "object as id"],
)
def test_what_cannot_be_recorded_is_counted_and_not_raised(spool, settings, exchange, broken):
    assert record_all(spool, settings, [exchange(**broken)]) == [False]
    assert count(spool).failed == 1


def test_an_endpoint_that_leads_out_of_the_destination_is_refused(spool, settings, exchange, tmp_path):
    assert record_all(spool, settings, [exchange()], "../../elsewhere") == [False]
    spool.flush()
    assert files(tmp_path) == []


def test_a_relative_destination_is_that_of_the_recording_process(
    spool, exchange, tmp_path, monkeypatch, captured
):
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path)
    record_all(spool, CaptureSettings(destination="captures"), [exchange()])
    monkeypatch.chdir(tmp_path / "elsewhere")
    spool.flush()
    assert len(captured()) == 1


def test_counts_are_bounded_however_many_endpoints_there_are(spool, settings, exchange):
    for n in range(MAX_KEPT + 50):
        spool.count(f"e{n}", "AllTraffic", "sampled_out")
    assert len(spool.counts()) == MAX_KEPT + 1
    assert count(spool, OTHER).sampled_out == 50


def test_lag_is_the_age_of_the_oldest_file_that_has_not_arrived(spool, settings, exchange, clock):
    record_all(spool, settings, [exchange(at=datetime(2020, 1, 1, tzinfo=UTC))])
    clock.move(seconds=42)
    assert (count(spool).lag_s, count(spool).pending_files) == (42, 1)
    spool.flush()
    assert (count(spool).lag_s, count(spool).pending_files, count(spool).shipped) == (0, 0, 1)


def test_a_folder_that_cannot_be_made_is_named(tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(InputError, match="file/spool cannot be made"):
        Spool(tmp_path / "file" / "spool")


def test_nobody_else_may_read_what_waits(spool, settings, exchange, tmp_path):
    record_all(spool, settings, [exchange()])
    modes = [
        path.stat().st_mode & 0o077 for path in [tmp_path / "spool", *(tmp_path / "spool").rglob("*.jsonl")]
    ]
    assert modes == [0, 0]
