"""The backup of the page on operations can be restored."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from api_documents import BUCKET, by_name, definition, endpoint_input, monitored
from live_server import clean_environment, live_server

PAGE = Path(__file__).parents[2] / "docs/operations.md"
BLOCK = re.compile(r"^```text\n(home=.*?)^```$", re.MULTILINE | re.DOTALL)


@pytest.mark.slow  # two servers, one after the other
def test_what_was_backed_up_while_the_server_ran_is_there_after_the_restore(tmp_path):
    home, copy = tmp_path / "home", tmp_path / "copy"
    copy.mkdir()
    with live_server(home) as server:
        sm = server.client("sagemaker")
        sm.create_data_quality_job_definition(**definition("kept", endpoint_input(monitored(sm))))
        sm.create_monitoring_schedule(MonitoringScheduleName="kept", MonitoringScheduleConfig=by_name("kept"))
        server.client("s3").put_object(Bucket=BUCKET, Key="labels/a.jsonl", Body=b"{}\n")
        back_up(home, copy)
    with live_server(copy) as restored:
        told = restored.client("sagemaker").list_monitoring_schedules()["MonitoringScheduleSummaries"]
        assert [one["MonitoringScheduleName"] for one in told] == ["kept"]
        stored = restored.client("s3").get_object(Bucket=BUCKET, Key="labels/a.jsonl")
        assert stored["Body"].read() == b"{}\n"
    assert (copy / "keys.json").read_text() == (home / "keys.json").read_text()


def back_up(home: Path, to: Path) -> None:
    """By the lines of the page."""
    found = BLOCK.search(PAGE.read_text())
    assert found is not None
    _, *lines = found[1].splitlines()
    script = "\n".join([f"home={home} to={to}", *lines])
    if shutil.which("rsync") is None:
        script = script.replace("rsync -a --delete", "cp -a")
    done = subprocess.run(
        ["bash", "-ec", script], env=clean_environment(), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
