"""The examples of monitors of one's own, as their pages say to run them, on a live server."""

import json
import random
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from runpy import run_path

import pytest

from api_documents import (
    BUCKET,
    by_name,
    capture,
    definition,
    deployed,
    endpoint_input,
    monitored,
    run_by_hand,
    unique,
)
from leeboard.client.calls import Client
from live_server import LiveServer, clean_environment, live_server, until

pytestmark = pytest.mark.slow  # whole schedules, one after the other

EXAMPLES = Path(__file__).parents[2] / "examples"
UNFINISHED = ("Pending", "InProgress", "Stopping")
AT = datetime(2026, 3, 4, 11, tzinfo=UTC)
ASKED = ("the delivery was late", "great service and a quick refund", "how do I reset my password",
         "my order number is wrong", "please cancel the subscription")  # fmt: skip
OTHER = ("kernel panic on boot", "segmentation fault in libssl", "how to compile from source")
CHAT_IMAGE = "example.com/chat:1"


def texts(some: Sequence[str], n: int, seed: int) -> list[str]:
    """Texts of those words, in any order."""
    chance = random.Random(seed)
    drawn = [" ".join(chance.sample(some, 2)).split() for _ in range(n)]
    return [" ".join(chance.sample(words, len(words))) for words in drawn]


@contextmanager
def serving(folder: Path, example: str, **options) -> Iterator[LiveServer]:
    with live_server(folder / "home", "--jobs", str(EXAMPLES / example / "jobs.json"), **options) as running:
        yield running


@pytest.fixture(scope="module")
def text_server(tmp_path_factory) -> Iterator[LiveServer]:
    with serving(tmp_path_factory.mktemp("texts"), "text-monitor") as running:
        yield running


@pytest.fixture(scope="module")
def llm_server(tmp_path_factory) -> Iterator[LiveServer]:
    program = EXAMPLES / "llm-monitor" / "chat_model.py"
    models = [{"image": CHAT_IMAGE, "command": f"{sys.executable} {program} {{port}}"}]
    with serving(tmp_path_factory.mktemp("llm"), "llm-monitor", models=models) as running:
        yield running


def schedule(server: LiveServer, example: str, *arguments: str) -> None:
    """Runs the script of the example."""
    done = subprocess.run(
        [sys.executable, "schedule.py", *arguments],
        cwd=EXAMPLES / example,
        env=clean_environment() | server.environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def lines_file(file: Path, documents) -> str:
    file.write_text("".join(json.dumps(one) + "\n" for one in documents))
    return str(file)


def put_texts(store, endpoint: str, at: datetime, asked: Sequence[str]) -> None:
    """Captured requests of that hour."""
    lines = []
    for n, text in enumerate(asked):
        data = json.dumps({"text": text})
        side = {"mode": "INPUT", "data": data, "encoding": "JSON", "observedContentType": "application/json"}
        moment = at + timedelta(seconds=n)
        meta = {"eventId": f"{at:%H}-{n}", "inferenceTime": f"{moment:%Y-%m-%dT%H:%M:%SZ}"}
        record = {"captureData": {"endpointInput": side}, "eventMetadata": meta, "eventVersion": "0"}
        lines.append(json.dumps(record))
    key = f"capture/{endpoint}/AllTraffic/{at:%Y/%m/%d/%H}/00-00-000-by-hand.jsonl"
    store.put_object(Bucket=BUCKET, Key=key, Body="\n".join(lines) + "\n")


def fired(server: LiveServer, name: str, at: datetime | None = None) -> dict:
    """One execution of a schedule, ended."""
    with Client.of(home=str(server.home)) as own:
        made = own.post(f"/leeboard/schedules/{name}/run", {"at": at.isoformat()} if at else {})
        path = f"/leeboard/executions/{made['execution']}"
        return until(lambda: own.get(path), lambda told: told["status"] not in UNFINISHED)


def violations(server: LiveServer, folder: str) -> list[dict]:
    """What all reports below a folder tell."""
    store = server.client("s3")
    keys = [one["Key"] for one in store.list_objects_v2(Bucket=BUCKET, Prefix=folder)["Contents"]]
    files = [key for key in keys if key.endswith("constraint_violations.json")]
    told = [json.loads(store.get_object(Bucket=BUCKET, Key=key)["Body"].read()) for key in files]
    return [one for each in told for one in each["violations"]]


def test_texts_that_changed_are_found_and_honest_ones_are_not(text_server, tmp_path):
    sm, store = text_server.client("sagemaker"), text_server.client("s3")
    endpoint = monitored(sm, "texts")
    schedule(
        text_server,
        "text-monitor",
        endpoint,
        lines_file(tmp_path / "b.jsonl", ({"text": text} for text in texts(ASKED, 300, 1))),
    )
    name = f"{endpoint}-texts"
    put_texts(store, endpoint, AT - timedelta(hours=1), texts(ASKED, 200, 2))
    honest = fired(text_server, name, AT)
    assert (honest["status"], honest["n_violations"]) == ("Completed", 0), honest
    put_texts(store, endpoint, AT, texts(ASKED, 140, 3) + texts(OTHER, 60, 4))
    changed = fired(text_server, name, AT + timedelta(hours=1))
    assert (changed["status"], changed["n_violations"]) == ("CompletedWithViolations", 1), changed
    (told,) = violations(text_server, f"{name}/reports")
    assert told["constraint_check_type"] == "embedding_drift_check"
    assert any(word in told["description"] for word in ("kernel", "segmentation", "compile"))
    metrics = text_server.client("cloudwatch").list_metrics(MetricName="text_drift")["Metrics"]
    assert {"Name": "Endpoint", "Value": endpoint} in metrics[0]["Dimensions"]


def test_a_data_quality_definition_may_name_the_image_of_the_texts(text_server, tmp_path):
    sm, store = text_server.client("sagemaker"), text_server.client("s3")
    endpoint, name = monitored(sm, "defined"), unique("defined")
    lines = lines_file(tmp_path / "b.jsonl", ({"text": text} for text in texts(ASKED, 100, 1)))
    schedule(text_server, "text-monitor", endpoint, lines)
    folder = f"s3://{BUCKET}/{endpoint}-texts/baseline"
    request = definition(
        name,
        endpoint_input(endpoint),
        DataQualityAppSpecification={"ImageUri": "example.com/text-monitor:1"},
        DataQualityBaselineConfig={
            "StatisticsResource": {"S3Uri": f"{folder}/statistics.json"},
            "ConstraintsResource": {"S3Uri": f"{folder}/constraints.json"},
        },
    )
    sm.create_data_quality_job_definition(**request)
    run_by_hand(sm, name, by_name(name))
    put_texts(store, endpoint, AT - timedelta(hours=1), texts(OTHER, 60, 5))
    assert fired(text_server, name, AT)["status"] == "CompletedWithViolations"


def test_too_few_texts_fail_with_a_sentence(text_server, tmp_path):
    sm, store = text_server.client("sagemaker"), text_server.client("s3")
    endpoint = monitored(sm, "few")
    lines = lines_file(tmp_path / "b.jsonl", ({"text": text} for text in texts(ASKED, 100, 1)))
    schedule(text_server, "text-monitor", endpoint, lines)
    put_texts(store, endpoint, AT - timedelta(hours=1), texts(ASKED, 3, 2))
    told = fired(text_server, f"{endpoint}-texts", AT)
    assert told["status"] == "Failed"
    assert "3 texts were found; at least 20 are needed" in told["failure_reason"]


def chatted(server: LiveServer, endpoint: str, content: str) -> dict:
    """The execution of an hour in which a client asked often, as one of OpenAI's would."""
    runtime = server.client("sagemaker-runtime")
    body = json.dumps({"model": "toy", "messages": [{"role": "user", "content": content}]})
    while True:
        hour = datetime.now(UTC).hour
        for _ in range(40):
            runtime.invoke_endpoint(EndpointName=endpoint, ContentType="application/json", Body=body)
        told = fired(server, f"{endpoint}-answers")
        if datetime.now(UTC).hour == hour:  # else the requests are of two windows
            return told


def test_answers_of_a_chat_that_misbehaves_are_found_through_capture(llm_server, tmp_path):
    sm = llm_server.client("sagemaker")
    endpoint = deployed(sm, unique("chat"), image=CHAT_IMAGE, captures=capture())
    sm.get_waiter("endpoint_in_service").wait(EndpointName=endpoint, WaiterConfig={"Delay": 1})
    good = run_path(str(EXAMPLES / "llm-monitor" / "chat_model.py"))["GOOD"]
    (tmp_path / "words.txt").write_text("customers\n")
    answers = [{"choices": [{"message": {"content": good[n % len(good)]}}]} for n in range(400)]
    file = lines_file(tmp_path / "a.jsonl", answers)
    schedule(llm_server, "llm-monitor", endpoint, file, str(tmp_path / "words.txt"))
    honest = chatted(llm_server, endpoint, "where is my order?")
    assert (honest["status"], honest["n_violations"]) == ("Completed", 0), honest
    assert chatted(llm_server, endpoint, "misbehave")["status"] == "CompletedWithViolations"
    found = {one["feature_name"] for one in violations(llm_server, f"{endpoint}-answers/reports")}
    assert found >= {"language:de", "leak:email", "refusal", "repetition", "unwanted_word"}


def test_both_examples_have_the_same_contract():
    text, llm = EXAMPLES / "text-monitor/text_monitor", EXAMPLES / "llm-monitor/llm_monitor"
    assert (text / "contract.py").read_text() == (llm / "contract.py").read_text()
