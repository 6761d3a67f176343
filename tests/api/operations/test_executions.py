"""Executions, from what was captured to what the SDK reads of them."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from api_documents import (
    BUCKET,
    INPUT,
    OUTPUT,
    by_name,
    capture,
    definition,
    deployed,
    endpoint_input,
    inline,
    model,
    monitored,
    processing,
    run_by_hand,
    unique,
    variant,
)
from live_server import ROLE, in_service, until

UNFINISHED = ("Pending", "InProgress", "Stopping")
AT = datetime(2026, 3, 4, 11, tzinfo=UTC)
"""A scheduled time long ago, whose hour is filled with records by hand."""
SLEEPS = b"import time\n\ndef preprocess_handler(record):\n    time.sleep(600)\n"
PRE = b"""
def preprocess_handler(record, logger):
    logger.info("a record of " + record.event_metadata.event_time)
    return {"seen": record.endpoint_input.data.split(",")[0]}
"""
POST = b"""
import json
def postprocess_handler():
    found = json.load(open("/opt/ml/processing/output/constraint_violations.json"))
    print("the postprocessor saw", len(found["violations"]), "violations")
"""


def records(n, at, value="1.5"):
    """Lines of a capture file: one column in, one out."""
    for number in range(n):
        kinds = {"endpointInput": ("INPUT", f"{value},{number % 3}"), "endpointOutput": ("OUTPUT", "0.5")}
        sides = {
            name: {"observedContentType": "text/csv", "mode": mode, "data": data, "encoding": "CSV"}
            for name, (mode, data) in kinds.items()
        }
        meta = {
            "eventId": f"id-{number}",
            "inferenceTime": f"{at + timedelta(seconds=number):%Y-%m-%dT%H:%M:%SZ}",
        }
        yield json.dumps({"captureData": sides, "eventMetadata": meta, "eventVersion": "0"})


def put_captured(store, endpoint, *, variant="AllTraffic", folder="capture", n=10, value="1.5", at=AT):
    """A capture file in the hour before a scheduled time."""
    began = at - timedelta(hours=1)
    key = f"{folder}/{endpoint}/{variant}/{began:%Y/%m/%d/%H}/00-00-000-by-hand.jsonl"
    store.put_object(Bucket=BUCKET, Key=key, Body="\n".join(records(n, began, value)) + "\n")
    return key.rpartition("/")[0]


def hourly(sm, endpoint, **members):
    """A schedule by a definition of the same name; gives the name."""
    name = unique("Hourly")
    sm.create_data_quality_job_definition(**definition(name, endpoint_input(endpoint), **members))
    return run_by_hand(sm, name, by_name(name))


def run(own, schedule, at=AT, ends="Completed"):
    """Fires it for a time by hand, and waits for its end."""
    made = fire(own, schedule, at)
    told = until(
        lambda: own.get(f"/leeboard/executions/{made['execution']}"),
        lambda told: told["status"] not in UNFINISHED,
    )
    assert told["status"] == ends, told


def fire(own, schedule, at=AT):
    return own.post(f"/leeboard/schedules/{schedule}/run", {"at": at.isoformat()})


def executions(sm, schedule, **asked):
    return sm.list_monitoring_executions(MonitoringScheduleName=schedule, **asked)[
        "MonitoringExecutionSummaries"
    ]


def job_of(sm, execution):
    return sm.describe_processing_job(ProcessingJobName=execution["ProcessingJobArn"].rpartition("/")[2])


def inputs(job):
    return {each["InputName"]: each["S3Input"] for each in job["ProcessingInputs"]}


def put_baseline(store, name, **columns):
    """Constraints and statistics of a baseline of no rows."""
    features = [
        {"name": column, "inferred_type": kind, "completeness": 1.0} for column, kind in columns.items()
    ]
    for file, document in (
        ("constraints.json", {"version": 0.0, "features": features, "monitoring_config": {
            "evaluate_constraints": "Enabled", "emit_metrics": "Enabled",
            "datatype_check_threshold": 1.0, "domain_content_threshold": 1.0,
            "distribution_constraints": {"perform_comparison": "Disabled", "comparison_threshold": 0.1,
                                         "comparison_method": "Robust"}}}),
        ("statistics.json", {"version": 0.0, "dataset": {"item_count": 0}, "features": []}),
    ):  # fmt: skip
        store.put_object(Bucket=BUCKET, Key=f"{name}/{file}", Body=json.dumps(document))
    return {
        "ConstraintsResource": {"S3Uri": f"s3://{BUCKET}/{name}/constraints.json"},
        "StatisticsResource": {"S3Uri": f"s3://{BUCKET}/{name}/statistics.json"},
    }


@pytest.fixture(scope="module")
def scripted(sm, store, own):
    """An execution with everything: baseline, both scripts, variables; and the endpoint's name."""
    endpoint, name = monitored(sm, "Scripted"), unique("scripted")
    put_captured(store, endpoint)
    for file, text in (("pre.py", PRE), ("post.py", POST)):
        store.put_object(Bucket=BUCKET, Key=f"{name}/{file}", Body=text)
    application = definition("x", {})["DataQualityAppSpecification"] | {
        "RecordPreprocessorSourceUri": f"s3://{BUCKET}/{name}/pre.py",
        "PostAnalyticsProcessorSourceUri": f"s3://{BUCKET}/{name}/post.py",
        "Environment": {"publish_cloudwatch_metrics": "Enabled", "mine": "1"},
    }
    schedule = hourly(
        sm,
        endpoint,
        DataQualityAppSpecification=application,
        DataQualityBaselineConfig=put_baseline(store, name, seen="Fractional", gone="String"),
        StoppingCondition={"MaxRuntimeInSeconds": 1800},
    )
    run(own, schedule, ends="CompletedWithViolations")
    (execution,) = executions(sm, schedule)
    return endpoint, schedule, execution


def test_an_execution_is_told_alike_in_list_and_description(sm, scripted):
    endpoint, schedule, execution = scripted
    told = sm.describe_monitoring_schedule(MonitoringScheduleName=schedule)
    assert told["LastMonitoringExecutionSummary"] == execution
    assert execution["MonitoringExecutionStatus"] == "CompletedWithViolations"
    assert (execution["MonitoringScheduleName"], execution["EndpointName"]) == (schedule, endpoint)
    assert (execution["MonitoringJobDefinitionName"], execution["MonitoringType"]) == (
        schedule,
        "DataQuality",
    )
    assert execution["ScheduledTime"] == AT
    assert "FailureReason" not in execution


def test_its_job_tells_the_result_folder_of_the_scheduled_hour(sm, store, scripted):
    endpoint, schedule, execution = scripted
    job = job_of(sm, execution)
    (output,) = job["ProcessingOutputConfig"]["Outputs"]
    folder = f"reports/{endpoint}/{schedule}/2026/03/04/11"
    assert output["OutputName"] == "result"
    assert output["S3Output"] == {
        "S3Uri": f"s3://{BUCKET}/{folder}",
        "LocalPath": OUTPUT,
        "S3UploadMode": "Continuous",
    }
    listed = store.list_objects_v2(Bucket=BUCKET, Prefix=f"{folder}/")["Contents"]
    files = {each["Key"].removeprefix(f"{folder}/") for each in listed}
    assert {"statistics.json", "constraints.json", "constraint_violations.json"} <= files


def test_its_job_tells_how_it_ended_and_whose_it_is(sm, scripted):
    _, schedule, execution = scripted
    job = job_of(sm, execution)
    assert job["ProcessingJobStatus"] == "Completed"
    assert job["ExitMessage"].startswith("CompletedWithViolations: Job completed successfully with ")
    assert job["MonitoringScheduleArn"].endswith(f":monitoring-schedule/{schedule.lower()}")
    assert job["ProcessingJobName"].startswith("data-quality-monitoring-202603041100-")
    assert job["StoppingCondition"] == {"MaxRuntimeInSeconds": 1800}
    assert (job["RoleArn"], job["ProcessingResources"]["ClusterConfig"]["InstanceCount"]) == (ROLE, 1)


def test_its_inputs_are_where_jobs_look_for_them(sm, scripted):
    endpoint, _, execution = scripted
    found = inputs(job_of(sm, execution))
    hour = f"{endpoint}/AllTraffic/2026/03/04/10"
    assert {name: each["LocalPath"] for name, each in found.items()} == {
        "baseline": "/opt/ml/processing/baseline/stats",
        "constraints": "/opt/ml/processing/baseline/constraints",
        "pre_processor_script": "/opt/ml/processing/code/preprocessing",
        "post_processor_script": "/opt/ml/processing/code/postprocessing",
        "endpoint_input_1": f"{INPUT}/{hour}",
    }
    assert found["endpoint_input_1"]["S3Uri"] == f"s3://{BUCKET}/capture/{hour}"


def test_its_environment_is_that_of_the_contract(sm, scripted):
    endpoint, schedule, execution = scripted
    environment = job_of(sm, execution)["Environment"]
    assert json.loads(environment.pop("dataset_format")) == {
        "sagemakerCaptureJson": {"captureIndexNames": ["endpointInput", "endpointOutput"]}
    }
    assert environment == {
        "dataset_source": INPUT,
        "output_path": OUTPUT,
        "publish_cloudwatch_metrics": "Enabled",
        "mine": "1",
        "start_time": "2026-03-04T10:00:00Z",
        "end_time": "2026-03-04T11:00:00Z",
        "metric_time": "2026-03-04T10:00:00Z",
        "baseline_constraints": "/opt/ml/processing/baseline/constraints/constraints.json",
        "baseline_statistics": "/opt/ml/processing/baseline/stats/statistics.json",
        "record_preprocessor_script": "/opt/ml/processing/code/preprocessing/pre.py",
        "post_analytics_processor_script": "/opt/ml/processing/code/postprocessing/post.py",
        "sagemaker_endpoint_name": endpoint,
        "sagemaker_endpoint_datacapture_prefix": f"s3://{BUCKET}/capture",
        "sagemaker_monitoring_schedule_name": schedule,
    }


def test_both_scripts_run_and_their_words_are_in_the_log(live, scripted):
    _, schedule, execution = scripted
    said = live.command("logs", schedule).stdout
    assert "a record of 2026-03-04T10:00:09Z" in said
    assert "the postprocessor saw 1 violations" in said
    assert execution["ProcessingJobArn"] in said


def test_the_records_are_those_that_the_preprocessor_gave(store, scripted):
    endpoint, schedule, _ = scripted
    key = f"reports/{endpoint}/{schedule}/2026/03/04/11/statistics.json"
    statistics = json.loads(store.get_object(Bucket=BUCKET, Key=key)["Body"].read())
    assert statistics["dataset"]["item_count"] == 10
    assert [feature["name"] for feature in statistics["features"]] == ["seen"]


@pytest.fixture(scope="module")
def thrice(sm, store, own):
    """A schedule with three executions, not run in the order of their times; the second hour is empty."""
    endpoint = monitored(sm)
    schedule = hourly(sm, endpoint)
    for hours in (2, 0):
        put_captured(store, endpoint, at=AT + timedelta(hours=hours))
        run(own, schedule, AT + timedelta(hours=hours))
    run(own, schedule, AT + timedelta(hours=1), ends="Failed")
    return endpoint, schedule


def hours(found):
    return [(each["ScheduledTime"] - AT).seconds // 3600 for each in found]


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({}, [1, 0, 2]),
        ({"SortOrder": "Ascending"}, [2, 0, 1]),
        ({"SortBy": "ScheduledTime"}, [2, 1, 0]),
        ({"SortBy": "ScheduledTime", "MaxResults": 2}, [2, 1]),
        ({"StatusEquals": "Completed"}, [0, 2]),
        ({"StatusEquals": "Failed"}, [1]),
        ({"StatusEquals": "InProgress"}, []),
        ({"SortBy": "Status", "SortOrder": "Ascending"}, [2, 0, 1]),
        ({"ScheduledTimeAfter": AT}, [1, 2]),
        ({"ScheduledTimeBefore": AT + timedelta(hours=2)}, [1, 0]),
        ({"ScheduledTimeAfter": AT, "ScheduledTimeBefore": AT + timedelta(hours=2)}, [1]),
        ({"CreationTimeBefore": AT}, []),
        ({"LastModifiedTimeAfter": AT, "MonitoringTypeEquals": "DataQuality"}, [1, 0, 2]),
        ({"MonitoringTypeEquals": "ModelBias"}, []),
        ({"MonitoringJobDefinitionName": "another"}, []),
    ],
)
def test_executions_are_listed_filtered_and_sorted(sm, thrice, asked, expected):
    assert hours(executions(sm, thrice[1], **asked)) == expected


def test_executions_of_an_endpoint_and_of_a_schedule_in_any_case(sm, thrice):
    endpoint, schedule = thrice
    assert len(executions(sm, schedule.lower())) == 3
    found = sm.list_monitoring_executions(EndpointName=endpoint.upper())["MonitoringExecutionSummaries"]
    assert {each["MonitoringScheduleName"] for each in found} == {schedule}


def test_the_last_execution_is_the_one_of_the_latest_scheduled_time(sm, thrice):
    told = sm.describe_monitoring_schedule(MonitoringScheduleName=thrice[1])["LastMonitoringExecutionSummary"]
    assert told["ScheduledTime"] == AT + timedelta(hours=2)


def test_an_empty_hour_fails_with_awss_sentence_and_says_where_it_looked(sm, thrice):
    endpoint, schedule = thrice
    (failed,) = executions(sm, schedule, StatusEquals="Failed")
    assert failed["FailureReason"].startswith("Job inputs had no data")
    for part in ("2026-03-04T11:00:00Z to 2026-03-04T12:00:00Z", f"capture/{endpoint}/", "2026/03/04/11"):
        assert part in failed["FailureReason"]
    assert "ProcessingJobArn" not in failed


def test_executions_of_a_deleted_schedule_are_still_listed(sm, store, own):
    endpoint = monitored(sm)
    schedule = hourly(sm, endpoint)
    run(own, schedule, ends="Failed")
    sm.delete_monitoring_schedule(MonitoringScheduleName=schedule)
    assert len(executions(sm, schedule)) == 1


def test_variants_and_destinations_that_an_endpoint_had_before_are_read(sm, store, own):
    plain = model(sm, unique("m"), image="leeboard-external")
    name = deployed(
        sm, unique("moved"), variant(plain, "blue"), captures=capture(DestinationS3Uri=f"s3://{BUCKET}/old/")
    )
    schedule = hourly(sm, name)
    sm.create_endpoint_config(
        EndpointConfigName=f"{name}-2",
        ProductionVariants=[variant(plain, "green")],
        DataCaptureConfig=capture(),
    )
    sm.update_endpoint(EndpointName=name, EndpointConfigName=f"{name}-2")
    in_service(sm, name)
    put_captured(store, name, variant="blue", folder="old", n=3)
    for each, n in (("blue", 4), ("green", 5)):
        put_captured(store, name, variant=each, n=n)
    run(own, schedule)
    (execution,) = executions(sm, schedule)
    uris = {each["S3Uri"].removeprefix(f"s3://{BUCKET}/") for each in inputs(job_of(sm, execution)).values()}
    hour = "2026/03/04/10"
    assert uris == {f"old/{name}/blue/{hour}", f"capture/{name}/blue/{hour}", f"capture/{name}/green/{hour}"}
    key = f"reports/{name}/{schedule}/2026/03/04/11/statistics.json"
    statistics = json.loads(store.get_object(Bucket=BUCKET, Key=key)["Body"].read())
    assert statistics["dataset"]["item_count"] == 12


def test_offsets_of_the_input_move_the_window(sm, store, own):
    endpoint = monitored(sm)
    name = unique("Offset")
    moved = endpoint_input(endpoint)
    moved["EndpointInput"] |= {"StartTimeOffset": "-PT3H", "EndTimeOffset": "-PT1H"}
    sm.create_data_quality_job_definition(**definition(name, moved))
    run_by_hand(sm, name, by_name(name))
    for hours_before in range(4):
        put_captured(store, endpoint, at=AT - timedelta(hours=hours_before))
    run(own, name)
    job = job_of(sm, executions(sm, name)[0])
    assert (job["Environment"]["start_time"], job["Environment"]["end_time"]) == (
        "2026-03-04T08:00:00Z",
        "2026-03-04T10:00:00Z",
    )
    assert sorted(each["S3Uri"][-2:] for each in inputs(job).values()) == ["08", "09"]


def test_a_definition_that_was_deleted_fails_its_executions_and_says_so(sm, own):
    schedule = hourly(sm, monitored(sm))
    sm.delete_data_quality_job_definition(JobDefinitionName=schedule)
    run(own, schedule, ends="Failed")
    (execution,) = executions(sm, schedule)
    assert (
        execution["FailureReason"]
        == f"the job definition {schedule} was deleted before the execution could run"
    )


def sleeping(sm, store, **members):
    """A schedule whose runs would take ten minutes."""
    endpoint, name = monitored(sm), unique("sleeping")
    put_captured(store, endpoint)
    store.put_object(Bucket=BUCKET, Key=f"{name}/sleeps.py", Body=SLEEPS)
    application = definition("x", {})["DataQualityAppSpecification"]
    script = {"RecordPreprocessorSourceUri": f"s3://{BUCKET}/{name}/sleeps.py"}
    return hourly(sm, endpoint, DataQualityAppSpecification=application | script, **members)


def under_way(sm, schedule):
    return until(
        lambda: executions(sm, schedule),
        lambda found: (
            found and found[0]["MonitoringExecutionStatus"] == "InProgress" and "ProcessingJobArn" in found[0]
        ),
    )[0]


def end_of(sm, schedule):
    return until(
        lambda: executions(sm, schedule)[0], lambda each: each["MonitoringExecutionStatus"] not in UNFINISHED
    )


def test_a_run_over_its_time_fails_and_its_job_is_stopped(sm, store, own):
    schedule = sleeping(sm, store, StoppingCondition={"MaxRuntimeInSeconds": 1})
    run(own, schedule, ends="Failed")
    (execution,) = executions(sm, schedule)
    assert execution["MonitoringExecutionStatus"] == "Failed"
    assert "MaxRuntimeInSeconds" in execution["FailureReason"]
    assert job_of(sm, execution)["ProcessingJobStatus"] == "Stopped"


def test_stopping_its_job_stops_the_execution(sm, store, own):
    schedule = sleeping(sm, store)
    fire(own, schedule)
    job = job_of(sm, under_way(sm, schedule))
    sm.stop_processing_job(ProcessingJobName=job["ProcessingJobName"])
    assert executions(sm, schedule)[0]["MonitoringExecutionStatus"] in ("Stopping", "Stopped")
    execution = end_of(sm, schedule)
    assert execution["MonitoringExecutionStatus"] == "Stopped"
    assert job_of(sm, execution)["ProcessingJobStatus"] == "Stopped"


def test_deleting_a_schedule_stops_its_run_and_is_not_held_up_by_it(sm, store, own):
    schedule = sleeping(sm, store)
    fire(own, schedule)
    under_way(sm, schedule)
    sm.delete_monitoring_schedule(MonitoringScheduleName=schedule)
    with pytest.raises(sm.exceptions.ResourceNotFound):
        sm.describe_monitoring_schedule(MonitoringScheduleName=schedule)
    assert end_of(sm, schedule)["MonitoringExecutionStatus"] == "Stopped"


def test_stopping_a_schedule_lets_its_run_go_on(sm, store, own):
    schedule = sleeping(sm, store)
    sm.start_monitoring_schedule(MonitoringScheduleName=schedule)
    fire(own, schedule)
    job = job_of(sm, under_way(sm, schedule))["ProcessingJobName"]
    sm.stop_monitoring_schedule(MonitoringScheduleName=schedule)
    assert executions(sm, schedule)[0]["MonitoringExecutionStatus"] == "InProgress"
    sm.stop_processing_job(ProcessingJobName=job)
    end_of(sm, schedule)


def test_a_baselining_job_that_still_runs_is_waited_for(sm, store, own):
    endpoint, job = monitored(sm), unique("slow-baseline")
    put_captured(store, endpoint)
    store.put_object(Bucket=BUCKET, Key=f"{job}/data.csv", Body="\n".join(["a,b,c", *["0.5,1.5,1"] * 50]))
    schedule = hourly(sm, endpoint, DataQualityBaselineConfig={"BaseliningJobName": job})
    sm.create_processing_job(**processing(job))
    run(own, schedule, ends="CompletedWithViolations")  # the baseline knows one value a column
    execution = job_of(sm, executions(sm, schedule)[0])
    baseline = sm.describe_processing_job(ProcessingJobName=job)
    assert baseline["ProcessingJobStatus"] == "Completed"
    assert baseline["ProcessingEndTime"] < execution["ProcessingStartTime"]
    assert execution["Environment"]["baseline_constraints"].endswith("/constraints.json")


def test_a_baselining_job_that_failed_is_named(sm, store, own):
    endpoint, job = monitored(sm), unique("no-baseline")
    put_captured(store, endpoint)
    sm.create_processing_job(**processing(job))
    schedule = hourly(sm, endpoint, DataQualityBaselineConfig={"BaseliningJobName": job})
    run(own, schedule, ends="Failed")
    assert f"the baselining job {job}" in executions(sm, schedule)[0]["FailureReason"]


def test_inline_definitions_run_with_their_own_environment(sm, store, own):
    endpoint, schedule = monitored(sm), unique("Inline")
    put_captured(store, endpoint)
    config = {
        "ScheduleConfig": {"ScheduleExpression": "cron(0 0 ? * * *)"},
        "MonitoringJobDefinition": inline(endpoint, Environment={"mine": "2"}),
    }
    sm.create_monitoring_schedule(MonitoringScheduleName=schedule, MonitoringScheduleConfig=config)
    run(own, schedule)
    (execution,) = executions(sm, schedule)
    assert execution["MonitoringExecutionStatus"] == "Completed"
    assert "MonitoringJobDefinitionName" not in execution
    environment = job_of(sm, execution)["Environment"]
    assert environment["mine"] == "2"
    assert (environment["start_time"], environment["publish_cloudwatch_metrics"]) == (
        "2026-03-03T11:00:00Z",
        "Disabled",
    )


def test_batch_captures_are_read_by_their_manifests(sm, store, own):
    name = unique("Batch")
    place = f"{name}/capture"
    store.put_object(Bucket=BUCKET, Key=f"{name}/out/a.csv.out", Body="a,b\n1,2\n3,4\n")
    manifest = json.dumps([{"prefix": f"s3://{BUCKET}/{name}/out/"}, "a.csv.out"])
    store.put_object(Bucket=BUCKET, Key=f"{place}/output/2026/03/04/10/x.json", Body=manifest)
    batch = {
        "DataCapturedDestinationS3Uri": f"s3://{BUCKET}/{place}/",
        "DatasetFormat": {"Csv": {"Header": True}},
        "LocalPath": "/opt/ml/processing/input/batch",
    }
    sm.create_data_quality_job_definition(**definition(name, {"BatchTransformInput": batch}))
    run_by_hand(sm, name, by_name(name))
    run(own, name)
    (execution,) = executions(sm, name)
    assert "EndpointName" not in execution
    job = job_of(sm, execution)
    assert (
        job["ProcessingOutputConfig"]["Outputs"][0]["S3Output"]["S3Uri"]
        == f"s3://{BUCKET}/reports/{name}/2026/03/04/11"
    )
    assert all("S3Input" in each for each in job["ProcessingInputs"])
    assert "sagemaker_endpoint_name" not in job["Environment"]
    run(own, name, AT + timedelta(hours=1), ends="Failed")
    assert "no transform job that captures to" in executions(sm, name)[0]["FailureReason"]
