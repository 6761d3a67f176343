"""`leeboard logs` against a server."""

from api_documents import (
    BUCKET,
    by_name,
    definition,
    endpoint_input,
    monitored,
    processing,
    run_by_hand,
    unique,
)
from live_server import until


def ended(sagemaker, name):
    return until(
        lambda: sagemaker.describe_processing_job(ProcessingJobName=name),
        lambda told: told["ProcessingJobStatus"] != "InProgress",
    )


def test_the_log_of_a_job_is_shown_with_times(served, sagemaker):
    name = unique("Logged")
    served.client("s3").put_object(Bucket=BUCKET, Key=f"{name}/data.csv", Body=b"a,b\n1,2\n")
    sagemaker.create_processing_job(**processing(name))
    arn = ended(sagemaker, name)["ProcessingJobArn"]
    done = served.command("logs", name.lower())
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert arn in lines[0]
    assert lines[0][:4].isdigit()
    assert lines[0][10] == "T"


def test_following_ends_with_the_job(served, sagemaker):
    name = unique("followed")
    served.client("s3").put_object(Bucket=BUCKET, Key=f"{name}/data.csv", Body=b"a,b\n1,2\n")
    sagemaker.create_processing_job(**processing(name))
    done = served.command("logs", name, "--follow")
    assert done.returncode == 0, done.stderr
    assert ended(sagemaker, name)["ProcessingJobStatus"] == "Completed"
    assert done.stdout == served.command("logs", name).stdout


def test_what_has_no_log_says_why(served, sagemaker):
    done = served.command("logs", "nobody")
    assert done.returncode == 2
    assert "no processing job, transform job or schedule named nobody" in done.stderr
    name = unique("unrun")
    sagemaker.create_data_quality_job_definition(**definition(name, endpoint_input(monitored(sagemaker))))
    run_by_hand(sagemaker, name, by_name(name))
    done = served.command("logs", name)
    assert done.returncode == 2
    assert "it has not run yet" in done.stderr
