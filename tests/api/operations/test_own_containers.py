"""Own images by boto3: processing jobs and monitoring schedules, in real containers."""

import json
import os
import signal
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from api_documents import (
    BUCKET,
    INPUT,
    OUTPUT,
    by_name,
    definition,
    endpoint_input,
    inline,
    monitored,
    run_by_hand,
    unique,
)
from api_documents import processing as baseline
from container_engine import TestEngine, container_engine
from leeboard.client.calls import Client
from live_server import LiveServer, early_in_the_hour, live_server, until

UNFINISHED = ("Pending", "InProgress", "Stopping")
AT = "2026-03-04T11:00:00+00:00"
HOUR = "2026/03/04/10"
PROGRAM = """
set -e
echo "looks at $dataset_source of $sagemaker_monitoring_schedule_name from $start_time to $end_time"
lines=$(cat $dataset_source/*/AllTraffic/2026/03/04/10/*.jsonl | wc -l)
test -f "$baseline_constraints"
test -f "$baseline_statistics"
violation='{"feature_name": "age", "constraint_check_type": "completeness_check", "description": "of my own"}'
echo "{\\"violations\\": [$violation, $violation]}" > $output_path/constraint_violations.json
echo '{"version": 0, "dataset": {"item_count": '$lines'}, "features": []}' > $output_path/statistics.json
metric='{"MetricName": "my_rows", "Value": '$lines', "Timestamp": "'$metric_time'"'
dimensions='[{"Name": "Endpoint", "Value": "'$sagemaker_endpoint_name'"}]'
echo "$metric, \\"Dimensions\\": $dimensions}" > $cloudwatch_metrics_directory/mine.json
echo "CompletedWithViolations: two of my own" > $output_message_file
"""


@pytest.fixture(scope="module")
def engine() -> Iterator[TestEngine]:
    with container_engine() as running:
        yield running


@pytest.fixture(scope="module")
def live(engine: TestEngine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    """A server that was given an engine."""
    home = tmp_path_factory.mktemp("containers") / "home"
    with live_server(home, "--container-engine", engine.url) as running:
        yield running


@pytest.fixture(scope="module")
def sm(live):
    return live.client("sagemaker")


@pytest.fixture(scope="module")
def store(live):
    return live.client("s3")


@pytest.fixture(scope="module")
def own(live) -> Iterator[Client]:
    with Client.of(home=str(live.home)) as client:
        yield client


@pytest.fixture(scope="module")
def monitor(engine) -> Iterator[str]:
    """The image of a monitor of one's own."""
    lines = 'COPY run.sh /run.sh\nENTRYPOINT ["/bin/sh", "/run.sh"]'
    with engine.built("monitor", lines, run_sh=PROGRAM) as image:
        yield image


def shell(engine, commands):
    """An application that runs commands."""
    how = {"ContainerEntrypoint": ["/bin/sh", "-c"], "ContainerArguments": [commands]}
    return {"ImageUri": engine.image, **how}


def created(sm, store, engine, name, commands):
    """A processing job that runs commands."""
    request = baseline(name, image=engine.image)
    request["AppSpecification"] |= shell(engine, commands)
    store.put_object(Bucket=BUCKET, Key=f"{name}/data.csv", Body=b"a,b\n1,2\n")
    sm.create_processing_job(**request)


def ended(sm, name):
    return until(
        lambda: sm.describe_processing_job(ProcessingJobName=name),
        lambda told: told["ProcessingJobStatus"] not in ("InProgress", "Stopping"),
    )


def test_a_processing_job_runs_its_image(sm, store, engine, live):
    name = unique("Own")
    commands = f"cd $dataset_source; cat data.csv | sed s/^/row:/; cat data.csv > {OUTPUT}/x"
    created(sm, store, engine, name, commands)
    told = ended(sm, name)
    assert told["ProcessingJobStatus"] == "Completed", told
    assert "ExitMessage" not in told
    assert store.get_object(Bucket=BUCKET, Key=f"{name}/results/x")["Body"].read() == b"a,b\n1,2\n"
    assert " row:1,2\n" in live.command("logs", name).stdout


@pytest.mark.slow
def test_its_lines_are_in_the_log_while_it_runs_and_it_can_be_stopped(sm, store, engine, live):
    name = unique("Stopped")
    created(sm, store, engine, name, "echo 'it runs'; sleep 600")
    logs = live.client("logs")
    group = "/aws/sagemaker/ProcessingJobs"

    def lines():
        told = logs.describe_log_streams(logGroupName=group, logStreamNamePrefix=f"{name}/")
        streams = [one["logStreamName"] for one in told["logStreams"]]
        found = [logs.get_log_events(logGroupName=group, logStreamName=one) for one in streams]
        return [event["message"] for one in found for event in one["events"]]

    until(lines, lambda told: "it runs" in told)
    assert engine.containers(f"leeboard.job={name}")
    sm.stop_processing_job(ProcessingJobName=name)
    assert ended(sm, name)["ProcessingJobStatus"] == "Stopped"
    assert engine.containers(f"leeboard.job={name}") == []


def scheduled(store, own, name, endpoint):
    """Fires a schedule of an hour with three records, with what a baseline left; gives its execution."""
    metadata = '{"eventId": "1", "inferenceTime": "2026-03-04T10:00:00Z"}'
    record = f'{{"captureData": {{}}, "eventMetadata": {metadata}}}\n'
    key = f"capture/{endpoint}/AllTraffic/{HOUR}/00-00-000-by-hand.jsonl"
    store.put_object(Bucket=BUCKET, Key=key, Body=record * 3)
    made = own.post(f"/leeboard/schedules/{name}/run", {"at": AT})
    return until(
        lambda: own.get(f"/leeboard/executions/{made['execution']}"),
        lambda told: told["status"] not in UNFINISHED,
    )


def put_baseline(store, folder):
    for file in ("constraints", "statistics"):
        store.put_object(Bucket=BUCKET, Key=f"{folder}/{file}.json", Body=b"{}")
    return {
        f"{file.title()}Resource": {"S3Uri": f"s3://{BUCKET}/{folder}/{file}.json"}
        for file in ("constraints", "statistics")
    }


def test_an_inline_definition_with_an_own_image_finds_violations(sm, store, own, live, monitor):
    endpoint, name = monitored(sm), unique("Inline")
    given = inline(
        endpoint,
        MonitoringAppSpecification={"ImageUri": monitor},
        BaselineConfig=put_baseline(store, name),
        Environment={"publish_cloudwatch_metrics": "Enabled"},
    )
    early_in_the_hour()
    config = {"ScheduleConfig": {"ScheduleExpression": "cron(0 * ? * * *)"}, "MonitoringJobDefinition": given}
    run_by_hand(sm, name, config)
    told = scheduled(store, own, name, endpoint)
    assert told["status"] == "CompletedWithViolations", told
    assert told["n_violations"] == 2
    (summary,) = sm.list_monitoring_executions(MonitoringScheduleName=name)["MonitoringExecutionSummaries"]
    assert summary["MonitoringExecutionStatus"] == "CompletedWithViolations"
    job = sm.describe_processing_job(ProcessingJobName=summary["ProcessingJobArn"].rpartition("/")[2])
    assert job["ExitMessage"] == "CompletedWithViolations: two of my own"
    output = job["ProcessingOutputConfig"]["Outputs"][0]["S3Output"]
    prefix = output["S3Uri"].removeprefix(f"s3://{BUCKET}/")
    body = store.get_object(Bucket=BUCKET, Key=f"{prefix}/statistics.json")["Body"].read()
    assert json.loads(body)["dataset"]["item_count"] == 3
    listed = live.client("cloudwatch").list_metrics(Namespace="aws/sagemaker/Endpoints/data-metrics")
    mine = {"MetricName": "my_rows", "Dimensions": [{"Name": "Endpoint", "Value": endpoint}]}
    assert mine in [{key: one[key] for key in mine} for one in listed["Metrics"]]


def test_a_data_quality_definition_with_an_own_image_that_writes_nothing_is_completed(sm, store, own, engine):
    endpoint, name = monitored(sm), unique("Silent")
    application = shell(engine, f"find {INPUT} -name '*.jsonl' | grep {HOUR}")
    asked = definition(name, endpoint_input(endpoint), DataQualityAppSpecification=application)
    sm.create_data_quality_job_definition(**asked)
    run_by_hand(sm, name, by_name(name))
    told = scheduled(store, own, name, endpoint)
    assert (told["status"], told["n_violations"]) == ("Completed", 0)


@pytest.mark.slow
def test_an_own_image_that_fails_gives_its_message_as_the_reason(sm, store, own, engine):
    endpoint, name = monitored(sm), unique("Failing")
    application = shell(engine, "echo 'the labels are late' > $output_message_file; exit 1")
    asked = definition(name, endpoint_input(endpoint), DataQualityAppSpecification=application)
    sm.create_data_quality_job_definition(**asked)
    run_by_hand(sm, name, by_name(name))
    scheduled(store, own, name, endpoint)
    (summary,) = sm.list_monitoring_executions(MonitoringScheduleName=name)["MonitoringExecutionSummaries"]
    assert summary["MonitoringExecutionStatus"] == "Failed"
    assert summary["FailureReason"] == "the labels are late"


def guards_of(container):
    """Numbers of the processes that watch over it."""
    for file in Path("/proc").glob("[0-9]*/cmdline"):
        with suppress(OSError):
            words = file.read_bytes().split(b"\0")
            if b"leeboard.jobs.containers.guard" in words and container.encode() in words:
                yield int(file.parent.name)


@pytest.mark.slow
def test_a_container_of_a_killed_server_is_removed_though_no_other_starts(engine, tmp_path):
    name = unique("Killed")
    with live_server(tmp_path / "home", "--container-engine", engine.url) as server:
        created(server.client("sagemaker"), server.client("s3"), engine, name, "echo x; sleep 600")
        until(lambda: engine.containers(f"leeboard.job={name}", running=True))
        server.process.kill()
        server.process.wait()
        assert until(lambda: engine.containers(f"leeboard.job={name}"), lambda names: not names) == []


@pytest.mark.slow
def test_a_container_of_a_killed_server_is_gone_after_the_next_start(engine, tmp_path):
    name = unique("Killed")
    options = ("--container-engine", engine.url)
    with live_server(tmp_path / "home", *options, LEEBOARD_LEASE_S="1") as first:
        created(first.client("sagemaker"), first.client("s3"), engine, name, "echo x; sleep 600")
        (left,) = until(lambda: engine.containers(f"leeboard.job={name}", running=True))
        (guard,) = guards_of(left)
        os.kill(guard, signal.SIGKILL)  # as where a supervisor kills all processes of a server
        first.process.kill()
        first.process.wait()
    assert engine.containers(f"leeboard.job={name}") == [left]
    with live_server(tmp_path / "home", *options, LEEBOARD_LEASE_S="1") as second:
        until(lambda: engine.containers(f"leeboard.job={name}"), lambda names: left not in names)
        second.client("sagemaker").stop_processing_job(ProcessingJobName=name)
        ended(second.client("sagemaker"), name)
    assert engine.containers(f"leeboard.job={name}") == []
