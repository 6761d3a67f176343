"""A wish becomes definitions, schedules and jobs that the API describes as its own; or nothing at all."""

from dataclasses import replace
from typing import Any

import pytest

from leeboard.errors import NoDataError
from leeboard.service import scheduling
from leeboard.service.arns import DEFINITIONS, PROCESSING_JOB, SCHEDULE
from leeboard.service.definitions import find_definition
from leeboard.service.monitor_types import TYPES
from leeboard.service.refusals import RefusalError, ResourceInUseError
from leeboard.service.resources import find, find_all
from leeboard.service.setup.making import make
from leeboard.service.setup.replacing import replace_in, replacement
from leeboard.service.setup.timing import change_timing
from leeboard.service.setup.versions import with_files
from leeboard.service.setup.wanted import Answers, Asked, BaselineWanted, Groups, Source, Wanted
from leeboard.storage import exists

from .conftest import NOW

FILES = (
    *((kind, f"s3://house/base/{kind}.json") for kind in TYPES),
    ("Statistics", "s3://house/base/s.json"),
)
ALL = Wanted(
    name="churn",
    source=Source(endpoint="churn"),
    monitors=TYPES,
    expression="cron(0 * ? * * *)",
    output="s3://house/reports",
    role="arn:aws:iam::000000000000:role/Monitoring",
    answers=Answers(probability="0", threshold=0.5, problem="BinaryClassification", labels="s3://house/labels",
                    wait_h=2),
    groups=Groups(label="left", good=("0",), facet="plan", facet_values=("a",)),
    asked=Asked(model="churn-7"),
    headers=("age", "plan"),
    baseline=BaselineWanted(kind="files", files=FILES),
)  # fmt: skip
ONE = replace(ALL, monitors=("DataQuality",))


def definition(service: Any, kind: str, name: str) -> dict[str, Any]:
    with service.database.read() as connection:
        found = find_definition(connection, kind, name)
    assert found is not None
    return found.document


def test_all_four_monitors_are_made_from_one_wish(store: Any) -> None:
    made = make(store, ALL, NOW)
    assert made.schedules == ("churn-data-quality", "churn-model-quality", "churn-bias", "churn-attribution")
    bias = definition(store, "ModelBias", "churn-bias")
    source = bias["ModelBiasJobInput"]["EndpointInput"]
    assert (source["StartTimeOffset"], source["EndTimeOffset"]) == ("-PT3H", "-PT2H")
    assert bias["ModelBiasJobInput"]["GroundTruthS3Input"] == {"S3Uri": "s3://house/labels"}
    assert exists(bias["ModelBiasAppSpecification"]["ConfigUri"])
    quality = definition(store, "DataQuality", "churn-data-quality")
    assert quality["DataQualityBaselineConfig"]["StatisticsResource"] == {"S3Uri": "s3://house/base/s.json"}
    assert "StartTimeOffset" not in quality["DataQualityJobInput"]["EndpointInput"]


def test_one_monitor_has_the_name_itself_and_its_alert(store: Any) -> None:
    from leeboard.service.views.fleet import lines

    make(store, replace(ONE, datapoints=2, period=3), NOW)
    with store.database.read() as connection:
        (line,) = lines(connection, now=NOW)
    assert (line.name, line.endpoint, line.datapoints, line.period) == ("churn", "churn", 2, 3)


def test_captured_hours_become_a_baselining_job_that_the_definition_names(store: Any) -> None:
    hours = BaselineWanted(kind="hours", start_at=NOW.replace(hour=8, minute=0), end_at=NOW)
    made = make(store, replace(ONE, baseline=hours), NOW)
    told = definition(store, "DataQuality", "churn")["DataQualityBaselineConfig"]
    assert told == {"BaseliningJobName": made.jobs[0]}
    with store.database.read() as connection:
        job = find(connection, PROCESSING_JOB, made.jobs[0])
    assert job
    assert job.status == "InProgress"
    (read,) = job.document["ProcessingInputs"]
    assert read["S3Input"]["S3Uri"] == "s3://house/capture/churn/all/2026/11/26/09"


def test_hours_without_captures_make_nothing(store: Any) -> None:
    hours = BaselineWanted(
        kind="hours", start_at=NOW.replace(hour=1, minute=0), end_at=NOW.replace(hour=2, minute=0)
    )
    with pytest.raises(NoDataError, match="nothing was captured from 2026-11-26T01:00"):
        make(store, replace(ONE, baseline=hours), NOW)
    with store.database.read() as connection:
        assert not find_all(connection, SCHEDULE)


def test_a_name_that_is_taken_makes_nothing(store: Any) -> None:
    make(store, replace(ALL, monitors=("DataQuality",), name="churn-bias"), NOW)
    with pytest.raises(ResourceInUseError, match="a schedule churn-bias already"):
        make(store, ALL, NOW)
    with store.database.read() as connection:
        assert len(find_all(connection, SCHEDULE)) == 1


def test_what_the_api_refuses_is_refused_and_leaves_nothing(store: Any) -> None:
    with pytest.raises(RefusalError):
        make(store, replace(ALL, answers=replace(ALL.answers, problem="Guessing")), NOW)
    with store.database.read() as connection:
        assert not find_all(connection, SCHEDULE)
        assert not [each for kind in DEFINITIONS.values() for each in find_all(connection, kind)]


def test_new_times_and_offsets_are_an_update(store: Any) -> None:
    make(store, ONE, NOW)
    changed = change_timing(store, "churn", "cron(0 0/6 ? * * *)", start="-PT7H", end="-PT1H", now=NOW)
    assert set(changed) == {"ScheduleExpression", "StartTimeOffset", "EndTimeOffset"}
    with store.database.read() as connection:
        schedule = scheduling.existing(connection, "churn")
        monitor = scheduling.monitor_of(connection, schedule)
    assert schedule.due_at == NOW.replace(hour=12, minute=0)
    assert monitor
    assert monitor.source["StartTimeOffset"] == "-PT7H"
    assert change_timing(store, "churn", "cron(0 0/6 ? * * *)", start="-PT7H", end="-PT1H", now=NOW) == {}


def test_times_that_cannot_be_leave_the_schedule_as_it_was(store: Any) -> None:
    make(store, ONE, NOW)
    with pytest.raises(RefusalError):
        change_timing(store, "churn", "cron(0 * ? * * *)", start="-PT1H", end="-PT2H", now=NOW)
    with store.database.read() as connection:
        assert scheduling.existing(connection, "churn").definition == "churn"
        assert len(find_all(connection, DEFINITIONS["DataQuality"])) == 1


@pytest.mark.parametrize("batch_format", ["csv", "csv-header", "json", "jsonlines", "parquet"])
def test_batches_below_a_prefix_are_monitored_too(store: Any, batch_format: str) -> None:
    source = Source(batch="s3://house/batches", batch_format=batch_format)
    make(store, replace(ONE, source=source), NOW)
    told = definition(store, "DataQuality", "churn")["DataQualityJobInput"]
    assert told["BatchTransformInput"]["DataCapturedDestinationS3Uri"] == "s3://house/batches"


def test_hours_of_batches_need_batches_in_them(store: Any) -> None:
    hours = BaselineWanted(kind="hours", start_at=NOW.replace(hour=8, minute=0), end_at=NOW)
    wanted = replace(ONE, source=Source(batch="s3://house/batches"), baseline=hours)
    with pytest.raises(NoDataError, match="no batch that is captured to s3://house/batches"):
        make(store, wanted, NOW)


def test_an_inline_definition_is_changed_where_it_stands(store: Any) -> None:
    source = {"EndpointName": "churn", "LocalPath": "/opt/ml/processing/input/endpoint"}
    output = {"S3Uri": "s3://house/reports", "LocalPath": "/opt/ml/processing/output"}
    cluster = {"InstanceCount": 1, "InstanceType": "ml.m5.large", "VolumeSizeInGB": 20}
    inline = {
        "MonitoringInputs": [{"EndpointInput": source}],
        "MonitoringOutputConfig": {"MonitoringOutputs": [{"S3Output": output}]},
        "MonitoringResources": {"ClusterConfig": cluster},
        "MonitoringAppSpecification": {"ImageUri": "sagemaker-model-monitor-analyzer"},
        "BaselineConfig": {"ConstraintsResource": {"S3Uri": "s3://house/base/constraints.json"}},
        "RoleArn": ONE.role,
    }
    expression = {"ScheduleExpression": "cron(0 * ? * * *)"}
    config = {"ScheduleConfig": expression, "MonitoringJobDefinition": inline}
    scheduling.create(store, {"MonitoringScheduleName": "inline", "MonitoringScheduleConfig": config}, NOW)
    change_timing(store, "inline", "cron(0 * ? * * *)", start="-PT2H", end="-PT1H", now=NOW)
    with store.database.read() as connection:
        schedule = scheduling.existing(connection, "inline")
    uris = {"constraints": "s3://house/new/constraints.json", "config": ""}
    wanted = replacement(store, schedule, with_files(schedule, uris), {}, NOW)
    with store.database.write() as connection:
        replace_in(connection, store, wanted, NOW)
    with store.database.read() as connection:
        monitor = scheduling.monitor_of(connection, scheduling.existing(connection, "inline"))
    assert monitor
    assert monitor.source["StartTimeOffset"] == "-PT2H"
    assert monitor.baseline["ConstraintsResource"] == {"S3Uri": "s3://house/new/constraints.json"}
