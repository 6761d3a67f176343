"""One variant held against another, and the hours around a window, from captured records."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from leeboard.capture.record import capture_record
from leeboard.capture.spool import Spool
from leeboard.capture.writer import write_capture
from leeboard.errors import InputError
from leeboard.hosting.mapping import ModelMap
from leeboard.jobs.job import Job
from leeboard.jobs.run import run
from leeboard.service import executions, scheduling
from leeboard.service.arns import ENDPOINT, PROCESSING_JOB
from leeboard.service.executions import Execution
from leeboard.service.resources import add
from leeboard.service.routes import Routes
from leeboard.service.schedules.windows import Window
from leeboard.service.service import Service
from leeboard.service.settings import Settings
from leeboard.service.views import variants
from leeboard.service.views.compare import compare_told
from leeboard.service.views.execution_hours import hours_around
from leeboard.service.views.variants import variant_window
from leeboard.state.database import Database

START = datetime(2026, 11, 26, 8, tzinfo=UTC)
HOUR = timedelta(hours=1)
CONFIG = {
    "ScheduleConfig": {"ScheduleExpression": "cron(0 * ? * * *)"},
    "MonitoringType": "DataQuality",
    "MonitoringJobDefinition": {
        "MonitoringInputs": [{"EndpointInput": {"EndpointName": "loans", "LocalPath": "/x"}}],
        "MonitoringOutputConfig": {
            "MonitoringOutputs": [{"S3Output": {"S3Uri": "s3://b", "LocalPath": "/y"}}]
        },
        "MonitoringResources": {"ClusterConfig": {}},
        "MonitoringAppSpecification": {"ImageUri": "x/sagemaker-model-monitor-analyzer"},
        "RoleArn": "x",
    },
}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="module")
def service(home: Path) -> Iterator[Service]:
    settings = Settings(home=home)
    database = Database(settings.state_url)
    yield Service(settings, database, Routes(database, ModelMap(())), Spool(home / "spool"))
    database.close()


def put_records(root: Path, variant: str, factor: int) -> None:
    records = [
        capture_record(
            f"{(20 + i % 40) * factor}\n",
            f"{i / 200}\n",
            at=START + i * timedelta(seconds=10),
            event_id=str(i),
        )
        for i in range(200)
    ]
    write_capture(str(root / "capture"), "loans", variant, records)


@pytest.fixture(scope="module")
def window(service: Service, home: Path) -> Execution:
    """An hour in which two variants captured, one of them ages that are ten times as large."""
    training = pl.DataFrame(
        {"score": [i / 200 for i in range(200)], "age": [20 + i % 40 for i in range(200)]}
    )
    run(Job(data=training, output=str(home / "baseline")), now=START)
    put_records(home, "Main", 1)
    put_records(home, "Canary", 10)
    inputs = {name: f"{home}/baseline/{file}.json" for name, file in
              (("constraints", "constraints"), ("baseline", "statistics"))}  # fmt: skip
    asked = {"ProcessingInputs": [{"InputName": n, "S3Input": {"S3Uri": uri}} for n, uri in inputs.items()]}
    with service.database.write() as connection:
        facts = {"captured_to": [str(home / "capture")]}
        add(connection, service.settings, ENDPOINT, "loans", {}, now=START, facts=facts)
        schedule = add(
            connection, service.settings, "monitoring-schedule", "hourly",
            {"MonitoringScheduleConfig": CONFIG}, now=START, status="Scheduled", endpoint="loans",
            monitoring_type="DataQuality",
        )  # fmt: skip
        assert schedule is not None
        made = executions.plan(
            connection, schedule, Window(START, START + HOUR, (START,)), scheduled_at=START + HOUR,
            ready_at=START + HOUR, cause=executions.PLANNED, now=START + HOUR,
        )  # fmt: skip
        assert made is not None
        add(connection, service.settings, PROCESSING_JOB, made.analysis_name, asked, now=START)
        executions.end(connection, made, "Completed", now=START + HOUR, n_violations=0)
    return made


def test_each_variant_is_held_against_the_baseline(service: Service, window: Execution) -> None:
    main, canary = (variant_window(service, window, name) for name in ("Main", "Canary"))
    assert (main.summary.n_rows, canary.summary.n_rows) == (200, 200)
    drifted = [
        one.summary.features.is_drifted[one.summary.features.name.index("age")] for one in (main, canary)
    ]
    assert drifted == [False, True]


def test_two_variants_of_one_window_are_compared(service: Service, window: Execution) -> None:
    asked = dict.fromkeys(("right", "left_window", "right_window", "feature"), "")
    told = compare_told(
        service, asked | {"left": "hourly", "left_variant": "Main", "right_variant": "Canary"}
    )
    assert told.left is not None
    assert told.left.variants == ("Canary", "Main")
    assert told.rows[0].name == told.feature == "age"
    assert told.moved is not None
    assert told.moved > 0.9


@pytest.mark.parametrize("name", ["Gone", "../../etc", ""])
def test_a_variant_that_captured_nothing_is_told(service: Service, window: Execution, name: str) -> None:
    with pytest.raises(InputError, match="has captured nothing of a variant"):
        variant_window(service, window, name)


def test_one_variant_is_analysed_at_a_time(service: Service, window: Execution) -> None:
    with variants.ONE_AT_A_TIME, pytest.raises(InputError, match="another variant is under way"):
        variant_window(service, window, "Main", wait_s=0)
    assert variant_window(service, window, "Main").statistics.features


def test_the_hours_around_a_window_tell_what_is_stored_for_each(service: Service, window: Execution) -> None:
    with service.database.read() as connection:
        schedule = scheduling.existing(connection, "hourly")
    around = hours_around(service, window, schedule)
    assert around is not None
    assert [(one.hour, one.n_records) for one in around.hours if one.n_files] == [(START, 400)]
    assert [one.hour for one in around.hours if one.is_window] == [START]
    assert around.hours[0].hour == START - 12 * HOUR
