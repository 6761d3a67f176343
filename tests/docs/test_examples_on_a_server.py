"""Examples that need a server: the programs of two pages run against one as their pages say."""

import re
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from live_server import live_server

pytestmark = pytest.mark.slow

DOCS = Path(__file__).parents[2] / "docs"
FILE = re.compile(r"^```\w+ file=(\S+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
RECORD = (
    '{"captureData": {"endpointInput": {"observedContentType": "text/csv", "mode": "INPUT", "data": "1,2", '
    '"encoding": "CSV"}}, "eventMetadata": {"eventId": "a", "inferenceTime": "%s"}, "eventVersion": "0"}\n'
)


def written(page, folder):
    """The files of a page, in a folder."""
    for name, text in FILE.findall((DOCS / page).read_text()):
        (folder / name).write_text(text)
    return folder


def test_the_first_pipeline_of_its_page_runs(tmp_path):
    folder = written("pipelines.md", tmp_path)
    with live_server(tmp_path / "home") as server:
        done = server.command("run", "--", sys.executable, str(folder / "nightly.py"))
        assert done.returncode == 0, done.stderr
        enough, profile = done.stdout.splitlines()
        assert enough == "enough Succeeded {'Condition': {'Outcome': 'True'}}"
        job = profile.rpartition("/")[2].rstrip("'}")
        assert "2 rows" in server.command("logs", job).stdout


def test_the_program_of_its_page_monitors_an_endpoint(tmp_path):
    folder = written("own-monitors.md", tmp_path)
    with live_server(tmp_path / "home", "--jobs", str(folder / "jobs.json")) as server:
        capture = server.command("endpoint", "add", "churn").stdout.split("s3://")[1].split()[0]
        made = server.command("run", "--", sys.executable, str(folder / "watch.py"))
        assert made.returncode == 0, made.stderr
        at = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
        bucket, _, prefix = capture.rstrip(".").partition("/")
        key = f"{prefix}/churn/AllTraffic/{at:%Y/%m/%d/%H}/a.jsonl"
        record = RECORD % at.strftime("%Y-%m-%dT%H:%M:%SZ")
        server.client("s3").put_object(Bucket=bucket, Key=key, Body=record.encode())
        ran = server.command("schedule", "run", "requests", "--at", "2026-11-22T10:00:00Z", "--wait")
        assert ran.returncode == 3, ran.stdout + ran.stderr
        assert "CompletedWithViolations" in ran.stdout
