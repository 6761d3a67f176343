"""New schedules by the form: what is asked, refused beside the field, tried, made; and changed later."""

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, Request, build_opener

import pytest

from leeboard.clock import now
from leeboard.hosting.mapping import ModelMap
from leeboard.service import scheduling
from leeboard.service.access.audit import lines_of
from leeboard.service.arns import ENDPOINT, SCHEDULE
from leeboard.service.resources import add, find_all
from leeboard.storage import write_bytes
from leeboard.storage.layout import HOUR
from leeboard.storage.objects.folder import ObjectFolder
from leeboard.storage.s3 import OBJECTS
from live_server import LiveServer, in_service, live_server, until

HOSTILE = "<img src=x onerror=alert(1)>"
FORM = {
    "endpoint": "churn", "monitors": "DataQuality", "baseline": "hours", "every": "1h",
    "name": "churn-hourly", "output": "s3://house/reports",
    "role": "arn:aws:iam::000000000000:role/Monitoring",
    "hours_from": "2026-11-26T09:00", "hours_to": "2026-11-26T10:00", "datapoints": "2", "period": "3",
}  # fmt: skip


@pytest.fixture
def service(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """With a bucket, and an endpoint that captured two hours: one long ago, and the last one."""
    from leeboard.api.running import open_service
    from leeboard.service.settings import Settings

    monkeypatch.setenv(OBJECTS, str(tmp_path / "objects"))
    opened = open_service(Settings(home=tmp_path), ModelMap(()))
    ObjectFolder(opened.settings.objects).buckets.create("house")
    facts = {
        "capture": {"DestinationS3Uri": "s3://house/capture", "EnableCapture": True},
        "variants": [{"name": "all", "model": "churn-7", "weight": 1.0, "count": 1, "containers": []}],
    }
    with opened.database.write() as connection:
        add(connection, opened.settings, ENDPOINT, "churn", {}, now=now(), status="InService", facts=facts)
        add(connection, opened.settings, ENDPOINT, "silent", {}, now=now(), status="InService", facts={})
    for hour in (datetime(2026, 11, 26, 9, tzinfo=UTC), now() - HOUR):
        write_bytes(f"s3://house/capture/churn/all/{hour:%Y/%m/%d/%H}/a.jsonl", captured(hour))
    yield opened
    opened.database.close()


def captured(hour: datetime) -> bytes:
    data = {
        "endpointInput": {"observedContentType": "text/csv", "mode": "INPUT", "data": f"7,{HOSTILE}",
                          "encoding": "CSV"},
        "endpointOutput": {"mode": "OUTPUT", "data": "0.25", "encoding": "CSV"},
    }  # fmt: skip
    record = {"captureData": data, "eventVersion": "0",
              "eventMetadata": {"eventId": "e", "inferenceTime": f"{hour:%Y-%m-%dT%H:%M:%SZ}"}}  # fmt: skip
    return json.dumps(record).encode() + b"\n"


def test_what_can_be_monitored_is_offered(editor: Any) -> None:
    page = editor.get("/schedules/new")
    assert "/schedules/new?endpoint=churn" in page.text
    assert "endpoint=silent" not in page.text
    assert "off: it needs a configuration with a DataCaptureConfig" in page.words


def test_the_form_shows_what_is_captured_harmlessly(editor: Any) -> None:
    page = editor.get("/schedules/new?endpoint=churn")
    assert "&lt;img src=x" in page.text
    assert HOSTILE not in page.text
    assert "0.25" in page.words
    assert 'value="s3://house/reports"' in page.text
    assert 'value="churn-7"' in page.text


def test_readers_are_refused(reader: Any) -> None:
    assert reader.get("/schedules/new?endpoint=churn").status == 403
    assert reader.post("/schedules/new", **FORM, do="save").status == 403


def test_when_it_will_run_is_said_in_words_with_the_windows(editor: Any) -> None:
    asked = "every=day&at=06:30&monitors=DataQuality&monitors=ModelQuality&wait_h=2"
    page = editor.get(f"/schedules/new/when?{asked}", **{"hx-request": "true"})
    assert "<html" not in page.text
    assert "At 06:30 every day , monitors without labels: reads the day before" in page.words
    assert "monitors with labels: reads from 26 hours before to 2 hours before" in page.words
    assert page.text.count('<th scope="row">') == 6
    refused = editor.get("/schedules/new/when?every=cron&cron=nonsense")
    assert "is not valid" in refused.words


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("name", "no blanks", "letters, digits and hyphens"),
        ("output", "/etc", "expected s3://BUCKET/KEY, not a path"),
        ("datapoints", "5", "more bad runs than are looked at"),
        ("hours_to", "2026-11-26T08:00", "it is not after the first hour"),
        ("baseline", "data", "the data set is missing"),
        ("monitors", "", "pick at least one"),
        ("monitors", "ModelBias", "the sensitive column is missing"),
    ],
)
def test_what_is_wrong_stands_beside_its_field_and_nothing_is_lost(
    editor: Any, field: str, value: str, said: str
) -> None:
    page = editor.post("/schedules/new", **(FORM | {field: value, "role": HOSTILE}), do="save")
    assert page.status == 400
    assert said in page.words
    assert "nothing was lost" in page.words
    assert "&lt;img src=x onerror" in page.text
    assert 'value="2026-11-26T09:00"' in page.text


def test_a_saved_schedule_is_there_and_in_the_audit_log(editor: Any, service: Any) -> None:
    made = editor.post("/schedules/new", **FORM, do="save")
    assert (made.status, made.headers["location"]) == (303, "/dashboard/schedules/churn-hourly")
    with service.database.read() as connection:
        schedule = scheduling.existing(connection, "churn-hourly")
    assert (schedule.endpoint, schedule.monitoring_type) == ("churn", "DataQuality")
    line = next(lines_of(service.database))
    assert (line.action, line.subject) == ("made a schedule", "churn-hourly")
    again = editor.post("/schedules/new", **FORM, do="save")
    assert "there is a schedule churn-hourly already" in again.words


def test_a_dry_run_begins_a_job_and_saves_nothing(editor: Any, service: Any) -> None:
    page = editor.post("/schedules/new", **FORM, do="try")
    assert page.status == 200
    key = page.text.split("/schedules/dry-runs/")[1].split('"')[0]
    part = editor.get(f"/schedules/dry-runs/{key}", **{"hx-request": "true"})
    assert "waits for a free worker" in part.words
    assert 'hx-trigger="every 2s"' in part.text
    with service.database.read() as connection:
        assert not find_all(connection, SCHEDULE)
    assert editor.get("/schedules/dry-runs/nobody").status in (400, 404, 500)


def test_a_new_expression_is_shown_and_kept(editor: Any, service: Any) -> None:
    editor.post("/schedules/new", **FORM, do="save")
    assert "Every hour at :00" in editor.get("/schedules/churn-hourly/edit").words
    changed = editor.post(
        "/schedules/churn-hourly/edit", every="cron", cron="cron(0 8 ? * MON-FRI *)", do="save"
    )
    assert changed.status == 303
    assert "At 08:00, Monday to Friday" in editor.get("/schedules/churn-hourly/edit").words
    refused = editor.post("/schedules/churn-hourly/edit", every="cron", cron="cron(0 8)", do="save")
    assert (refused.status, "cron has 6" in refused.words) == (400, True)


def test_baselines_are_listed_with_who_uses_them(editor: Any, reader: Any) -> None:
    assert "No baseline yet" in reader.get("/baselines").words
    editor.post("/schedules/new", **FORM, do="save")
    page = reader.get("/baselines")
    assert "1 baseline" in page.words
    assert "churn-hourly" in page.words
    assert "edit" not in page.words.split("Used by")[1]
    assert "No baseline like that" in reader.get("/baselines?q=nobody").words
    assert b"BaseliningJobName" not in reader.get("/baselines?export=csv").body


def test_batches_have_the_same_form(editor: Any) -> None:
    page = editor.get("/schedules/new?batch=s3://house/batches&batch_format=jsonlines")
    assert "New schedule for s3://house/batches" in page.words
    assert "nothing is captured yet below s3://house/batches" in page.words
    batch = FORM | {"endpoint": "", "batch": "s3://house/batches", "batch_format": "jsonlines"}
    made = editor.post("/schedules/new", **batch, do="save")
    assert "no batch that is captured to s3://house/batches began in these hours" in made.words
    assert editor.get("/schedules/new?batch=/etc").status == 400


class Browser:
    """Sends forms to a live server as a browser without script would."""

    def __init__(self, server: LiveServer) -> None:
        self._url = f"{server.url}/dashboard"
        self._open = build_opener(HTTPCookieProcessor())
        token = json.loads((server.home / "keys.json").read_text())["dashboard_token"]
        self.post("/login", token=token)

    def get(self, path: str) -> str:
        with self._open.open(f"{self._url}{path}", timeout=30) as answer:
            return str(answer.read().decode())

    def post(self, path: str, /, **fields: Any) -> str:
        headers = {"sec-fetch-site": "same-origin"}
        asked = Request(f"{self._url}{path}", urlencode(fields, doseq=True).encode(), headers)
        with self._open.open(asked, timeout=30) as answer:
            return str(answer.read().decode())


@pytest.mark.slow
def test_boto3_describes_what_the_form_tried_and_made(tmp_path: Path) -> None:
    hour = now() - HOUR
    with live_server(tmp_path / "home") as server:
        sagemaker, s3 = server.client("sagemaker"), server.client("s3")
        _deploy(sagemaker, s3, hour)
        browser = Browser(server)
        page = browser.get("/schedules/new?endpoint=outside")
        form = FORM | {
            "csrf": re.search('name="csrf" value="([^"]*)"', page)[1],
            "endpoint": "outside", "hours_from": f"{hour:%Y-%m-%dT%H:00}",
            "hours_to": f"{hour + HOUR:%Y-%m-%dT%H:00}",
        }  # fmt: skip
        tried = browser.post("/schedules/new", **form, do="try")
        key = tried.split("/schedules/dry-runs/")[1].split('"')[0]
        ended = until(lambda: browser.get(f"/schedules/dry-runs/{key}"), lambda text: "every 2s" not in text)
        assert "lamp-clean" in ended, ended
        assert not sagemaker.list_monitoring_schedules()["MonitoringScheduleSummaries"]
        browser.post("/schedules/new", **form, do="save")
        made = sagemaker.describe_monitoring_schedule(MonitoringScheduleName="churn-hourly")
        told = sagemaker.describe_data_quality_job_definition(JobDefinitionName="churn-hourly")
    assert made["MonitoringScheduleConfig"]["ScheduleConfig"] == {"ScheduleExpression": "cron(0 * ? * * *)"}
    assert told["DataQualityJobInput"]["EndpointInput"]["EndpointName"] == "outside"
    baseline = told["DataQualityBaselineConfig"]
    assert baseline["ConstraintsResource"]["S3Uri"].endswith("/constraints.json")
    assert baseline["BaseliningJobName"].startswith("baseline-churn-hourly-data-quality-")


def _deploy(sagemaker: Any, s3: Any, hour: datetime) -> None:
    """An endpoint that something else serves, and what was captured of it in an hour."""
    role = FORM["role"]
    s3.create_bucket(Bucket="house")
    sagemaker.create_model(
        ModelName="outside", ExecutionRoleArn=role, PrimaryContainer={"Image": "leeboard-external"}
    )
    sagemaker.create_endpoint_config(
        EndpointConfigName="outside",
        ProductionVariants=[{"VariantName": "all", "ModelName": "outside", "InitialInstanceCount": 1,
                             "InstanceType": "ml.m5.large"}],
        DataCaptureConfig={
            "EnableCapture": True, "InitialSamplingPercentage": 100,
            "DestinationS3Uri": "s3://house/capture", "CaptureOptions": [{"CaptureMode": "Input"}],
        },
    )  # fmt: skip
    sagemaker.create_endpoint(EndpointName="outside", EndpointConfigName="outside")
    in_service(sagemaker, "outside")
    key = f"capture/outside/all/{hour:%Y/%m/%d/%H}/a.jsonl"
    s3.put_object(Bucket="house", Key=key, Body=captured(hour) * 50)
