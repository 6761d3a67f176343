"""Servers are killed while pipelines fail and succeed: each failure opens one alert, each success ends it."""

import random
import time
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from leeboard.client.calls import Client
from live_server import LiveServer, live_server, until
from pipeline_definitions import ROLE, compared, condition, definition, fail, get

pytestmark = pytest.mark.slow
N_PIPELINES, N_KILLS = 12, 4
NAMES = [f"p{n}" for n in range(N_PIPELINES)]
GOOD = {"Name": "Good", "Type": "String", "DefaultValue": "no"}
STEPS = condition("c", compared("Equals", get("Parameters.Good"), "no"), yes=[fail("stop", "no rows")])


def prepare(server: LiveServer) -> None:
    sagemaker = server.client("sagemaker")
    for name in NAMES:
        sagemaker.create_pipeline(
            PipelineName=name, RoleArn=ROLE, ClientRequestToken="t" * 32,
            PipelineDefinition=definition(STEPS, parameters=[GOOD]),
        )  # fmt: skip
    with Client.of(home=str(server.home)) as client:
        client.post("/leeboard/alerts/rules", {"name": "mine", "when": "pipeline-failed"})


def start_all(server: LiveServer, good: str) -> None:
    for name in NAMES:
        server.client("sagemaker").start_pipeline_execution(
            PipelineName=name, ClientRequestToken=f"{good}-{name}".ljust(32, "0"),
            PipelineParameters=[{"Name": "Good", "Value": good}],
        )  # fmt: skip


def statuses(server: LiveServer) -> Counter[str]:
    sagemaker = server.client("sagemaker")
    return Counter(
        run["PipelineExecutionStatus"]
        for name in NAMES
        for run in sagemaker.list_pipeline_executions(PipelineName=name)["PipelineExecutionSummaries"]
    )


def brought_on_through_kills(home: Path, options: list[str], good: str, seed: int) -> list[dict[str, Any]]:
    """Start them all, kill their server now and then, and give all alerts once all have ended."""
    chance = random.Random(seed)
    with live_server(home, *options, "--workers", "0") as server:
        start_all(server, good)
    for _ in range(N_KILLS):
        with live_server(home, *options, LEEBOARD_LEASE_S="2") as server:
            time.sleep(chance.uniform(0.05, 0.6))  # when it dies is what is tried
            server.process.kill()
            server.process.wait()
    with live_server(home, *options, LEEBOARD_LEASE_S="2") as server:
        until(lambda: statuses(server)["Executing"], lambda n: n == 0)
        with Client.of(home=str(server.home)) as client:
            found: list[dict[str, Any]] = client.get("/leeboard/alerts/history", limit=100)["alerts"]
    return found


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_each_failure_is_one_alert_and_each_success_its_end(
    database: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    options: list[str] = []
    if database == "postgresql":
        url = request.getfixturevalue("postgres").fresh_database()
        options = ["--database-url", url.__enter__()]
        request.addfinalizer(lambda: url.__exit__(None, None, None))
    with live_server(tmp_path / "home", *options, "--workers", "0") as server:
        prepare(server)
    found = brought_on_through_kills(tmp_path / "home", options, "no", seed=5)
    assert sorted((each["pipeline"], each["state"]) for each in found) == [
        (name, "open") for name in sorted(NAMES)
    ]
    found = brought_on_through_kills(tmp_path / "home", options, "yes", seed=6)
    assert sorted((each["pipeline"], each["state"]) for each in found) == [
        (name, "resolved") for name in sorted(NAMES)
    ]
