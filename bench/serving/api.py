"""Descriptions by AWS's API, against the bare framework that answers the same bytes to everybody."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.request import Request, urlopen

from bench.results import Goal, Part
from bench.serving import neighbours
from bench.serving.leeboard import BUCKET, MODEL_IMAGE, Leeboard, capture_config, deploy, leeboard
from bench.serving.load import Target, take_turns
from bench.serving.monitoring import job, run, schedule, this_hour, wait
from bench.serving.processes import model, serving, uvicorn
from bench.serving.tables import Turns, table, time_ratio
from bench.sizes import Sizes

ASKED = {
    "DescribeMonitoringSchedule": {"MonitoringScheduleName": "hourly"},
    "DescribeProcessingJob": {"ProcessingJobName": "baseline"},
}
TEXT = """\
16 connections send one signed request again and again to one process. The schedule has an execution, which
its description tells. The bare framework reads the request and answers the same bytes to everybody."""


def measure(sizes: Sizes) -> Part:
    part = Part("server-api", "AWS's API", TEXT)
    with model() as there, leeboard("api", models={MODEL_IMAGE: there.url}) as server:
        turns = _compare(part, sizes, server, "SQLite")
    part.goals = [
        Goal(f"time of {name} over the bare framework", 2.0, time_ratio(turns, name, _bare(name)))
        for name in ASKED
    ]
    if binaries := neighbours.postgres_binaries():
        with (
            neighbours.running_postgres(binaries) as postgres,
            postgres.fresh_database() as url,
            model() as there,
            leeboard("api-postgresql", "--database-url", url, models={MODEL_IMAGE: there.url}) as server,
        ):
            _compare(part, sizes, server, "PostgreSQL")
    else:
        part.text += " PostgreSQL is not installed here."
    return part


def _bare(name: str) -> str:
    return f"the bare framework, {name}"


def _compare(part: Part, sizes: Sizes, server: Leeboard, database: str) -> Turns:
    _fill(server)
    targets: list[Target] = []
    with ExitStack() as stack:
        for name, params in ASKED.items():
            request = server.operation(name, **params)
            port, pid = stack.enter_context(_canned(_answer(server, request)))
            targets.append(Target(_bare(name), port, [request], pid))
            targets.append(Target(name, server.served.port, [request], server.served.pid))
        turns = take_turns(targets, n_requests=sizes.requests, turns=sizes.turns)
    for bare, ours in zip(targets[::2], targets[1::2], strict=True):
        pair = {bare.name: turns[bare.name], ours.name: turns[ours.name]}
        part.tables.append(table(f"{ours.name} from {database}", pair))
    return turns


def _fill(server: Leeboard) -> None:
    """A schedule that has run, without data, and a processing job that has failed."""
    deploy(server, "watched", capture_config(f"s3://{BUCKET}/capture"))
    schedule(server, "hourly", "watched")
    run(server, "hourly", this_hour())
    job(server, "baseline")
    describe = server.client("sagemaker").describe_processing_job
    wait(lambda: describe(ProcessingJobName="baseline")["ProcessingJobStatus"] != "InProgress")


def _answer(server: Leeboard, request: bytes) -> bytes:
    head, _, body = request.partition(b"\r\n\r\n")
    headers = dict(line.split(": ", 1) for line in head.decode().split("\r\n")[1:])
    with urlopen(Request(server.served.url + "/", body, headers), timeout=60) as answer:
        return answer.read()


@contextmanager
def _canned(answer: bytes) -> Iterator[tuple[int, int]]:
    """Port and process of a server that gives this answer."""
    with TemporaryDirectory() as folder:
        file = Path(folder) / "answer"
        file.write_bytes(answer)
        command, port = uvicorn("canned")
        with serving("canned", command, port, env={"BENCH_ANSWER": str(file)}) as served:
            yield served.port, served.pid
