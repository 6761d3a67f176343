"""A server whose data, names and texts try to be markup: the results of real jobs of all four monitors."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

import analysed_windows
from api_documents import BUCKET, capture, definition, deployed, endpoint_input, variant
from labelled_traffic import UNFINISHED
from leeboard.client.calls import Client
from leeboard.clock import now
from live_server import LiveServer, live_server, until

IMAGE = "<img/src=x/onerror=alert(1)>{{7*7}}"
BATCH = f"s3://{BUCKET}/batches/{IMAGE}"
BATCH_INPUT = {
    "BatchTransformInput": {
        "DataCapturedDestinationS3Uri": BATCH,
        "DatasetFormat": {"Csv": {"Header": True}},
        "LocalPath": "/opt/ml/processing/input/batch",
    }
}
NAMES = ("<img src=x onerror=alert(1)>", "\"'&{{7*7}}", "</script>\u202e\u2028", "ä" * 400, "=1+1")
"""Of features that the server itself captured and analysed; `=1+1` is one that a spreadsheet would run."""
REPORT = """<!doctype html><title>a report</title><p id="told">nothing</p><script>
let told = [];
try { told.push("cookie " + document.cookie) } catch (error) { told.push(error.name) }
try { told.push(parent === window ? "alone" : parent.document.title) } catch (error) { told.push(error.name) }
document.querySelector("#told").textContent = told.join(", ");
</script>"""
HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class House:
    """The server, and where things are on it.

    Attributes:
        ids: of the executions of `data`, `quality`, `bias` and `shap`, two each, the second one in violation.
        live: execution of the schedule `live`, of traffic with `NAMES`.
        incident: one that this execution opened.
    """

    server: LiveServer
    ids: dict[str, list[int]]
    failed: int
    empty: int
    live: int
    incident: int
    token: str
    reader_token: str

    @property
    def url(self) -> str:
        return self.server.url

    def own(self) -> Client:
        """A client of leeboard's own calls."""
        return Client.of(home=str(self.server.home))


@contextmanager
def hostile_house(folder: Path) -> Iterator[House]:
    """Makes all of it, and a server on it."""
    home = folder / "home"
    hour = now().replace(minute=0, second=0, microsecond=0)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(analysed_windows, "FIRST", hour - 5 * HOUR)
        with analysed_windows.made_windows(home) as windows:
            made = windows.ids, windows.failed, windows.empty
    (home / "data/results-1/hostile.html").write_text(REPORT)
    with live_server(home) as server, Client.of(home=str(home)) as own:
        live, incident = _live(server, own, hour)
        keys = json.loads((home / "keys.json").read_text())
        yield House(server, *made, live, incident, keys["dashboard_token"], keys["reader_token"])


def _live(server: LiveServer, own: Client, hour: datetime) -> tuple[int, int]:
    """A schedule that the server runs itself, and its first alert."""
    sm, store = server.client("sagemaker"), server.client("s3")
    deployed(sm, "loans", captures=capture())
    _hostile_endpoint(sm)
    for at in (hour - HOUR, hour, hour + HOUR):
        put_traffic(store, at)
    for name in ("live", "spare"):
        _schedule(sm, store, name, endpoint_input("loans"))
    _schedule(sm, store, "batches", BATCH_INPUT)
    run = run_of(own, "live", hour)
    told = until(
        lambda: own.get(f"/leeboard/executions/{run}"), lambda told: told["status"] not in UNFINISHED
    )
    assert told["status"] == "CompletedWithViolations", told
    return run, until(lambda: own.get("/leeboard/alerts")["alerts"])[0]["alert"]


def run_of(own: Client, schedule: str, at: datetime) -> int:
    """Begins a run of the window that ends then; gives the number of its execution."""
    return int(own.post(f"/leeboard/schedules/{schedule}/run", {"at": at.isoformat()})["execution"])


def _hostile_endpoint(sm: Any) -> None:
    sm.create_model(
        ModelName="hostile-model",
        PrimaryContainer={"Image": IMAGE, "Environment": {"SAYS": "<img src=x onerror=alert(1)>"}},
        ExecutionRoleArn="arn:aws:iam::000000000000:role/Monitoring",
    )
    place = f"s3://{BUCKET}/{IMAGE}"
    deployed(sm, "hostile", variant("hostile-model"), captures=capture(DestinationS3Uri=place))


def put_traffic(store: Any, at: datetime) -> None:
    """An hour of requests whose features have hostile names and values."""
    lines = [json.dumps(_captured(number, at)) for number in range(40)]
    key = f"capture/loans/AllTraffic/{at:%Y/%m/%d/%H}/00-00-000-by-hand.jsonl"
    store.put_object(Bucket=BUCKET, Key=key, Body="\n".join(lines) + "\n<img src=x onerror=alert(1)>\n")


def _captured(number: int, at: datetime) -> dict[str, Any]:
    values = [NAMES[number % len(NAMES)], number, f"{{{{7*7}}}}{number % 3}", number / 7, None]
    sent = json.dumps(dict(zip(NAMES, values, strict=True)))
    sides = {
        name: {"observedContentType": kind, "mode": mode, "data": data, "encoding": encoding}
        for name, mode, data, kind, encoding in (
            ("endpointInput", "INPUT", sent, "application/json", "JSON"),
            ("endpointOutput", "OUTPUT", '{"score": 0.5}', "application/json", "JSON"),
        )
    }
    meta = {"eventId": f"event-{number}", "inferenceTime": f"{at:%Y-%m-%dT%H:%M:%SZ}"}
    return {"captureData": sides, "eventMetadata": meta, "eventVersion": "0"}


def _schedule(sm: Any, store: Any, name: str, read: dict[str, Any]) -> None:
    promise = {
        "version": 0,
        "features": [
            {"name": each, "inferred_type": "Integral", "completeness": 1.0,
             "num_constraints": {"is_non_negative": True}}
            for each in (*NAMES, "<b>gone</b>")
        ],
        "monitoring_config": {"evaluate_constraints": "Enabled", "emit_metrics": "Enabled"},
    }  # fmt: skip
    key = f"{name}/constraints.json"
    store.put_object(Bucket=BUCKET, Key=key, Body=json.dumps(promise))
    baseline = {"ConstraintsResource": {"S3Uri": f"s3://{BUCKET}/{key}"}}
    told = definition(f"{name}-definition", read, DataQualityBaselineConfig=baseline)
    sm.create_data_quality_job_definition(**told)
    config = {
        "ScheduleConfig": {"ScheduleExpression": "cron(0 * ? * * *)"},
        "MonitoringJobDefinitionName": f"{name}-definition",
        "MonitoringType": "DataQuality",
    }
    sm.create_monitoring_schedule(MonitoringScheduleName=name, MonitoringScheduleConfig=config)
