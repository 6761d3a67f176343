"""Processing jobs: what comes back, how they end, and how they are stopped."""

import json

import pytest

from api_documents import BUCKET, processing, unique
from live_server import until

CODE = "/opt/ml/processing/input/record_preprocessor_script_input"
SLEEPS = b"import time\n\ndef preprocess_handler(record):\n    time.sleep(600)\n"
NETWORK = {"EnableNetworkIsolation": True, "VpcConfig": {"SecurityGroupIds": ["sg-1"], "Subnets": ["s-1"]}}


def described(sm, name):
    return sm.describe_processing_job(ProcessingJobName=name)


def ended(sm, name):
    return until(
        lambda: described(sm, name),
        lambda told: told["ProcessingJobStatus"] not in ("InProgress", "Stopping"),
    )


def created(sm, store, request, data=b"a,b\n1,2\n3,4\n"):
    """Makes it with its data; gives its name."""
    name = request["ProcessingJobName"]
    store.put_object(Bucket=BUCKET, Key=f"{name}/data.csv", Body=data)
    sm.create_processing_job(**request)
    return name


def sleeping(name, store):
    """A job that would take ten minutes."""
    store.put_object(Bucket=BUCKET, Key=f"{name}/code/sleeps.py", Body=SLEEPS)
    request = processing(name)
    code = {"S3Uri": f"s3://{BUCKET}/{name}/code/sleeps.py", "LocalPath": CODE, "S3DataType": "S3Prefix"}
    request["ProcessingInputs"].append({"InputName": "code", "S3Input": code | {"S3InputMode": "File"}})
    request["Environment"]["record_preprocessor_script"] = f"{CODE}/sleeps.py"
    return request


def log_lines(live, name):
    done = live.command("logs", name)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_everything_that_was_sent_comes_back(sm, store):
    name = unique("Whole")
    request = processing(name, NetworkConfig=NETWORK, StoppingCondition={"MaxRuntimeInSeconds": 900})
    request["Environment"]["anything"] = "else"
    request["ProcessingInputs"][0]["S3Input"] |= {
        "S3DataDistributionType": "FullyReplicated",
        "S3CompressionType": "None",
    }
    request["ProcessingOutputConfig"]["KmsKeyId"] = "key-1"
    request["ProcessingResources"] = {
        "ClusterConfig": {
            "InstanceCount": 1,
            "InstanceType": "ml.m5.xlarge",
            "VolumeSizeInGB": 30,
            "VolumeKmsKeyId": "key-2",
        }
    }
    created(sm, store, request | {"Tags": [{"Key": "a", "Value": "b"}]})
    told = described(sm, name)
    assert {member: told[member] for member in request} == request
    assert (
        told["ProcessingJobArn"] == f"arn:aws:sagemaker:us-east-1:000000000000:processing-job/{name.lower()}"
    )
    assert sm.list_tags(ResourceArn=told["ProcessingJobArn"])["Tags"] == [{"Key": "a", "Value": "b"}]


def test_what_was_left_out_stays_out_but_the_time_limit(sm, store):
    name = created(sm, store, processing(unique("least")))
    told = described(sm, name)
    assert told["StoppingCondition"] == {"MaxRuntimeInSeconds": 86400}
    for absent in ("NetworkConfig", "ExperimentConfig", "MonitoringScheduleArn"):
        assert absent not in told
    assert "KmsKeyId" not in told["ProcessingOutputConfig"]
    assert "VolumeKmsKeyId" not in told["ProcessingResources"]["ClusterConfig"]


def test_a_baseline_completes_and_its_files_lie_directly_in_the_output(sm, store):
    name = created(sm, store, processing(unique("baseline")))
    told = ended(sm, name)
    assert told["ProcessingJobStatus"] == "Completed", told.get("FailureReason")
    assert told["ExitMessage"] == "Completed: Job completed successfully with no violations."
    times = [told[f"{word}Time"] for word in ("Creation", "ProcessingStart", "ProcessingEnd")]
    assert times == sorted(set(times))
    assert told["LastModifiedTime"] >= times[-1]
    files = {"statistics.json", "constraints.json"}
    listed = store.list_objects_v2(Bucket=BUCKET, Prefix=f"{name}/results/")["Contents"]
    assert files <= {each["Key"].rpartition("/")[2] for each in listed}
    body = store.get_object(Bucket=BUCKET, Key=f"{name}/results/statistics.json")["Body"].read()
    assert json.loads(body)["dataset"]["item_count"] == 2


def test_the_input_is_found_by_its_path_whatever_its_name(sm, store):
    request = processing(unique("named"))
    request["ProcessingInputs"][0]["InputName"] = "input-1"
    request["ProcessingOutputConfig"]["Outputs"][0]["OutputName"] = "output-1"
    assert ended(sm, created(sm, store, request))["ProcessingJobStatus"] == "Completed"


def test_an_input_without_objects_fails_with_awss_sentence(sm):
    name = unique("empty")
    sm.create_processing_job(**processing(name))
    told = ended(sm, name)
    assert told["ProcessingJobStatus"] == "Failed"
    uri = f"s3://{BUCKET}/{name}/data.csv"
    assert told["FailureReason"].startswith(
        f'No S3 objects found under S3 URL "{uri}" given in input data source.'
    )
    assert "ExitMessage" not in told


def test_an_image_that_nobody_runs_fails_and_says_so(sm, store):
    name = created(sm, store, processing(unique("byo"), image="registry/of-my-own:1"))
    told = ended(sm, name)
    assert told["ProcessingJobStatus"] == "Failed"
    assert "registry/of-my-own:1" in told["FailureReason"]


def test_a_job_that_is_stopped_ends_soon_with_its_log(sm, store, live):
    name = created(sm, store, sleeping(unique("stopped"), store))
    until(lambda: described(sm, name), lambda told: "ProcessingStartTime" in told)
    sm.stop_processing_job(ProcessingJobName=name)
    assert described(sm, name)["ProcessingJobStatus"] in ("Stopping", "Stopped")
    told = ended(sm, name)
    assert told["ProcessingJobStatus"] == "Stopped"
    assert "ProcessingEndTime" in told
    assert told["ProcessingJobArn"] in log_lines(live, name)


def test_stopping_twice_is_no_error_while_it_stops(sm, store):
    name = created(sm, store, sleeping(unique("twice"), store))
    until(lambda: described(sm, name), lambda told: "ProcessingStartTime" in told)
    sm.stop_processing_job(ProcessingJobName=name)
    try:
        sm.stop_processing_job(ProcessingJobName=name)
    except sm.exceptions.ClientError as error:  # it had stopped by then
        assert "Stopped" in str(error)  # noqa: PT017 - it may also succeed
    assert ended(sm, name)["ProcessingJobStatus"] == "Stopped"


def test_a_job_over_its_time_is_stopped(sm, store):
    request = sleeping(unique("slow"), store) | {"StoppingCondition": {"MaxRuntimeInSeconds": 1}}
    told = ended(sm, created(sm, store, request))
    assert told["ProcessingJobStatus"] == "Stopped"
    assert "MaxRuntimeInSeconds" in told["FailureReason"] or "1 s" in told["FailureReason"]


def test_a_job_that_has_ended_is_not_stopped(sm, refused):
    name = unique("over")
    sm.create_processing_job(**processing(name))
    ended(sm, name)
    with refused("ValidationException", name, "Failed"):
        sm.stop_processing_job(ProcessingJobName=name)


def test_a_name_is_used_once_for_ever_in_any_case(sm, refused):
    name = unique("Once")
    sm.create_processing_job(**processing(name))
    ended(sm, name)
    for again in (name, name.upper()):
        with refused("ResourceInUse", again.lower()):
            sm.create_processing_job(**processing(again))


def test_what_is_not_there_is_resource_not_found(sm, refused):
    for ask in (sm.describe_processing_job, sm.stop_processing_job):
        with refused("ResourceNotFound", "nobody"):
            ask(ProcessingJobName="nobody")


@pytest.mark.parametrize(
    ("changed", "member"),
    [
        ({"StoppingCondition": {"MaxRuntimeInSeconds": 777601}}, "maxRuntimeInSeconds"),
        ({"Environment": {"1a": "x"}}, "environment"),
        ({"Environment": {"a": "x" * 257}}, "environment"),
        ({"ProcessingInputs": processing("x")["ProcessingInputs"] * 11}, "processingInputs"),
        ({"RoleArn": "arn:aws:iam::000000000000:user/no-role"}, "roleArn"),
    ],
)
def test_what_the_service_model_forbids_is_refused(sm, refused, changed, member):
    with refused("ValidationException", "1 validation error detected", member):
        sm.create_processing_job(**processing(unique("bad"), **changed))


def names(listed):
    return [each["ProcessingJobName"] for each in listed["ProcessingJobSummaries"]]


def test_lists_begin_with_the_oldest_and_filter(sm, store):
    part = unique("Listed")
    done = created(sm, store, processing(f"{part}-0"))
    failed = [f"{part}-{n}" for n in (1, 2)]
    for name in failed:
        sm.create_processing_job(**processing(name))
    told = [ended(sm, name) for name in (done, *failed)]
    assert names(sm.list_processing_jobs(NameContains=part)) == [done, *failed]
    assert names(sm.list_processing_jobs(NameContains=part, SortOrder="Descending")) == [*failed[::-1], done]
    assert names(sm.list_processing_jobs(NameContains=part, StatusEquals="Failed")) == failed
    assert names(sm.list_processing_jobs(NameContains=part, StatusEquals="InProgress")) == []
    by_status = sm.list_processing_jobs(
        NameContains=part, SortBy="Status", SortOrder="Descending", MaxResults=2
    )
    assert names(by_status) == failed[::-1]
    past = told[0]["CreationTime"].replace(year=2020)
    assert names(sm.list_processing_jobs(NameContains=part, LastModifiedTimeBefore=past)) == []
    (summary,) = sm.list_processing_jobs(NameContains=done)["ProcessingJobSummaries"]
    members = {
        "ProcessingJobName",
        "ProcessingJobArn",
        "CreationTime",
        "ProcessingEndTime",
        "LastModifiedTime",
    }
    members |= {"ProcessingJobStatus", "ExitMessage"}
    assert summary == {member: told[0][member] for member in members}


def test_nothing_of_a_stopped_job_waits_any_more(sm, store):
    """One that is stopped before a worker takes it never runs."""
    blockers = [created(sm, store, sleeping(unique("block"), store)) for _ in range(2)]
    for blocker in blockers:
        until(lambda: described(sm, blocker), lambda told: "ProcessingStartTime" in told)  # noqa: B023
    waiting = created(sm, store, processing(unique("waits")))
    sm.stop_processing_job(ProcessingJobName=waiting)
    told = described(sm, waiting)
    assert told["ProcessingJobStatus"] == "Stopped"
    assert "ProcessingStartTime" not in told
    for blocker in blockers:
        sm.stop_processing_job(ProcessingJobName=blocker)
        assert ended(sm, blocker)["ProcessingJobStatus"] == "Stopped"
