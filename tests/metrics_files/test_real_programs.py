"""The shipped files in a real Prometheus and a real Alertmanager, on a server that has something to tell."""

import json
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Event, Thread
from typing import Any
from urllib.parse import urlencode
from urllib.request import Request, urlopen

import pytest

from leeboard.cli.exporting import SHIPPED, export_files
from leeboard.formats.summary import (
    AttributionSummary,
    BiasSummary,
    FeatureColumns,
    MeasureSummary,
    ScoreSummary,
    Summary,
)
from leeboard.service import executions, summaries
from leeboard.service.alerts import add_alert
from leeboard.service.resources import add
from leeboard.service.schedules.windows import Window
from leeboard.service.settings import Settings
from leeboard.state.database import Database
from live_server import LiveServer, live_server, until
from s3_server import free_ports

pytestmark = pytest.mark.slow
HERE = Path(__file__).parent
HOUR = timedelta(hours=1)
SUMMARY = Summary(
    n_rows=100,
    features=FeatureColumns(
        name=["age", 'odd "name"'], distance=[0.5, 0.01], limit=[0.1, 0.1], is_drifted=[True, False],
        completeness=[0.5, 1.0], mean=[40.0, None], std_dev=[3.0, None],
    ),
    measures=[MeasureSummary(name="f1", value=0.7, limit=0.8, is_broken=True)],
    bias=[BiasSummary(facet="sex", group="f", metric="DPPL", stage="post", value=-0.25)],
    attributions=[AttributionSummary(label="label0", feature="age", value=0.25)],
    scores=[ScoreSummary(label="label0", ndcg=0.8, limit=0.9, is_broken=True)],
)  # fmt: skip
EMPTY_HERE = (
    "leeboard_capture_",
    "leeboard_emitted",
    "leeboard_executions_total",
    "leeboard_incidents_open",
    "leeboard_invocations_total",
    "leeboard_model_latency_seconds",
    "leeboard_endpoints",
    "leeboard_job_seconds",
    "leeboard_requests",
    "leeboard_request_seconds",
    'status="Failed"',
)
"""What tells nothing before there is traffic, until something ends while it is looked at, or has failed."""


def program(*names: str) -> str:
    """Skips where a machine has none of these names for it."""
    found = next((path for name in names if (path := shutil.which(name))), None)
    return found or pytest.skip(f"{names[0]} is not installed")


def fill(home: Path) -> None:
    """A store with one schedule in violation."""
    now, settings = datetime.now(UTC), Settings(home=home)
    config = {"MonitoringJobDefinitionName": "x", "MonitoringType": "DataQuality"}
    about: dict[str, Any] = {"status": "Scheduled", "endpoint": "churn", "monitoring_type": "DataQuality"}
    home.mkdir(parents=True)
    database = Database(settings.state_url)
    with database.write() as connection:
        schedule = add(
            connection, settings, "monitoring-schedule", "hourly", {"MonitoringScheduleConfig": config},
            now=now, due_at=now + 9 * HOUR, **about,
        )  # fmt: skip
        add_alert(connection, schedule, now=now)
        window = Window(now - 2 * HOUR, now - HOUR, ())
        execution = executions.plan(
            connection, schedule, window, scheduled_at=now - HOUR, ready_at=now + 9 * HOUR, cause="planned",
            now=now,
        )  # fmt: skip
        summaries.keep(connection, execution, SUMMARY)
        executions.end(connection, execution, "CompletedWithViolations", now=now, n_violations=3)
    database.close()


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("exported")
    list(export_files(str(folder), target="127.0.0.1:7070", alertmanager="127.0.0.1:9093"))
    return folder


def run(*command: str, cwd: Path) -> str:
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_promtool_takes_the_rules_and_the_configuration(exported: Path) -> None:
    promtool = program("promtool")
    assert "SUCCESS" in run(promtool, "check", "rules", "rules.yml", cwd=exported)
    run(promtool, "check", "config", "prometheus.yml", cwd=exported)


def test_rules_fire_when_they_should_and_not_before(exported: Path) -> None:
    shutil.copy(HERE / "rules_test.yml", exported)
    run(program("promtool"), "test", "rules", "rules_test.yml", cwd=exported)


def test_amtool_takes_the_configuration(exported: Path) -> None:
    run(program("amtool"), "check-config", "alertmanager.yml", cwd=exported)


class Hook(BaseHTTPRequestHandler):
    """Takes what Alertmanager posts."""

    got: list[dict[str, Any]]

    def do_POST(self) -> None:
        self.got.append(json.loads(self.rfile.read(int(self.headers["content-length"]))))
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Says nothing."""


@contextmanager
def process(log: Path, *command: str) -> Iterator[None]:
    with log.open("wb") as output, subprocess.Popen(command, stdout=output, stderr=output) as started:
        try:
            yield
        finally:
            started.terminate()


@pytest.fixture(scope="module")
def running(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[tuple[str, list[dict[str, Any]], LiveServer]]:
    """Prometheus and Alertmanager in a hurry; the URL of the first, and what is posted."""
    prometheus = program("prometheus")
    alertmanager = program("alertmanager", "prometheus-alertmanager")
    folder = tmp_path_factory.mktemp("programs")
    ports = free_ports(3)
    handler = type("Handler", (Hook,), {"got": []})
    fill(folder / "home")
    with ExitStack() as stack:
        server = stack.enter_context(live_server(folder / "home", "--metrics-access", "token"))
        token = folder / "leeboard-token"
        token.write_text(f"{token_of(server)}\n")
        hook = stack.enter_context(HTTPServer(("127.0.0.1", ports[2]), handler))
        Thread(target=hook.serve_forever, daemon=True).start()
        stack.callback(hook.shutdown)
        places = {"target": server.url.removeprefix("http://"), "alertmanager": f"127.0.0.1:{ports[1]}"}
        list(export_files(str(folder), **places, token_file=str(token)))
        quick(folder / "prometheus.yml", {"30s": "1s"})
        quick(folder / "alertmanager.yml", {"127.0.0.1:8080": f"127.0.0.1:{ports[2]}", "30s": "1s"})
        stack.enter_context(
            process(
                folder / "alertmanager.log", alertmanager, f"--config.file={folder}/alertmanager.yml",
                f"--storage.path={folder}/am", f"--web.listen-address=127.0.0.1:{ports[1]}",
                "--cluster.listen-address=",
            )
        )  # fmt: skip
        stack.enter_context(
            process(
                folder / "prometheus.log", prometheus, f"--config.file={folder}/prometheus.yml",
                f"--storage.tsdb.path={folder}/tsdb", f"--web.listen-address=127.0.0.1:{ports[0]}",
            )
        )  # fmt: skip
        yield f"http://127.0.0.1:{ports[0]}", handler.got, server


def token_of(server: LiveServer) -> str:
    return str(json.loads((server.home / "keys.json").read_text())["reader_token"])


def quick(file: Path, changes: dict[str, str]) -> None:
    text = file.read_text()
    for old, new in changes.items():
        text = text.replace(old, new)
    file.write_text(text)


def asked(url: str, path: str, **query: str) -> Any:
    with urlopen(f"{url}/api/v1/{path}?{urlencode(query)}", timeout=120) as answer:
        told = json.load(answer)
    assert told["status"] == "success", told
    return told["data"]


def is_scraped(url: str) -> bool:
    try:
        return bool(asked(url, "query", query="leeboard_feature_baseline_drift")["result"])
    except OSError:
        return False


def test_prometheus_reads_the_server(running: Any) -> None:
    url, _, _ = running
    until(lambda: is_scraped(url))
    [target] = asked(url, "targets")["activeTargets"]
    assert (target["health"], target["lastError"]) == ("up", "")
    found = asked(url, "query", query="leeboard_feature_baseline_drift")["result"]
    assert {each["metric"]["feature"] for each in found} == {"age", 'odd "name"'}


def test_what_is_in_force_reaches_the_hook(running: Any) -> None:
    _, got, _ = running

    def names() -> set[str]:
        return {alert["labels"]["alertname"] for post in list(got) for alert in post["alerts"]}

    wanted = {"LeeboardInViolation", "LeeboardAlertInForce", "LeeboardAttributionDrift"}
    found = until(names, lambda found: found >= wanted)
    assert "LeeboardFeatureDrift" not in found, "it is only information"
    assert "LeeboardDown" not in found


def filled_in(expression: str) -> str:
    for name in ("endpoint", "schedule", "feature"):
        expression = expression.replace(f"${name}", ".*")
    return expression


def _found(url: str, expression: str) -> Any:
    return asked(url, "query", query=expression)["result"]


@pytest.mark.parametrize("name", [name for name in SHIPPED if name.endswith(".json")])
def test_every_query_of_a_dashboard_is_understood_and_finds_what_there_is(running: Any, name: str) -> None:
    url, _, _ = running
    until(lambda: is_scraped(url))
    document = json.loads((HERE.parents[1] / "src/leeboard/cli/metrics_files" / name).read_text())
    for panel in document["panels"]:
        for target in panel.get("targets", []):
            expression = filled_in(target["expr"])
            if any(name in expression for name in EMPTY_HERE):
                asked(url, "query", query=expression)
            else:
                until(partial(_found, url, expression))  # a rate needs two looks of Prometheus


def test_the_server_can_be_asked_often_at_the_same_time(running: Any) -> None:
    _, _, server = running
    start, answers = Event(), []
    request = Request(f"{server.url}/metrics", headers={"Authorization": f"Bearer {token_of(server)}"})

    def ask() -> None:
        start.wait(120)
        with urlopen(request, timeout=120) as answer:
            answers.append(answer.read().decode())

    threads = [Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    start.set()
    for thread in threads:
        thread.join()
    assert len(answers) == 8
    assert all("leeboard_state_up 1.0" in text for text in answers)
