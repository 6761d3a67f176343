"""Uploads that fail, files of other processes, and what killed ones leave behind."""

import subprocess
import sys
from types import SimpleNamespace

import pytest

from leeboard.capture.settings import CaptureSettings
from leeboard.capture.spool import Spool
from leeboard.capture.spool.claim import Claim

ROOMY = SimpleNamespace(used=10, free=90)


@pytest.fixture
def blocked(tmp_path):
    """A destination that nothing can be stored at, until it is unblocked."""
    (tmp_path / "captures").write_text("a file in the way")
    return tmp_path / "captures"


def inputs(records):
    return sorted(record["captureData"]["endpointInput"]["data"] for record in records)


def left_behind(folder, settings, exchange, names=("1", "2"), end=b""):
    """Files as a killed process leaves them: unlocked, and the last line perhaps cut."""
    spool = Spool(folder, now=lambda: exchange().at, disk_usage=lambda path: ROOMY)
    for name in names:
        spool.record("churn", "AllTraffic", settings, exchange(name))
    (path,) = folder.rglob("*.jsonl")
    with path.open("ab") as stream:
        stream.write(end)
    spool._streams.forget()  # closes the lock as the end of a process does
    return path


def test_a_failed_upload_is_counted_logged_and_tried_again(
    spool, settings, exchange, blocked, captured, caplog
):
    spool.record("churn", "AllTraffic", settings, exchange("1"))
    spool.flush()
    assert (spool.counts()[0].upload_failures, spool.counts()[0].pending_files) == (1, 1)
    assert "did not arrive" in caplog.text
    blocked.unlink()
    spool.flush()
    assert (inputs(captured()), spool.counts()[0].pending_files) == (["1"], 0)


def test_a_failing_destination_is_left_alone_for_longer_each_time(
    tmp_path, settings, exchange, blocked, captured
):
    at_s = 0.0
    spool = Spool(tmp_path / "spool", disk_usage=lambda path: ROOMY, seconds=lambda: at_s)
    spool.record("churn", "AllTraffic", settings, exchange("1"))
    spool.flush()
    tried_at = []
    for at_s in (0.5, 1.0, 1.5, 2.5, 3.0, 6.9, 7.0):
        before = spool.counts()[0].upload_failures
        spool._outbox.send()
        tried_at += [at_s] * (spool.counts()[0].upload_failures - before)
    assert tried_at == [1.0, 3.0, 7.0]
    blocked.unlink()
    spool.close()
    assert inputs(captured()) == ["1"]


def test_a_failing_destination_does_not_hold_up_another(spool, settings, exchange, blocked, tmp_path):
    other = CaptureSettings(destination=str(tmp_path / "other"))
    for where in (settings, other):
        spool.record("churn", "AllTraffic", where, exchange())
    spool.flush()
    assert len(list((tmp_path / "other").rglob("*.jsonl"))) == 1


def test_what_could_not_be_stored_before_the_end_is_shipped_by_the_next_process(
    spool, settings, exchange, blocked, captured, tmp_path, eventually
):
    spool.record("churn", "AllTraffic", settings, exchange("kept"))
    spool.close()
    blocked.unlink()
    with Spool(tmp_path / "spool"):
        eventually(captured)
    assert inputs(captured()) == ["kept"]


def test_files_of_an_ended_process_are_shipped_and_its_folder_goes(
    tmp_path, settings, exchange, captured, spool
):
    left_behind(tmp_path / "spool", settings, exchange)
    spool.flush()
    assert inputs(captured()) == ["1", "2"]
    assert list((tmp_path / "spool").iterdir()) == []
    assert spool.counts()[0].shipped == 2


def test_a_half_written_last_record_is_cut_and_counted(tmp_path, settings, exchange, captured, spool):
    left_behind(tmp_path / "spool", settings, exchange, end=b'{"captureData":{"endpointInp')
    spool.flush()
    assert inputs(captured()) == ["1", "2"]
    assert spool.counts()[0].cut == 1


@pytest.mark.parametrize("start", [b"", b'{"uri":"/tm'])
def test_a_file_without_a_whole_first_line_goes_away(start, tmp_path, settings, exchange, captured, spool):
    left_behind(tmp_path / "spool", settings, exchange).write_bytes(start)
    spool.flush()
    assert captured() == []
    assert list((tmp_path / "spool").iterdir()) == []


def test_a_file_that_is_none_of_ours_is_set_aside(tmp_path, settings, exchange, spool, caplog):
    path = left_behind(tmp_path / "spool", settings, exchange)
    path.write_bytes(b"hello\nworld\n")
    spool.flush()
    assert path.with_suffix(".unreadable").read_bytes() == b"hello\nworld\n"
    assert "is no file of a capture spool" in caplog.text


def test_a_repeated_upload_writes_the_same_object_again(tmp_path, settings, exchange, captured, spool):
    path = left_behind(tmp_path / "spool", settings, exchange)
    kept = path.read_bytes()
    spool.flush()
    path.parent.mkdir()
    path.write_bytes(kept)  # as if the process had been killed between upload and deletion
    path.parent.with_suffix(".lock").touch()
    spool.flush()
    assert inputs(captured()) == ["1", "2"]


def test_files_of_a_living_process_are_left_alone(tmp_path, settings, exchange, captured, spool):
    living = Spool(tmp_path / "spool", disk_usage=lambda path: ROOMY)
    living.record("churn", "AllTraffic", settings, exchange("theirs"))
    spool.record("churn", "AllTraffic", settings, exchange("ours"))
    spool.flush()
    assert inputs(captured()) == ["ours"]
    living.close()
    assert inputs(captured()) == ["ours", "theirs"]


def test_one_ended_process_has_one_heir(tmp_path):
    claim = Claim.new(tmp_path)
    assert Claim.of_the_dead(tmp_path) == []
    (claim.folder / "1.jsonl").touch()
    claim.release()
    heirs = Claim.of_the_dead(tmp_path)
    assert len(heirs) == 1
    assert Claim.of_the_dead(tmp_path) == []
    heirs[0].release()


FORKING = """
import os, sys
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from leeboard.capture.exchange import Exchange
from leeboard.capture.settings import CaptureSettings
from leeboard.capture.spool import Spool

folder = Path(sys.argv[1])
spool = Spool(folder / "spool", disk_usage=lambda path: SimpleNamespace(used=1, free=9)).start()
settings = CaptureSettings(destination=str(folder / "captures"))

def record(name):
    at = datetime(2026, 11, 22, tzinfo=UTC)
    exchange = Exchange(input=name.encode(), input_type="text/csv", output=b"", output_type=None, at=at)
    assert spool.record("churn", "AllTraffic", settings, exchange)

record("before")
if not (child := os.fork()):
    record("in the child")
    spool.close()
    os._exit(0)
record("in the parent")
assert os.waitpid(child, 0)[1] == 0
"""


@pytest.mark.skipif(sys.platform == "win32", reason="no fork")
def test_a_forked_child_has_files_of_its_own_and_the_end_of_a_program_ships(tmp_path, captured):
    subprocess.run([sys.executable, "-W", "error", "-c", FORKING, str(tmp_path)], check=True, timeout=120)
    assert inputs(captured()) == ["before", "in the child", "in the parent"]
    assert list((tmp_path / "spool").iterdir()) == []


def test_files_go_to_s3_and_wait_while_the_bucket_is_not_there(spool, exchange, s3):
    name = "made-later"
    settings = CaptureSettings(destination=f"s3://{name}/captures")
    spool.record("churn", "AllTraffic", settings, exchange("1"))
    spool.flush()
    assert (spool.counts()[0].shipped, spool.counts()[0].pending_files) == (0, 1)
    s3.client.create_bucket(Bucket=name)
    spool.flush()
    (listed,) = s3.client.list_objects_v2(Bucket=name)["Contents"]
    assert listed["Key"].startswith("captures/churn/AllTraffic/2026/11/22/10/20-48-871-")
    assert b'"data":"1"' in s3.client.get_object(Bucket=name, Key=listed["Key"])["Body"].read()
    assert spool.counts()[0].pending_files == 0
