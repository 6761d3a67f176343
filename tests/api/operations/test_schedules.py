"""Monitoring schedules: their two forms, states and rules."""

import pytest

from api_documents import (
    ANALYZER,
    BUCKET,
    HOURLY,
    by_name,
    capture,
    definition,
    deployed,
    endpoint_input,
    inline,
    monitored,
    processing,
    unique,
)
from live_server import until

BATCH = {
    "BatchTransformInput": {
        "DataCapturedDestinationS3Uri": f"s3://{BUCKET}/never/written",
        "DatasetFormat": {"Csv": {"Header": True}},
        "LocalPath": "/opt/ml/processing/input",
    }
}
NOW = {"expression": "NOW", "DataAnalysisStartTime": "-PT1H", "DataAnalysisEndTime": "-PT0H"}


@pytest.fixture(scope="module")
def endpoint(sm):
    return monitored(sm)


@pytest.fixture(scope="module")
def defined(sm, endpoint):
    """The name of a definition for the endpoint."""
    name = unique("defined")
    sm.create_data_quality_job_definition(**definition(name, endpoint_input(endpoint)))
    return name


def scheduled(sm, config, name=None, **members):
    """Makes a schedule; gives its name."""
    name = name or unique("Schedule")
    sm.create_monitoring_schedule(MonitoringScheduleName=name, MonitoringScheduleConfig=config, **members)
    return name


def described(sm, name):
    return sm.describe_monitoring_schedule(MonitoringScheduleName=name)


def status(sm, name):
    return described(sm, name)["MonitoringScheduleStatus"]


def test_a_schedule_by_name_tells_what_was_sent(sm, endpoint, defined):
    config = by_name(defined)
    name = scheduled(sm, config, Tags=[{"Key": "team", "Value": "churn"}])
    told = described(sm, name)
    arn = f"arn:aws:sagemaker:us-east-1:000000000000:monitoring-schedule/{name.lower()}"
    assert told["MonitoringScheduleConfig"] == config
    assert (told["MonitoringScheduleName"], told["MonitoringScheduleArn"]) == (name, arn)
    assert (told["EndpointName"], told["MonitoringType"]) == (endpoint, "DataQuality")
    assert told["MonitoringScheduleStatus"] == "Scheduled"
    for absent in ("LastMonitoringExecutionSummary", "FailureReason"):
        assert absent not in told
    assert sm.list_tags(ResourceArn=arn)["Tags"] == [{"Key": "team", "Value": "churn"}]


def test_before_the_first_run_there_are_no_executions(sm, defined):
    name = scheduled(sm, by_name(defined))
    assert sm.list_monitoring_executions(MonitoringScheduleName=name)["MonitoringExecutionSummaries"] == []


@pytest.mark.parametrize(
    "expression",
    [
        HOURLY,
        "cron(0 * * * ? *)",
        "cron(0 0 ? * * *)",
        "cron(0 17/5 ? * * *)",
        "cron(0/5 * ? * MON-FRI *)",
        "rate(10 minutes)",
    ],
)
def test_expressions_come_back_as_sent(sm, defined, expression):
    config = by_name(defined, expression)
    assert described(sm, scheduled(sm, config))["MonitoringScheduleConfig"] == config


def test_an_inline_definition_is_told_with_its_type_and_its_environment(sm, endpoint):
    config = {"ScheduleConfig": {"ScheduleExpression": HOURLY}, "MonitoringJobDefinition": inline(endpoint)}
    told = described(sm, scheduled(sm, config))
    assert told["MonitoringType"] == "DataQuality"
    assert told["EndpointName"] == endpoint
    assert told["MonitoringScheduleConfig"] == {
        "ScheduleConfig": {"ScheduleExpression": HOURLY},
        "MonitoringType": "DataQuality",
        "MonitoringJobDefinition": inline(endpoint, Environment={}),
    }


def test_a_whole_inline_definition_comes_back(sm, endpoint):
    whole = inline(
        endpoint,
        Environment={"publish_cloudwatch_metrics": "Enabled", "mine": "1"},
        StoppingCondition={"MaxRuntimeInSeconds": 1800},
        NetworkConfig={"EnableNetworkIsolation": True},
        BaselineConfig={"ConstraintsResource": {"S3Uri": f"s3://{BUCKET}/c.json"}},
        MonitoringAppSpecification={
            "ImageUri": ANALYZER,
            "RecordPreprocessorSourceUri": f"s3://{BUCKET}/pre.py",
            "PostAnalyticsProcessorSourceUri": f"s3://{BUCKET}/post.py",
            "ContainerEntrypoint": ["a"],
            "ContainerArguments": ["b"],
        },
    )
    told = described(sm, scheduled(sm, {"MonitoringJobDefinition": whole}))["MonitoringScheduleConfig"]
    assert told["MonitoringJobDefinition"] == whole
    assert "ScheduleConfig" not in told


def test_a_baselining_job_stands_for_its_files_inline_too(sm, endpoint):
    job = unique("inline-baselining")
    sm.create_processing_job(**processing(job))
    config = {"MonitoringJobDefinition": inline(endpoint, BaselineConfig={"BaseliningJobName": job})}
    told = described(sm, scheduled(sm, config))["MonitoringScheduleConfig"]["MonitoringJobDefinition"]
    folder = f"s3://{BUCKET}/{job}/results"
    assert told["BaselineConfig"] == {
        "BaseliningJobName": job,
        "ConstraintsResource": {"S3Uri": f"{folder}/constraints.json"},
        "StatisticsResource": {"S3Uri": f"{folder}/statistics.json"},
    }


def test_a_batch_schedule_has_no_endpoint(sm):
    config = {"MonitoringJobDefinition": inline("none", MonitoringInputs=[BATCH])}
    told = described(sm, scheduled(sm, config))
    assert "EndpointName" not in told
    assert told["MonitoringScheduleConfig"]["MonitoringJobDefinition"]["MonitoringInputs"] == [BATCH]


@pytest.mark.parametrize("kind", ["ModelQuality", "ModelBias", "ModelExplainability"])
def test_the_other_types_are_scheduled_by_name(sm, endpoint, kind):
    make = {
        "ModelQuality": sm.create_model_quality_job_definition,
        "ModelBias": sm.create_model_bias_job_definition,
    }
    name = unique("typed")
    make.get(kind, sm.create_model_explainability_job_definition)(
        **definition(name, endpoint_input(endpoint), kind)
    )
    told = described(sm, scheduled(sm, by_name(name, kind=kind)))
    assert (told["MonitoringType"], told["MonitoringScheduleStatus"]) == (kind, "Scheduled")


def test_a_name_is_taken_in_any_case(sm, defined, refused):
    name = scheduled(sm, by_name(defined))
    for again in (name, name.upper()):
        with refused("ResourceInUse", again):
            scheduled(sm, by_name(defined), again)


def test_a_long_name_is_a_validation_exception_and_leaves_all_as_it_was(sm, endpoint, refused):
    """The SDK then deletes the definition that it had made, and the user tries a better name."""
    name = unique("long")
    sm.create_data_quality_job_definition(**definition(name, endpoint_input(endpoint)))
    with refused("ValidationException", "monitoringScheduleName", "length less than or equal to 63"):
        scheduled(sm, by_name(name), "x" * 64)
    sm.delete_data_quality_job_definition(JobDefinitionName=name)
    sm.create_data_quality_job_definition(**definition(name, endpoint_input(endpoint)))
    assert status(sm, scheduled(sm, by_name(name))) == "Scheduled"


def test_what_is_not_there_is_resource_not_found(sm, defined, refused):
    asked = {"MonitoringScheduleName": "Nobody"}
    for ask in (
        lambda: sm.describe_monitoring_schedule(**asked),
        lambda: sm.start_monitoring_schedule(**asked),
        lambda: sm.stop_monitoring_schedule(**asked),
        lambda: sm.delete_monitoring_schedule(**asked),
        lambda: sm.update_monitoring_schedule(**asked, MonitoringScheduleConfig=by_name(defined)),
        lambda: sm.list_monitoring_alerts(**asked),
    ):
        with refused("ResourceNotFound", "Monitoring Schedule with name Nobody does not exist"):
            ask()


def test_stop_and_start_may_be_repeated(sm, defined):
    name = scheduled(sm, by_name(defined))
    for change, expected in [
        (sm.stop_monitoring_schedule, "Stopped"),
        (sm.start_monitoring_schedule, "Scheduled"),
    ]:
        for _ in range(3):
            change(MonitoringScheduleName=name)
            assert status(sm, name) == expected


def test_an_update_of_a_stopped_schedule_makes_it_scheduled(sm, endpoint, defined):
    name = scheduled(sm, by_name(defined))
    before = described(sm, name)
    sm.stop_monitoring_schedule(MonitoringScheduleName=name)
    other = unique("other")
    sm.create_data_quality_job_definition(**definition(other, endpoint_input(endpoint)))
    sm.update_monitoring_schedule(
        MonitoringScheduleName=name.lower(), MonitoringScheduleConfig=by_name(other, "cron(0 5 ? * * *)")
    )
    after = described(sm, name)
    assert after["MonitoringScheduleStatus"] == "Scheduled"
    assert after["MonitoringScheduleConfig"] == by_name(other, "cron(0 5 ? * * *)")
    assert after["CreationTime"] == before["CreationTime"]
    assert after["LastModifiedTime"] > before["LastModifiedTime"]


def test_an_update_replaces_the_whole_configuration(sm, endpoint, defined):
    name = scheduled(sm, by_name(defined, DataAnalysisStartTime="-PT2H", DataAnalysisEndTime="-PT1H"))
    sm.update_monitoring_schedule(
        MonitoringScheduleName=name, MonitoringScheduleConfig={"MonitoringJobDefinition": inline(endpoint)}
    )
    assert set(described(sm, name)["MonitoringScheduleConfig"]) == {
        "MonitoringJobDefinition",
        "MonitoringType",
    }


def test_a_refused_update_changes_nothing(sm, endpoint, defined, refused):
    name, bias = scheduled(sm, by_name(defined)), unique("bias")
    before = described(sm, name)
    sm.create_model_bias_job_definition(**definition(bias, endpoint_input(endpoint), "ModelBias"))
    with refused("ValidationException", "monitoring type", "cannot change"):
        sm.update_monitoring_schedule(
            MonitoringScheduleName=name, MonitoringScheduleConfig=by_name(bias, kind="ModelBias")
        )
    with refused("ValidationException", "ScheduleExpression"):
        sm.update_monitoring_schedule(
            MonitoringScheduleName=name, MonitoringScheduleConfig=by_name(defined, "every hour")
        )
    after = described(sm, name)
    assert {k: v for k, v in after.items() if k != "ResponseMetadata"} == {
        k: v for k, v in before.items() if k != "ResponseMetadata"
    }


def test_a_deleted_schedule_is_gone_in_any_state(sm, defined):
    for is_stopped in (False, True):
        name = scheduled(sm, by_name(defined))
        if is_stopped:
            sm.stop_monitoring_schedule(MonitoringScheduleName=name)
        sm.delete_monitoring_schedule(MonitoringScheduleName=name)
        with pytest.raises(sm.exceptions.ResourceNotFound):
            described(sm, name)
        scheduled(sm, by_name(defined), name)
        sm.delete_monitoring_schedule(MonitoringScheduleName=name)


def test_a_definition_in_use_may_be_deleted(sm, endpoint):
    name = unique("used")
    sm.create_data_quality_job_definition(**definition(name, endpoint_input(endpoint)))
    schedule = scheduled(sm, by_name(name))
    sm.delete_data_quality_job_definition(JobDefinitionName=name)
    assert status(sm, schedule) == "Scheduled"


@pytest.mark.parametrize(
    ("changed", "text"),
    [
        ({"MonitoringJobDefinitionName": None, "MonitoringType": None}, "neither"),
        ({"MonitoringType": None}, "without MonitoringType"),
        ({"MonitoringJobDefinition": "inline"}, "both"),
        ({"MonitoringJobDefinitionName": "nobody"}, "Could not find"),
        ({"MonitoringType": "ModelBias"}, "Could not find a ModelBias job definition"),
        ({"ScheduleConfig": {"ScheduleExpression": "hourly"}}, "Accepted are cron"),
        ({"ScheduleConfig": {"ScheduleExpression": "cron(0 25 ? * * *)"}}, "ScheduleExpression"),
        ({"ScheduleConfig": {"ScheduleExpression": "cron(0 0 30 2 ? *)"}}, "ScheduleExpression"),
        ({"ScheduleConfig": {"ScheduleExpression": "NOW"}}, "DataAnalysisStartTime and DataAnalysisEndTime"),
        ({"ScheduleConfig": {"ScheduleExpression": "NOW", "DataAnalysisStartTime": "-PT1H"}}, "is missing"),
        ({"ScheduleConfig": {"ScheduleExpression": HOURLY, "DataAnalysisStartTime": "-PT1H",
                             "DataAnalysisEndTime": "-PT2H"}}, "end be after the start"),
        ({"ScheduleConfig": {"ScheduleExpression": HOURLY, "DataAnalysisStartTime": "yesterday",
                             "DataAnalysisEndTime": "PT0H"}}, "DataAnalysisStartTime"),
    ],
)  # fmt: skip
def test_configurations_that_cannot_work_are_refused(sm, endpoint, defined, refused, changed, text):
    changed = {k: inline(endpoint) if v == "inline" else v for k, v in changed.items()}
    config = {name: value for name, value in (by_name(defined) | changed).items() if value is not None}
    with refused("ValidationException", text):
        scheduled(sm, config)


def test_an_endpoint_has_to_be_there_and_to_capture(sm, endpoint, refused):
    for name, text in (
        ("Nobody", 'Could not find endpoint "arn:'),
        (deployed(sm, unique("bare")), "does not have data capture enabled"),
        (
            deployed(sm, unique("off"), captures=capture(EnableCapture=False)),
            "does not have data capture enabled",
        ),
    ):
        with refused("ValidationException", text):
            scheduled(sm, {"MonitoringJobDefinition": inline(name)})


def test_a_run_may_not_last_longer_than_its_period(sm, endpoint, refused):
    config = {
        "ScheduleConfig": {"ScheduleExpression": HOURLY},
        "MonitoringJobDefinition": inline(endpoint, StoppingCondition={"MaxRuntimeInSeconds": 3601}),
    }
    with refused("ValidationException", "MaxRuntimeInSeconds is 3601"):
        scheduled(sm, config)
    scheduled(sm, config | {"ScheduleConfig": {"ScheduleExpression": "cron(0 0 ? * * *)"}})


def test_an_inline_definition_is_of_data_quality(sm, endpoint, refused):
    config = {"MonitoringJobDefinition": inline(endpoint), "MonitoringType": "ModelQuality"}
    with refused("ValidationException", "DataQuality"):
        scheduled(sm, config)


def names(listed):
    return [each["MonitoringScheduleName"] for each in listed["MonitoringScheduleSummaries"]]


@pytest.fixture(scope="module")
def three(sm):
    """Three schedules of one endpoint: by two definitions, and inline; the second one is stopped."""
    watched, part = monitored(sm, "three"), unique("Three")
    for n in range(2):
        sm.create_data_quality_job_definition(**definition(f"{part}-{n}", endpoint_input(watched)))
        scheduled(sm, by_name(f"{part}-{n}"), f"{part}-{n}")
    scheduled(sm, {"MonitoringJobDefinition": inline(watched)}, f"{part}-2")
    sm.stop_monitoring_schedule(MonitoringScheduleName=f"{part}-1")
    return watched, part


def test_schedules_of_an_endpoint_are_listed_with_type_and_definition(sm, three):
    watched, part = three
    listed = sm.list_monitoring_schedules(EndpointName=watched)["MonitoringScheduleSummaries"]
    assert names({"MonitoringScheduleSummaries": listed}) == [f"{part}-2", f"{part}-1", f"{part}-0"]
    told = described(sm, f"{part}-0")
    assert listed[2] == {
        "MonitoringScheduleName": f"{part}-0",
        "MonitoringScheduleArn": told["MonitoringScheduleArn"],
        "CreationTime": told["CreationTime"],
        "LastModifiedTime": told["LastModifiedTime"],
        "MonitoringScheduleStatus": "Scheduled",
        "EndpointName": watched,
        "MonitoringJobDefinitionName": f"{part}-0",
        "MonitoringType": "DataQuality",
    }
    assert "MonitoringJobDefinitionName" not in listed[0]
    assert names(sm.list_monitoring_schedules(EndpointName=watched.upper())) == names(
        {"MonitoringScheduleSummaries": listed}
    )


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"StatusEquals": "Stopped"}, [1]),
        ({"StatusEquals": "Scheduled"}, [2, 0]),
        ({"StatusEquals": "Pending"}, []),
        ({"MonitoringTypeEquals": "DataQuality"}, [2, 1, 0]),
        ({"MonitoringTypeEquals": "ModelBias"}, []),
        ({"MonitoringJobDefinitionName": "PART-1"}, [1]),
        ({"NameContains": "-2"}, [2]),
        ({"SortBy": "Name", "SortOrder": "Ascending"}, [0, 1, 2]),
        ({"SortBy": "Status", "SortOrder": "Descending"}, [1, 2, 0]),
        ({"MaxResults": 1}, [2]),
        ({"StatusEquals": "Scheduled", "NameContains": "-0"}, [0]),
    ],
)  # fmt: skip
def test_filters_and_orders_of_a_list(sm, three, asked, expected):
    watched, part = three
    asked = {
        name: value.replace("PART", part) if isinstance(value, str) else value
        for name, value in asked.items()
    }
    assert names(sm.list_monitoring_schedules(EndpointName=watched, **asked)) == [
        f"{part}-{n}" for n in expected
    ]


def test_times_of_change_bound_a_list(sm, three):
    watched, part = three
    past = described(sm, f"{part}-0")["CreationTime"].replace(year=2020)
    for beginning in ("CreationTime", "LastModifiedTime"):
        assert names(sm.list_monitoring_schedules(EndpointName=watched, **{f"{beginning}Before": past})) == []
        assert (
            len(names(sm.list_monitoring_schedules(EndpointName=watched, **{f"{beginning}After": past}))) == 3
        )


def ended(sm, name):
    """The one execution of a schedule, at its end."""
    return until(
        lambda: sm.list_monitoring_executions(MonitoringScheduleName=name)["MonitoringExecutionSummaries"],
        lambda found: found and found[0]["MonitoringExecutionStatus"] not in ("Pending", "InProgress"),
    )[0]


def test_now_runs_by_itself_with_nothing_to_read_and_stops(sm, defined, refused):
    name = scheduled(sm, by_name(defined, **NOW))
    execution = ended(sm, name)
    assert execution["MonitoringExecutionStatus"] == "Failed"
    assert execution["FailureReason"].startswith("Job inputs had no data")
    assert "ProcessingJobArn" not in execution
    told = described(sm, name)
    assert told["MonitoringScheduleStatus"] == "Stopped"
    assert told["LastMonitoringExecutionSummary"] == execution
    assert told["MonitoringScheduleConfig"] == by_name(defined, **NOW)
    with refused("ValidationException", "runs once and has run"):
        sm.start_monitoring_schedule(MonitoringScheduleName=name)
    sm.stop_monitoring_schedule(MonitoringScheduleName=name)
    sm.delete_monitoring_schedule(MonitoringScheduleName=name)


def test_now_is_run_again_by_an_update(sm, defined):
    name = scheduled(sm, by_name(defined, **NOW))
    sm.update_monitoring_schedule(
        MonitoringScheduleName=name, MonitoringScheduleConfig=by_name(defined, **NOW)
    )
    until(
        lambda: sm.list_monitoring_executions(MonitoringScheduleName=name, StatusEquals="Failed"),
        lambda listed: len(listed["MonitoringExecutionSummaries"]) == 2,
    )
