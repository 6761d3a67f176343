"""Pipelines as boto3 asks for them, with their steps run by a live server."""

import json

import pytest

from api_documents import unique
from live_server import until
from pipeline_definitions import (
    BUCKET,
    ROLE,
    compared,
    condition,
    definition,
    fail,
    get,
    join,
    json_get,
    profile,
    training,
)

ROWS = b"age,income\n31,1200.5\n47,2100.0\n"


@pytest.fixture(scope="module", autouse=True)
def _data(store):
    if BUCKET not in {each["Name"] for each in store.list_buckets()["Buckets"]}:
        store.create_bucket(Bucket=BUCKET)
    store.put_object(Bucket=BUCKET, Key="data/rows.csv", Body=ROWS)


def made(sm, *steps, name=None, **members):
    name = name or unique("piped")
    text = definition(*steps, parameters=members.pop("parameters", ()))
    sm.create_pipeline(PipelineName=name, RoleArn=ROLE, PipelineDefinition=text, **members)
    return name


def ended(sm, name, **params):
    """The ARN of an execution, its description and its steps by name, once it has ended."""
    arn = sm.start_pipeline_execution(PipelineName=name, **params)["PipelineExecutionArn"]
    told = until(
        lambda: sm.describe_pipeline_execution(PipelineExecutionArn=arn),
        lambda told: told["PipelineExecutionStatus"] not in ("Executing", "Stopping"),
    )
    steps = sm.list_pipeline_execution_steps(PipelineExecutionArn=arn)["PipelineExecutionSteps"]
    return arn, told, {each["StepName"]: each for each in steps}


def test_a_pipeline_runs_from_rows_to_a_model_in_parallel_branches(sm):
    count = json_get("profile", "stats", "dataset.item_count")
    uri = join(f"s3://{BUCKET}", get("Parameters.Folder"))
    artifacts = get("Steps.train.ModelArtifacts.S3ModelArtifacts")
    model = {"ExecutionRoleArn": ROLE, "PrimaryContainer": {"Image": "toy:1", "ModelDataUrl": artifacts}}
    enough = [training("train"), {"Name": "model", "Type": "Model", "Arguments": model}]
    name = made(
        sm,
        profile("profile", source=uri, DisplayName="Profile of rows"),
        profile("beside"),
        condition("enough", compared("GreaterThanOrEqualTo", count, 2), yes=enough, no=[fail("few")]),
        parameters=[{"Name": "Folder", "Type": "String", "DefaultValue": "data"}],
    )
    arn, told, steps = ended(sm, name)
    assert told["PipelineExecutionStatus"] == "Succeeded", told.get("FailureReason")
    assert {each["StepStatus"] for each in steps.values()} == {"Succeeded"}
    assert set(steps) == {"profile", "beside", "enough", "train", "model"}
    assert next(iter(steps)) == "model"
    assert steps["enough"]["Metadata"] == {"Condition": {"Outcome": "True"}}
    assert steps["profile"]["StepDisplayName"] == "Profile of rows"
    job = steps["train"]["Metadata"]["TrainingJob"]["Arn"].rpartition("/")[2]
    made_model = sm.describe_model(ModelName=steps["model"]["Metadata"]["Model"]["Arn"].rpartition("/")[2])
    trained = sm.describe_training_job(TrainingJobName=job)["ModelArtifacts"]["S3ModelArtifacts"]
    assert made_model["PrimaryContainer"]["ModelDataUrl"] == trained
    assert steps["profile"]["StartTime"] <= steps["profile"]["EndTime"] <= steps["enough"]["StartTime"]
    assert sm.list_pipeline_parameters_for_execution(PipelineExecutionArn=arn)["PipelineParameters"] == [
        {"Name": "Folder", "Value": "data"}
    ]


def test_a_fail_step_tells_its_message(sm):
    few = fail("few", join("no rows in", get("Parameters.Folder"), on=" "))
    name = made(sm, few, parameters=[{"Name": "Folder", "Type": "String"}])
    _, told, steps = ended(sm, name, PipelineParameters=[{"Name": "Folder", "Value": "attic"}])
    assert told["PipelineExecutionStatus"] == "Failed"
    assert told["FailureReason"].startswith("Step failure: One or multiple steps failed.")
    assert steps["few"]["FailureReason"] == "no rows in attic"
    assert steps["few"]["Metadata"] == {"Fail": {"ErrorMessage": "no rows in attic"}}


def test_a_job_that_fails_is_told_with_its_reason(sm):
    _, told, steps = ended(sm, made(sm, profile("p", source=f"s3://{BUCKET}/nothing"), training("t", "p")))
    assert told["PipelineExecutionStatus"] == "Failed"
    assert set(steps) == {"p"}
    job = steps["p"]["Metadata"]["ProcessingJob"]["Arn"].rpartition("/")[2]
    reason = sm.describe_processing_job(ProcessingJobName=job)["FailureReason"]
    assert steps["p"]["FailureReason"] == reason


def test_a_result_is_used_again(sm):
    name = made(sm, profile("p", CacheConfig={"Enabled": True, "ExpireAfter": "P1D"}))
    first, _, before = ended(sm, name)
    _, _, after = ended(sm, name)
    assert after["p"]["CacheHitResult"] == {"SourcePipelineExecutionArn": first}
    assert after["p"]["Metadata"] == before["p"]["Metadata"]


def test_steps_that_are_selected_run_on_the_results_of_an_earlier_execution(sm, refused):
    count = json_get("p", "stats", "dataset.item_count")
    enough = condition("enough", compared("GreaterThanOrEqualTo", count, get("Parameters.Least")))
    name = made(
        sm,
        profile("p", DisplayName="Profile"),
        enough,
        training("t", "enough"),
        parameters=[{"Name": "Least", "Type": "Integer", "DefaultValue": 2}],
    )
    source, _, before = ended(sm, name)
    config = {"SourcePipelineExecutionArn": source, "SelectedSteps": [{"StepName": "enough"}]}
    five = [{"Name": "Least", "Value": "5"}]
    arn, told, steps = ended(sm, name, SelectiveExecutionConfig=config, PipelineParameters=five)
    assert (told["PipelineExecutionStatus"], told["SelectiveExecutionConfig"]) == ("Succeeded", config)
    assert [*steps] == ["enough", "p"]
    assert steps["enough"]["Metadata"] == {"Condition": {"Outcome": "False"}}
    assert "SelectiveExecutionResult" not in steps["enough"]
    assert steps["p"]["SelectiveExecutionResult"] == {"SourcePipelineExecutionArn": source}
    assert (steps["p"]["Metadata"], steps["p"]["StepDisplayName"]) == (before["p"]["Metadata"], "Profile")
    assert sm.list_pipeline_parameters_for_execution(PipelineExecutionArn=arn)["PipelineParameters"] == five
    with refused("ValidationException", "Invalid SourcePipelineExecutionArn: null", "dependencies on [p]"):
        sm.start_pipeline_execution(
            PipelineName=name, SelectiveExecutionConfig={"SelectedSteps": [{"StepName": "enough"}]}
        )
    with refused("ResourceNotFound"):
        ended(sm, name, SelectiveExecutionConfig=config | {"SourcePipelineExecutionArn": f"{source}x"})


def test_a_pipeline_is_described_listed_and_deleted(sm, refused):
    name = made(sm, training("t"), PipelineDescription="nightly", Tags=[{"Key": "team", "Value": "risk"}])
    arn, told, _ = ended(sm, name, PipelineExecutionDisplayName="by-hand")
    described = sm.describe_pipeline(PipelineName=name)
    assert (described["PipelineStatus"], described["PipelineDescription"]) == ("Active", "nightly")
    assert described["LastRunTime"] == told["CreationTime"]
    assert sm.describe_pipeline(PipelineName=described["PipelineArn"])["PipelineName"] == name
    assert sm.list_tags(ResourceArn=described["PipelineArn"])["Tags"] == [{"Key": "team", "Value": "risk"}]
    assert [
        each["PipelineName"] for each in sm.list_pipelines(PipelineNamePrefix=name)["PipelineSummaries"]
    ] == [name]
    listed = sm.list_pipeline_executions(PipelineName=name)["PipelineExecutionSummaries"]
    assert [each["PipelineExecutionArn"] for each in listed] == [arn]
    kept = sm.describe_pipeline_definition_for_execution(PipelineExecutionArn=arn)["PipelineDefinition"]
    assert json.loads(kept) == json.loads(described["PipelineDefinition"])
    sm.delete_pipeline(PipelineName=name)
    with refused("ResourceNotFound"):
        sm.describe_pipeline(PipelineName=name)
    assert (
        sm.describe_pipeline_execution(PipelineExecutionArn=arn)["PipelineExecutionDisplayName"] == "by-hand"
    )


def test_an_update_counts_for_later_executions(sm):
    name = made(sm, fail("f", "old"))
    first, _, _ = ended(sm, name)
    sm.update_pipeline(PipelineName=name, PipelineDefinition=definition(training("t")))
    assert ended(sm, name)[1]["PipelineExecutionStatus"] == "Succeeded"
    kept = sm.describe_pipeline_definition_for_execution(PipelineExecutionArn=first)["PipelineDefinition"]
    assert json.loads(kept)["Steps"][0]["Name"] == "f"


def test_a_definition_may_lie_in_a_bucket(sm, store, refused):
    store.put_object(Bucket=BUCKET, Key="definition.json", Body=definition(training("t")).encode())
    place = {"Bucket": BUCKET, "ObjectKey": "definition.json"}
    name = unique("stored")
    sm.create_pipeline(PipelineName=name, RoleArn=ROLE, PipelineDefinitionS3Location=place)
    assert ended(sm, name)[1]["PipelineExecutionStatus"] == "Succeeded"
    with refused("ValidationException", "nothing is stored"):
        sm.update_pipeline(PipelineName=name, PipelineDefinitionS3Location=place | {"ObjectKey": "other"})


def test_what_cannot_be_is_refused(sm, refused):
    name = made(sm, training("t"), parameters=[{"Name": "N", "Type": "Integer", "DefaultValue": 1}])
    with refused("ValidationException", "already exists"):
        made(sm, training("t"), name=name)
    with refused("ValidationException", "Unable to parse pipeline definition", "depends on u"):
        made(sm, training("t", "u"))
    with refused("ValidationException", "of type Integer"):
        sm.start_pipeline_execution(PipelineName=name, PipelineParameters=[{"Name": "N", "Value": "x"}])
    for ask in (
        sm.describe_pipeline,
        sm.start_pipeline_execution,
        sm.delete_pipeline,
        sm.list_pipeline_executions,
    ):
        with refused("ResourceNotFound"):
            ask(PipelineName="no-such-pipeline")
    arn = sm.describe_pipeline(PipelineName=name)["PipelineArn"] + "/execution/abcdefabcdef"
    for ask in (sm.describe_pipeline_execution, sm.stop_pipeline_execution, sm.list_pipeline_execution_steps):
        with refused("ResourceNotFound"):
            ask(PipelineExecutionArn=arn)


def test_an_execution_is_stopped_and_goes_on_where_it_was(sm, refused):
    name = made(sm, training("t"), profile("p", "t"), training("u", "p"))
    arn = sm.start_pipeline_execution(PipelineName=name)["PipelineExecutionArn"]
    with refused("ConflictException"):
        sm.delete_pipeline(PipelineName=name)
    sm.stop_pipeline_execution(PipelineExecutionArn=arn)
    ask = lambda: sm.describe_pipeline_execution(PipelineExecutionArn=arn)  # noqa: E731
    assert (
        until(ask, lambda told: told["PipelineExecutionStatus"] != "Stopping")["PipelineExecutionStatus"]
        == "Stopped"
    )
    with refused("ValidationException", "ended already"):
        sm.stop_pipeline_execution(PipelineExecutionArn=arn)
    sm.update_pipeline_execution(PipelineExecutionArn=arn, PipelineExecutionDescription="once more")
    sm.retry_pipeline_execution(PipelineExecutionArn=arn)
    told = until(ask, lambda told: told["PipelineExecutionStatus"] != "Executing")
    assert (told["PipelineExecutionStatus"], told["PipelineExecutionDescription"]) == (
        "Succeeded",
        "once more",
    )
    with refused("ValidationException", "Succeeded"):
        sm.retry_pipeline_execution(PipelineExecutionArn=arn)


def _left(sm, arn, status):
    """The description of an execution, once it is not in that status any more."""
    return until(
        lambda: sm.describe_pipeline_execution(PipelineExecutionArn=arn),
        lambda told: told["PipelineExecutionStatus"] != status,
    )


def test_a_start_with_the_same_token_is_the_same_execution(sm):
    name, token = made(sm, training("t")), "a" * 32
    arns = {
        sm.start_pipeline_execution(PipelineName=name, ClientRequestToken=token)["PipelineExecutionArn"]
        for _ in range(3)
    }
    assert len(arns) == 1


def test_steps_and_executions_come_in_pages(sm):
    name = made(sm, *[training(f"t{number}") for number in range(5)])
    arn, _, steps = ended(sm, name)
    ended(sm, name)
    pages = sm.get_paginator("list_pipeline_execution_steps").paginate(
        PipelineExecutionArn=arn, SortOrder="Ascending", PaginationConfig={"PageSize": 2}
    )
    assert [each["StepName"] for page in pages for each in page["PipelineExecutionSteps"]] == sorted(steps)
    pages = sm.get_paginator("list_pipeline_executions").paginate(
        PipelineName=name, PaginationConfig={"PageSize": 1}
    )
    assert [len(page["PipelineExecutionSummaries"]) for page in pages] == [1, 1]
