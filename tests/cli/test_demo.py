"""`leeboard demo` as a process of its own, and that nothing of it stays."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

pytest.importorskip("boto3", reason="boto3 is not installed: it comes with the extra 'demo'")
pytest.importorskip("sklearn", reason="scikit-learn is not installed: it comes with the extra 'demo'")

from leeboard.cli.demo.folder import MARK, DemoFolder, answers
from leeboard.cli.demo.server import running_server
from leeboard.errors import EngineError, InputError

WAIT_S = 300
DEMO = [sys.executable, "-m", "leeboard", "demo", "--dir"]
SERVE = """
import sys
from pathlib import Path
import polars
from leeboard.cli.demo.folder import DemoFolder
from leeboard.cli.demo.server import running_server
with running_server(DemoFolder(Path(sys.argv[1]))) as server:
    server.wait()
    polars.LazyFrame({"a": [1]}).collect()  # from now on polars handles SIGINT in its own way
    print(server.url, flush=True)
    server.wait_for_end()
"""
MISLEADING = {
    "AWS_PROFILE": "nobody",
    "AWS_CONFIG_FILE": "/nowhere/config",
    "AWS_ENDPOINT_URL": "http://127.0.0.1:9",
    "AWS_ENDPOINT_URL_S3": "http://127.0.0.1:9",
    "AWS_ACCESS_KEY_ID": "STRANGER",
    "AWS_SECRET_ACCESS_KEY": "stranger",
    "AWS_USE_FIPS_ENDPOINT": "true",
    "HTTP_PROXY": "http://127.0.0.1:9",
    "http_proxy": "http://127.0.0.1:9",
    "LEEBOARD_DATABASE_URL": "postgresql://nobody@127.0.0.1:9/none",
    "LEEBOARD_HOME": "/nowhere/home",
    "LEEBOARD_ACCESS_KEY_ID": "HALF-A-PAIR",
}
"""What a user may have set, all of it harmful if it counted."""


def processes_of(folder):
    """Those whose command line names something below the folder, or that work there."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            told = (process / "cmdline").read_bytes() + (process / "environ").read_bytes()
        except OSError:
            continue
        if os.fsencode(folder) in told and int(process.name) != os.getpid():
            found.append(told.split(b"\0")[:8])
    return found


def assert_nothing_is_left(folder):
    deadline = time.monotonic() + WAIT_S
    while (left := processes_of(folder)) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert left == []


@contextmanager
def child(*command, **variables):
    """A process that is killed at the end, if it is still there."""
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=os.environ | variables
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


@pytest.fixture(scope="module")
def told(tmp_path_factory):
    """What a whole demo printed, in an environment full of traps and with the usual port in use."""
    folder = tmp_path_factory.mktemp("demo") / "a folder"
    with socket.socket() as usual:
        usual.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        with suppress(OSError):  # if somebody has it, that is as good
            usual.bind(("127.0.0.1", 7070))
        done = subprocess.run(
            [*DEMO, str(folder), "--hours", "10"],
            capture_output=True,
            text=True,
            env=os.environ | MISLEADING,
            timeout=WAIT_S,
            check=False,
        )
    assert done.returncode == 0, done.stdout + done.stderr
    assert_nothing_is_left(folder)
    return done.stdout


def violations_by_hour(told):
    return re.findall(r"^checked [-0-9]+ \d\d:00: (.*)$", told, re.MULTILINE)


@pytest.mark.slow
def test_clean_hours_are_clean_and_damaged_ones_are_not(told):
    counts = violations_by_hour(told)
    assert counts[:4] == ["clean"] * 4
    assert len(counts) == 10
    assert all(re.fullmatch(r"[1-9]\d* violations? \(.*\)", count) for count in counts[4:])


@pytest.mark.slow
def test_each_monitor_finds_what_it_alone_can_tell(told):
    *_, units, airport, wind, hours, worn, one_airport = violations_by_hour(told)
    assert re.search(r"\(data quality \d+\)", units)
    assert re.search(r"data quality \d+, model quality \d+, bias \d+", airport)
    assert re.search(r"\(model quality \d+\)", wind)
    assert re.search(r"model quality \d+, attribution 1", hours)
    assert all("model quality" not in told for told in (worn, one_airport))


@pytest.mark.slow
def test_nearly_all_requests_were_judged_with_their_labels(told):
    rows = re.findall(r"^│ \d\d:00 │ +([\d,]+) │ +([\d,]+) │ +(\d+) │ +([\d,]+) │$", told, re.MULTILINE)
    assert len(rows) == 8
    for row in rows:
        n_requests, n_labelled, n_waiting, n_replaced = (int(cell.replace(",", "")) for cell in row)
        assert n_requests == n_labelled + n_waiting
        assert 0 < n_waiting < n_requests / 50
        assert n_replaced > 0


@pytest.mark.slow
def test_what_was_sent_through_the_endpoint_is_what_the_last_hour_read(told):
    n_sent = int(re.search(r"^sent (\d+) requests through InvokeEndpoint", told, re.MULTILINE)[1])
    captures = DemoFolder(told_folder(told)).objects / "flights/capture/flights/AllTraffic"
    last = max({path.parent for path in captures.rglob("*.jsonl")})
    records = [json.loads(line) for path in last.iterdir() for line in path.read_text().splitlines()]
    assert len(records) == n_sent > 100
    assert any("inferenceId" in record["eventMetadata"] for record in records)
    assert {record["captureData"]["endpointOutput"]["encoding"] for record in records} == {"CSV"}


def told_folder(told):
    return Path(re.search(r"^everything is in (.*); done in", told, re.MULTILINE)[1])


@pytest.mark.slow
def test_each_violation_has_its_reason(told):
    for reason in (
        "another unit, kilometres for miles?",
        "every cell is missing",
        "departure_delay fell from rank 1",
        "the model is right for",
        "degrees Celsius",
        "'n/a'",
    ):
        assert reason in last_column(told)


def last_column(told):
    """What stands in the last cells of tables, as one text."""
    cells = (line.rstrip(" │").rpartition("│")[2] for line in told.splitlines() if line.startswith("│"))
    return " ".join(" ".join(cells).split())


@pytest.mark.slow
def test_the_named_reports_are_there(told):
    reports = dict(re.findall(r"^worst report on ([a-z ]+): (.*)$", told, re.MULTILINE))
    assert list(reports) == ["data quality", "model quality", "bias", "attribution"]
    assert "origin" in Path(reports["data quality"]).read_text()
    assert "recall" in Path(reports["model quality"]).read_text()


@pytest.mark.slow
def test_the_home_can_be_served_again_and_remembers(told):
    folder = DemoFolder(told_folder(told))
    with running_server(folder) as server:
        server.wait()
        listed = subprocess.run(
            [sys.executable, "-m", "leeboard", "schedule", "list", "--home", str(folder.home)],
            capture_output=True,
            text=True,
            check=True,
            env=os.environ | {"COLUMNS": "200"},
        )
    assert "hourly-data-quality" in listed.stdout
    assert listed.stdout.count("Scheduled") == 4


@pytest.mark.slow
def test_control_c_in_the_middle_of_the_jobs_leaves_nothing_running(tmp_path):
    with child(*DEMO, str(tmp_path / "demo")) as demo:
        for line in demo.stdout:
            if line.startswith("schedule"):
                break
        assert processes_of(tmp_path)
        demo.send_signal(signal.SIGINT)
        assert demo.wait(WAIT_S) not in (0, -signal.SIGINT)
    assert_nothing_is_left(tmp_path)


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere a parent's sudden death is not told")
@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_the_server_ends_with_the_demo_however_that_ends(ending, tmp_path):
    with child(sys.executable, "-c", SERVE, str(tmp_path)) as demo:
        url = demo.stdout.readline().strip()
        assert answers(url)
        demo.send_signal(ending)
        demo.wait(WAIT_S)
        assert_nothing_is_left(tmp_path)


def test_a_server_that_cannot_start_says_why(tmp_path):
    (tmp_path / "home").write_text("not a folder")
    with running_server(DemoFolder(tmp_path)) as server, pytest.raises(EngineError, match="home"):
        server.wait()


def test_a_folder_of_somebody_else_is_left_alone(tmp_path):
    (tmp_path / "thesis.txt").write_text("years of work")
    with pytest.raises(InputError, match="no demo made it"):
        DemoFolder(tmp_path).clear()
    assert (tmp_path / "thesis.txt").exists()


def test_what_an_earlier_demo_left_is_removed(tmp_path):
    folder = DemoFolder(tmp_path / "new")
    folder.clear()
    folder.home.mkdir()
    (folder.home / "state.sqlite").write_text("old")
    (folder.path / "notes.txt").write_text("of the user")
    folder.clear()
    assert not folder.home.exists()
    assert {path.name for path in folder.path.iterdir()} == {MARK, "notes.txt"}


def test_a_home_that_a_server_uses_is_not_removed(tmp_path):
    folder = DemoFolder(tmp_path)
    folder.clear()
    with running_server(folder) as server:
        server.wait()
        with pytest.raises(InputError, match="end it, or name another folder"):
            folder.clear()
    assert folder.home.exists()


def test_nothing_of_the_users_aws_counts_meanwhile(tmp_path, monkeypatch):
    for name, value in MISLEADING.items():
        monkeypatch.setenv(name, value)
    before = dict(os.environ)
    with DemoFolder(tmp_path).alone():
        assert not set(MISLEADING) - {"AWS_CONFIG_FILE"} & set(os.environ)
        assert os.environ["AWS_CONFIG_FILE"] == os.devnull
    assert dict(os.environ) == before
