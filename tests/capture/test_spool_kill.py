"""Processes killed while they record and ship: what was acknowledged arrives, once."""

import random
import signal
import subprocess
import sys
from collections import Counter

import pytest

from leeboard.capture.spool import Spool

RECORDING = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from uuid import uuid4
from leeboard.capture.exchange import Exchange
from leeboard.capture.settings import CaptureSettings
from leeboard.capture.spool import Spool

folder = Path(sys.argv[1])
roomy = SimpleNamespace(used=1, free=9)
spool = Spool(folder / "spool", max_bytes=40_000, max_age_s=0.1, disk_usage=lambda path: roomy).start()
settings = CaptureSettings(destination=str(folder / "captures"))
while True:
    event_id = str(uuid4())
    exchange = Exchange(
        input=b"1,2,3" * 40, input_type="text/csv", output=b"0.5", output_type="text/csv",
        at=datetime.now(UTC), event_id=event_id,
    )
    assert spool.record("churn", "AllTraffic", settings, exchange)
    sys.stdout.write(event_id + "\\n")
    sys.stdout.flush()
"""


def recording(folder):
    return subprocess.Popen(
        [sys.executable, "-c", RECORDING, str(folder)], stdout=subprocess.PIPE, text=True, bufsize=1
    )


def ids_until_killed(process, n_lines):
    """What the process acknowledged until it was killed in the midst of its work."""
    acknowledged = []
    try:
        for line in process.stdout:
            acknowledged.append(line)
            if len(acknowledged) == n_lines:
                process.send_signal(signal.SIGKILL)
    finally:
        process.kill()
        process.wait()
        process.stdout.close()
    return [line.strip() for line in acknowledged if line.endswith("\n")]


def event_ids(records):
    return Counter(record["eventMetadata"]["eventId"] for record in records)


def kill_again_and_again(folder, n_rounds, seed):
    chance, acknowledged = random.Random(seed), []
    for _ in range(n_rounds):
        acknowledged += ids_until_killed(recording(folder), chance.randint(1, 4000))
    return acknowledged


@pytest.mark.parametrize(
    ("n_rounds", "seed"), [(4, 1), pytest.param(40, 2, marks=pytest.mark.slow, id="40-rounds")]
)
def test_no_acknowledged_record_is_lost_or_doubled_by_kills(n_rounds, seed, tmp_path, captured):
    acknowledged = kill_again_and_again(tmp_path, n_rounds, seed)
    last = Spool(tmp_path / "spool")
    last.flush()
    last.close()
    arrived = event_ids(captured())
    assert set(acknowledged) <= set(arrived)
    assert set(arrived.values()) == {1}
    assert list((tmp_path / "spool").iterdir()) == []


def test_processes_that_share_a_spool_may_die_beside_each_other(tmp_path, captured):
    processes = [recording(tmp_path) for _ in range(2)]
    acknowledged = [event_id for process in processes for event_id in ids_until_killed(process, 1500)]
    with Spool(tmp_path / "spool") as heir:
        heir.flush()
    arrived = event_ids(captured())
    assert set(acknowledged) <= set(arrived)
    assert set(arrived.values()) == {1}
