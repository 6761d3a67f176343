"""What a schedule that was run by hand leaves for the dashboard, over a live server."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from api_documents import BUCKET, by_name, definition, endpoint_input, monitored, run_by_hand, unique
from labelled_traffic import execute, put_labels, put_requests, quality_schedule
from leeboard.capture.spool import Spool
from leeboard.errors import InputError
from leeboard.formats.summary import Summary, read_summary
from leeboard.hosting.mapping import ModelMap
from leeboard.service.executions import Execution, find_execution
from leeboard.service.routes import Routes
from leeboard.service.service import Service
from leeboard.service.settings import Settings
from leeboard.service.summaries import backfill, find_summary, history
from leeboard.service.views.window_features import feature_of_window
from leeboard.service.views.windows import file_of_window, files_of_window
from leeboard.state.database import Database
from leeboard.state.tables import executions
from leeboard.storage.s3 import OBJECTS
from live_server import LiveServer

AT = datetime(2026, 3, 4, 11, tzinfo=UTC)
HOUR = AT - timedelta(hours=1)
HOSTILE = "<img src=x onerror=alert(1)>"


@contextmanager
def service_of(live: LiveServer, spool: Any) -> Iterator[Service]:
    """A second process on the server's database and store, which only looks."""
    settings = Settings(home=live.home)
    database = Database(settings.state_url)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(OBJECTS, str(settings.objects))
        yield Service(settings, database, Routes(database, ModelMap(())), Spool(spool))
    database.close()


def put(store: Any, name: str, document: Any) -> str:
    store.put_object(Bucket=BUCKET, Key=name, Body=json.dumps(document))
    return f"s3://{BUCKET}/{name}"


def last_of(service: Service, schedule: str) -> Execution:
    query = select(executions.c.id).where(executions.c.schedule_name == schedule)
    with service.database.read() as connection:
        execution = find_execution(connection, connection.execute(query).scalar_one())
    assert execution is not None
    return execution


def kept(service: Service, execution: Execution) -> Summary:
    with service.database.read() as connection:
        summary = find_summary(connection, execution.id)
    assert summary is not None
    return summary


@pytest.fixture(scope="module")
def service(live: LiveServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with service_of(live, tmp_path_factory.mktemp("spool")) as looking:
        yield looking


@pytest.fixture(scope="module")
def columns(sm: Any, store: Any, own: Any, service: Service) -> Execution:
    """Data quality of records with text where there were numbers, against constraints."""
    endpoint, name = monitored(sm, "summed"), unique("summed")
    put_requests(store, endpoint, {f"id-{i}": 0.5 for i in range(40)}, HOUR, sent="f,7")
    features = [
        {"name": column, "inferred_type": kind, "completeness": 1.0}
        for column, kind in (("score", "Fractional"), ("sex", "Integral"), (HOSTILE, "Integral"))
    ]
    config = {"datatype_check_threshold": 1.0, "domain_content_threshold": 1.0}
    document = {"version": 0.0, "features": features, "monitoring_config": config}
    constraints = put(store, f"{endpoint}/constraints.json", document)
    baseline = {"ConstraintsResource": {"S3Uri": constraints}}
    sm.create_data_quality_job_definition(
        **definition(name, endpoint_input(endpoint), DataQualityBaselineConfig=baseline)
    )
    run_by_hand(sm, name, by_name(name))
    execute(sm, own, name, AT, "CompletedWithViolations")
    return last_of(service, name)


@pytest.fixture(scope="module")
def quality(sm: Any, store: Any, own: Any, service: Service) -> Execution:
    """Model quality of 40 requests, of which 36 have a label."""
    endpoint = monitored(sm, "summed-quality")
    ids = [f"{endpoint}-{n}" for n in range(40)]
    put_requests(store, endpoint, {one: 0.9 if n % 4 else 0.1 for n, one in enumerate(ids)}, HOUR)
    put_labels(store, endpoint, {one: int(n % 4 > 0) for n, one in enumerate(ids[:36])}, HOUR)
    limits = {"recall": {"threshold": 0.5, "comparison_operator": "LessThanThreshold"}}
    document = {"version": 0.0, "binary_classification_constraints": limits}
    constraints = put(store, f"{endpoint}/constraints.json", document)
    schedule = quality_schedule(
        sm, endpoint, "cron(0 * ? * * *)", {"ConstraintsResource": {"S3Uri": constraints}}
    )
    execute(sm, own, schedule, AT)
    return last_of(service, schedule)


def test_a_schedule_run_by_hand_leaves_its_numbers_and_violations(
    service: Service, columns: Execution
) -> None:
    summary = kept(service, columns)
    assert summary.job == columns.job_name
    assert summary.n_rows == 40
    assert summary.n_violations == columns.n_violations == len(summary.violations)
    by_name = dict(zip(summary.features.name, summary.features.type, strict=True))
    assert by_name == {"score": "Fractional", "sex": "String", HOSTILE: "Integral"}
    assert {one.check for one in summary.violations} == {"data_type_check"}


def test_the_file_of_the_summary_lies_beside_the_results(
    service: Service, store: Any, live: LiveServer, columns: Execution
) -> None:
    key = f"reports/{columns.endpoint}/{columns.schedule_name}/2026/03/04/11/summary.json"
    found = store.get_object(Bucket=BUCKET, Key=key)["Body"].read()
    assert read_summary(found) == kept(service, columns)


def test_a_merge_tells_how_many_requests_had_their_labels(service: Service, quality: Execution) -> None:
    merge = kept(service, quality).merge
    assert merge is not None
    assert (merge.n_requests, merge.n_matched, merge.n_waiting) == (40, 36, 4)


def test_measures_stand_beside_their_limits(service: Service, quality: Execution) -> None:
    measures = {one.name: one for one in kept(service, quality).measures}
    assert (measures["recall"].value, measures["recall"].limit) == (1.0, 0.5)


def test_a_history_has_the_window(service: Service, quality: Execution) -> None:
    with service.database.read() as connection:
        found = history(connection, [quality.schedule_id])
    assert found.times == [HOUR]
    assert found.measures["recall"]["value"] == [1.0]
    assert found.n_waiting == [4]


def test_a_window_without_a_summary_gets_the_same_from_its_files(
    service: Service, columns: Execution, quality: Execution
) -> None:
    for execution in (columns, quality):
        summary, made = kept(service, execution), backfill(service, execution)
        assert made is not None
        assert made.features == summary.features
        assert made.measures == summary.measures
        assert made.violations == summary.violations
        assert made.merge == summary.merge


def test_the_files_of_a_window_are_listed_and_opened(service: Service, columns: Execution) -> None:
    files = files_of_window(service, columns)
    assert [one.kind for one in files[:2]] == ["report", "statistics"]
    assert {"summary.json", "constraint_violations.json"} <= {one.name for one in files}
    opened = file_of_window(service, columns, "report.html", most_bytes=9)
    assert opened is not None
    assert (opened.content, opened.is_whole) == (b"<!doctype", False)
    assert file_of_window(service, columns, "nothing.html") is None


def test_a_file_outside_of_the_window_is_not_opened(service: Service, columns: Execution) -> None:
    with pytest.raises(InputError, match="leads out"):
        file_of_window(service, columns, "../../secret.json")


def test_a_feature_of_a_window_is_read_from_its_statistics(service: Service, columns: Execution) -> None:
    found = feature_of_window(service, columns, "sex")
    assert found is not None
    assert (found.kind, found.baseline) == ("values", None)
    assert [(one.value, one.window) for one in found.values] == [("f", 1.0)]
    assert feature_of_window(service, columns, "nothing") is None
