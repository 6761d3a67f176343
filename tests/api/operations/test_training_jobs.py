"""Training jobs: some flows train before they deploy; a record that is complete at once will do."""

from api_documents import BUCKET, training, unique


def made(sm, request):
    sm.create_training_job(**request)
    return sm.describe_training_job(TrainingJobName=request["TrainingJobName"])


def test_a_job_is_completed_at_once_with_an_artifact(sm):
    name = unique("Trained")
    told = made(sm, training(name))
    assert (told["TrainingJobStatus"], told["SecondaryStatus"]) == ("Completed", "Completed")
    assert told["ModelArtifacts"]["S3ModelArtifacts"] == f"s3://{BUCKET}/training/{name}/output/model.tar.gz"
    assert told["CreationTime"] <= told["TrainingStartTime"] <= told["TrainingEndTime"]


def test_everything_that_was_sent_comes_back(sm):
    channel = {
        "ChannelName": "train",
        "DataSource": {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": f"s3://{BUCKET}/train"}},
        "ContentType": "text/csv",
    }
    request = training(
        unique("whole"),
        InputDataConfig=[channel],
        HyperParameters={"max_depth": "5"},
        Environment={"A": "b"},
        EnableNetworkIsolation=True,
    )
    told = made(sm, request | {"Tags": [{"Key": "a", "Value": "b"}]})
    assert {name: told[name] for name in request} == request
    assert sm.list_tags(ResourceArn=told["TrainingJobArn"])["Tags"] == [{"Key": "a", "Value": "b"}]


def test_boto3s_waiter_is_content(sm):
    name = unique("waited")
    made(sm, training(name))
    sm.get_waiter("training_job_completed_or_stopped").wait(TrainingJobName=name)


def test_names_are_used_once_and_ended_jobs_are_not_stopped(sm, refused):
    name = unique("Once")
    made(sm, training(name))
    with refused("ResourceInUse"):
        made(sm, training(name.lower()))
    with refused("ValidationException", "Completed"):
        sm.stop_training_job(TrainingJobName=name)
    for ask in (sm.describe_training_job, sm.stop_training_job):
        with refused("ResourceNotFound"):
            ask(TrainingJobName="nobody")


def test_lists_tell_each(sm):
    part = unique("Listed")
    told = [made(sm, training(f"{part}-{n}")) for n in range(3)]
    listed = sm.list_training_jobs(NameContains=part, SortBy="Name", SortOrder="Ascending")[
        "TrainingJobSummaries"
    ]
    members = (
        "TrainingJobName",
        "TrainingJobArn",
        "CreationTime",
        "TrainingEndTime",
        "LastModifiedTime",
        "TrainingJobStatus",
    )
    assert listed == [{name: each[name] for name in members} for each in told]
    assert sm.list_training_jobs(NameContains=part, StatusEquals="Failed")["TrainingJobSummaries"] == []
