"""`leeboard models` against a server."""

import sys
from pathlib import Path

import pytest

from api_documents import deployed, unique
from live_server import in_service

TOY = Path(__file__).parents[1] / "toy_model.py"


def test_a_program_that_is_mapped_answers_and_is_listed(served, sagemaker):
    image = f"registry/{unique('mapped').lower()}"
    command = f"{sys.executable} {TOY} {{port}} {{model}}"
    done = served.command("models", "map", f"*{image}", command)
    assert (done.returncode, done.stdout.strip()) == (0, f"*{image} is served by {command}")
    listed = served.command("models", "list", COLUMNS="300").stdout.splitlines()
    assert any(line.split()[:2] == [f"*{image}", sys.executable] for line in listed)
    name = in_service(sagemaker, deployed(sagemaker, unique("mapped"), image=f"{image}:3"))
    answer = served.client("sagemaker-runtime").invoke_endpoint(
        EndpointName=name, Body=b"1", ContentType="text/csv"
    )
    assert answer["Body"].read() == b"0.1"


def test_an_endpoint_that_failed_for_lack_of_a_route_is_healed_by_an_update(served, sagemaker):
    image = f"registry/{unique('later').lower()}:1"
    name = deployed(sagemaker, unique("later"), image=image)
    told = sagemaker.describe_endpoint(EndpointName=name)
    assert told["EndpointStatus"] == "Failed"
    assert f"leeboard models map '{image}'" in told["FailureReason"]
    done = served.command("models", "map", image, f"{sys.executable} {TOY} {{port}} {{model}}")
    assert done.returncode == 0, done.stderr
    sagemaker.update_endpoint(EndpointName=name, EndpointConfigName=name)
    in_service(sagemaker, name)


def test_what_was_mapped_can_be_unmapped_and_what_the_file_says_cannot(served):
    pattern = f"*/{unique('gone').lower()}:*"
    done = served.command("models", "map", pattern, "http://127.0.0.1:1")
    assert done.returncode == 0, done.stderr
    done = served.command("models", "unmap", pattern)
    assert (done.returncode, done.stdout.strip()) == (0, f"{pattern} is not mapped any more")
    for image in (pattern, "*toy:*"):
        done = served.command("models", "unmap", image)
        assert done.returncode == 2
        assert "no route for" in done.stderr
    assert "*toy:*" in served.command("models", "list", COLUMNS="300").stdout


@pytest.mark.parametrize(
    ("target", "text"),
    [("http://", '"url" is'), ("unclosed 'quote", "cannot be cut into words"), ("", '"command"')],
)
def test_targets_that_cannot_be_are_bad_input(served, target, text):
    done = served.command("models", "map", "*/x:*", target)
    assert done.returncode == 2
    assert text in done.stderr
