"""`leeboard endpoint` against a server."""

import pytest

from api_documents import BUCKET, unique


def test_an_endpoint_for_a_model_elsewhere_is_made(served, sagemaker):
    name = unique("Elsewhere")
    done = served.command("endpoint", "add", name)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == f"{name} is in service; capture its traffic to s3://{BUCKET}/capture"
    told = sagemaker.describe_endpoint(EndpointName=name)
    assert (told["EndpointStatus"], told["DataCaptureConfig"]["CaptureStatus"]) == ("InService", "Started")


def test_it_captures_where_it_is_told_to(served, sagemaker):
    name = unique("elsewhere")
    done = served.command("endpoint", "add", name, "--capture-to", f"s3://{BUCKET}/other/")
    assert done.returncode == 0, done.stderr
    told = sagemaker.describe_endpoint(EndpointName=name)["DataCaptureConfig"]
    assert told["DestinationS3Uri"] == f"s3://{BUCKET}/other/"


@pytest.mark.parametrize(
    ("arguments", "text"),
    [(["a_b"], "letters, digits and inner hyphens"), (["good", "--capture-to", "/tmp"], "expected a URI")],
)
def test_what_cannot_be_is_bad_input(served, arguments, text):
    done = served.command("endpoint", "add", *arguments)
    assert done.returncode == 2
    assert text in done.stderr


def test_a_name_that_is_taken_is_bad_input(served):
    name = unique("twice")
    done = served.command("endpoint", "add", name)
    assert done.returncode == 0, done.stderr
    done = served.command("endpoint", "add", name)
    assert done.returncode == 2
    assert f"named {name} already" in done.stderr
