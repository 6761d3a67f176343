"""The AWS CLI runs unchanged."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def folder(
    server: Any, flows: Any, flow_folder: Path, other_python: Any, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """The script's folder, after it ran."""
    folder = tmp_path_factory.mktemp("awscli")
    (folder / "model.tar.gz").write_bytes(flows.model_archive())
    (folder / "training.csv").write_text(flows.training_csv())
    path = f"{other_python('awscli').parent}:{os.environ['PATH']}"
    done = server.command(
        "run", "--", "sh", str(flow_folder / "awscli.sh"), str(folder), variables={"PATH": path}
    )
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-4000:]
    return folder


def read(path: Path) -> Any:
    return json.loads(path.read_text())


def test_the_caller_is_known(folder: Path) -> None:
    assert read(folder / "identity.json")["Account"] == "000000000000"


def test_the_model_answers(folder: Path) -> None:
    assert (folder / "answer.csv").read_text() == "2.3000\n"
    assert read(folder / "answer.json")["InvokedProductionVariant"] == "AllTraffic"


def test_the_schedule_is_listed_with_its_alert_and_no_execution(folder: Path) -> None:
    (schedule,) = read(folder / "schedules.json")["MonitoringScheduleSummaries"]
    assert schedule["MonitoringJobDefinitionName"] == "phone-calls-cli"
    assert read(folder / "executions.json")["MonitoringExecutionSummaries"] == []
    assert len(read(folder / "alerts.json")["MonitoringAlertSummaries"]) == 1


def test_the_endpoint_stays_while_it_has_a_schedule(folder: Path) -> None:
    assert "phone-calls-cli" in (folder / "refusal.txt").read_text()


def test_objects_are_listed(folder: Path) -> None:
    assert "baselining/training.csv" in (folder / "objects.txt").read_text()
