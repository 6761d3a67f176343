"""The manifests that a job leaves."""

import json

import pytest

from leeboard.jobs.transform.run import run_transform
from leeboard.storage import join, list_objects, read_bytes, write_bytes
from s3_server import S3Server


@pytest.fixture
def config(job):
    return {"DestinationS3Uri": f"{job.folder}/capture/"}


def captured(job):
    root = job.folder / "capture"
    return sorted(path.relative_to(root) for path in root.rglob("*") if path.is_file())


def test_both_sides_are_named_in_the_hour_of_the_start(job, config):
    job.given("1", "a.csv")
    job.given("2", "sub/b.csv")
    job.given("", "empty.csv")
    end = job.run(DataCaptureConfig=config)
    source, output = captured(job)
    assert str(source.parent) == "input/2026/11/22/10"
    assert str(output.parent) == "output/2026/11/22/10"
    assert source.name == output.name
    assert end.manifests == (f"{job.folder}/capture/{source}", f"{job.folder}/capture/{output}")
    assert json.loads(read_bytes(end.manifests.input)) == [
        {"prefix": f"{job.folder}/in/"},
        "a.csv",
        "sub/b.csv",
    ]
    assert json.loads(read_bytes(end.manifests.output)) == [
        {"prefix": f"{job.folder}/out/"},
        "a.csv.out",
        "sub/b.csv.out",
    ]


def test_a_repeated_run_replaces_its_manifests(job, config):
    job.given("1")
    assert job.run(DataCaptureConfig=config).manifests == job.run(DataCaptureConfig=config).manifests
    assert len(captured(job)) == 2


def test_another_job_has_manifests_of_its_own(job, config):
    job.given("1")
    job.run(DataCaptureConfig=config)
    job.run(DataCaptureConfig=config, TransformJobName="score-2")
    assert len(captured(job)) == 4


def test_a_job_that_fails_or_stops_is_not_captured(job, config):
    job.given("1")
    job.given("2", "b.csv")
    job.model.answer = lambda body: (400, b"", None) if body == b"2" else body
    assert job.run(DataCaptureConfig=config).manifests is None
    assert job.run(DataCaptureConfig=config, should_stop=lambda: True).manifests is None
    assert captured(job) == []


def test_everything_works_on_s3(s3: S3Server, order_of):
    root = join(s3.bucket_uri, "transform")
    write_bytes(f"{root}/in/a.jsonl", b'{"x":1}\n{"x":2}\n')
    big = b'{"x":3}\n' * 1_000_000  # more than one part of an upload
    write_bytes(f"{root}/in/sub/b.jsonl", big)
    order = order_of(
        f"{root}/in/",
        f"{root}/out/",
        SplitType="Line",
        ContentType="application/jsonlines",
        AssembleWith="Line",
        DataCaptureConfig={"DestinationS3Uri": f"{root}/capture/"},
    )
    end = run_transform(order, invoke=lambda body, **wishes: (200, body, None))
    assert end.outputs == (f"{root}/out/a.jsonl.out", f"{root}/out/sub/b.jsonl.out")
    assert read_bytes(end.outputs[0]) == b'{"x":1}\n{"x":2}\n'
    assert read_bytes(end.outputs[1]) == big
    assert [one.uri for one in list_objects(f"{root}/capture")] == list(end.manifests)
    assert json.loads(read_bytes(end.manifests.output))[0] == {"prefix": f"{root}/out/"}
