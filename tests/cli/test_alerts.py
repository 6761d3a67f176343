"""`leeboard alerts` against a server."""

import json
import sys
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from api_documents import by_name, definition, endpoint_input, monitored, run_by_hand, unique
from leeboard.cli.alerts import alerts
from leeboard.client.calls import Client
from leeboard.errors import InputError
from live_server import LiveServer, live_server, until
from pipeline_definitions import ROLE, fail
from pipeline_definitions import definition as pipeline_of


@pytest.fixture
def run(served: LiveServer) -> Any:
    def call(*arguments: str) -> Result:
        result = CliRunner().invoke(alerts, [*arguments, "--home", str(served.home)], env={"COLUMNS": "160"})
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result

    return call


@pytest.fixture
def failing(served: LiveServer, sagemaker: Any) -> str:
    """A schedule whose last run found no data."""
    name = unique("Alert")
    sagemaker.create_data_quality_job_definition(**definition(name, endpoint_input(monitored(sagemaker))))
    run_by_hand(sagemaker, name, by_name(name))
    with Client.of(home=str(served.home)) as client:
        client.post(f"/leeboard/schedules/{name}/run")
        until(lambda: client.get("/leeboard/alerts", schedule=name)["alerts"])
    return name


def test_what_is_in_force_is_listed_acknowledged_and_gated(run: Any, failing: str) -> None:
    listed = run("list", "--schedule", failing, "--gate")
    assert listed.exit_code == 3
    line = next(line for line in listed.stdout.splitlines() if failing in line)
    assert f"{failing}: no data" in line
    number = line.split()[0]
    assert f"alert {number} is acknowledged" in run("ack", number, "--who", "ana").stdout
    assert "acknowledged by ana" in run("history", "--schedule", failing).stdout
    assert run("list", "--schedule", "nothing", "--gate").exit_code == 0


def test_the_alert_of_a_pipeline_is_shown_with_the_step_that_failed(
    run: Any, served: LiveServer, sagemaker: Any
) -> None:
    name = unique("Fails")
    with Client.of(home=str(served.home)) as client:
        rule = {"name": name, "when": "pipeline-failed", "match": {"pipeline": name}}
        client.post("/leeboard/alerts/rules", rule)
        sagemaker.create_pipeline(
            PipelineName=name, RoleArn=ROLE, ClientRequestToken="t" * 32,
            PipelineDefinition=pipeline_of(fail("stop", "no rows")),
        )  # fmt: skip
        sagemaker.start_pipeline_execution(PipelineName=name, ClientRequestToken="u" * 32)
        [alert] = until(lambda: client.get("/leeboard/alerts", pipeline=name)["alerts"])
    assert f"{name}: failed at stop" in run("list", "--pipeline", name).stdout
    shown = run("show", str(alert["alert"])).stdout
    assert "stop  Fail  no rows" in shown
    assert (
        f"pipeline execution arn: arn:aws:sagemaker:us-east-1:000000000000:pipeline/{name.lower()}/" in shown
    )


def test_silences(run: Any) -> None:
    made = run("silence", "schedule=x*", "severity=info", "--for", "2", "--who", "ana", "--comment", "moving")
    number = made.stdout.split()[1]
    listed = run("silence").stdout
    assert "moving" in listed
    assert "severity info, schedule x*" in listed
    assert run("silence", "--end", number).stdout == f"silence {number} is over\n"


def test_rules_routes_and_sinks(run: Any, served: LiveServer) -> None:
    with Client.of(home=str(served.home)) as client:
        client.post(
            "/leeboard/alerts/rules",
            {"name": "plan drifts", "when": "distance", "above": 0.2, "of": 3, "match": {"feature": "plan"}},
        )
    told = run("rules").stdout
    line = next(line for line in told.splitlines() if "plan drifts" in line)
    assert " ".join(line.split()) == "plan drifts distance above 0.2 1 of 3 warning feature plan call"


@pytest.mark.filterwarnings("ignore:'imghdr' is deprecated")  # Apprise's own import
def test_a_test_of_a_url_needs_no_server(run: Any) -> None:
    pytest.importorskip("apprise", reason="pip install 'leeboard[notify]'")
    told = CliRunner().invoke(alerts, ["test", "json://127.0.0.1:9/token"])
    assert told.exit_code == 2
    assert told.stdout.startswith("the test did not arrive at json://...: json: ")
    assert "token" not in told.stdout


def test_a_test_of_a_sink_is_the_servers(run: Any, served: LiveServer) -> None:
    name = unique("sink")
    with Client.of(home=str(served.home)) as client:
        settings = {"url": "http://127.0.0.1:9/token"}
        client.post("/leeboard/alerts/sinks", {"name": name, "kind": "webhook", "settings": settings})
    told = run("test", "--sink", name)
    assert told.exit_code == 2
    assert f"did not arrive at the sink {name}: http://127.0.0.1:9: it cannot be reached" in told.stdout


@pytest.mark.slow
def test_a_server_works_by_its_file(tmp_path: Path) -> None:
    program = f"import sys; open({str(tmp_path / 'told')!r}, 'a').write(sys.stdin.read() + chr(10))"
    (tmp_path / "alerts.toml").write_text(f"""
[[rules]]
name = "no data"
when = "no-data"
severity = "critical"
[[sinks]]
name = "own"
kind = "command"
command = [{sys.executable!r}, "-c", {program!r}]
[[routes]]
name = "critical"
sinks = ["own"]
match = {{ severity = "critical" }}
""")
    with live_server(tmp_path / "home", "--alerts", str(tmp_path / "alerts.toml")) as server:
        sm = server.client("sagemaker")
        sm.create_data_quality_job_definition(**definition("d", endpoint_input(monitored(sm))))
        run_by_hand(sm, "d", by_name("d"))
        with Client.of(home=str(server.home)) as client:
            client.post("/leeboard/schedules/d/run")
            until((tmp_path / "told").exists)
            until(lambda: client.get("/leeboard/alerts/notices", state="delivered")["notices"])
            with pytest.raises(InputError, match="stands in the server's alerts file"):
                client.delete("/leeboard/alerts/rules/no%20data")
            assert client.get("/leeboard/alerts/sinks")["sinks"][0]["settings"] == {"command": "(hidden)"}
        told = json.loads((tmp_path / "told").read_text())
    assert (told["rule"], told["title"]) == ("no data", "d: no data")
    assert told["links"]["alert"].startswith(f"{server.url}/dashboard/alerts/")


def test_a_file_that_cannot_be_used_is_told_at_the_start(served: LiveServer, tmp_path: Path) -> None:
    (tmp_path / "alerts.toml").write_text('[[rules]]\nname = "a"\nwhen = "sometimes"\n')
    arguments = ("serve", "--home", str(tmp_path / "home"), "--alerts", str(tmp_path / "alerts.toml"))
    told = served.command(*arguments)
    assert told.returncode == 2
    assert "alerts.toml: Invalid enum value 'sometimes'" in told.stderr
