"""A server on a real socket that answers a few operations from memory."""

import asyncio
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import boto3
import pytest
import uvicorn
from botocore.config import Config

from leeboard.api.auth import Head, Verifier
from leeboard.api.operations import OPERATIONS
from leeboard.api.wire import Call, Operations, Wire
from leeboard.errors import NoDataError
from leeboard.service.refusals import ResourceInUseError, ResourceNotFoundError

KEYS = {"AKIDTEST": "secret/of+test"}
ACCOUNT = "000000000000"


@dataclass
class Desk:
    """What the operations below keep."""

    schedules: dict[str, dict[str, Any]] = field(default_factory=dict)
    data: list[dict[str, Any]] = field(default_factory=list)
    calls: list[Call] = field(default_factory=list)


def create_monitoring_schedule(call: Call) -> dict[str, Any]:
    call.desk.calls.append(call)
    name = call.params["MonitoringScheduleName"]
    if name in call.desk.schedules:
        raise ResourceInUseError(f"Monitoring Schedule {name} already exists")
    arn = f"arn:aws:sagemaker:{call.caller.region}:{call.caller.account}:monitoring-schedule/{name}"
    call.desk.schedules[name] = {
        **call.params,
        "MonitoringScheduleArn": arn,
        "MonitoringScheduleStatus": "Scheduled",
        "CreationTime": call.now,
        "LastModifiedTime": call.now,
        "FailureReason": None,
        "OfOurOwn": "never sent",
    }
    return {"MonitoringScheduleArn": arn}


def describe_monitoring_schedule(call: Call) -> dict[str, Any]:
    name = call.params["MonitoringScheduleName"]
    if name == "broken":
        raise ZeroDivisionError("an inside that nobody must see")
    if name == "empty":
        raise NoDataError("there is nothing in s3://b/empty: send requests first")
    if name not in call.desk.schedules:
        raise ResourceNotFoundError(f"Monitoring Schedule with name {name} does not exist")
    return call.desk.schedules[name]


def list_monitoring_schedules(call: Call) -> dict[str, Any]:
    start, size = int(call.params.get("NextToken", "0")), call.params.get("MaxResults", 10)
    names = sorted(call.desk.schedules)[start : start + size]
    end = start + size
    token = str(end) if end < len(call.desk.schedules) else None
    return {"MonitoringScheduleSummaries": [call.desk.schedules[n] for n in names], "NextToken": token}


def delete_monitoring_schedule(call: Call) -> None:
    del call.desk.schedules[call.params["MonitoringScheduleName"]]


def put_metric_data(call: Call) -> dict[str, Any]:
    call.desk.calls.append(call)
    call.desk.data += call.params["MetricData"]
    return {}


def list_metrics(call: Call) -> dict[str, Any]:
    dimensions = [{"Name": "Endpoint", "Value": "<a&b>"}]
    metrics = [
        {"Namespace": "n", "MetricName": d["MetricName"], "Dimensions": dimensions} for d in call.desk.data
    ]
    return {"Metrics": metrics}


def get_metric_statistics(call: Call) -> dict[str, Any]:
    return {"Label": "m", "Datapoints": [{"Timestamp": call.params["StartTime"], "Sum": 1.5}]}


def describe_log_streams(call: Call) -> dict[str, Any]:
    raise ResourceNotFoundError("The specified log group does not exist.")


RESOURCES = (
    Operations(
        "sagemaker",
        "schedules",
        (
            create_monitoring_schedule,
            describe_monitoring_schedule,
            list_monitoring_schedules,
            delete_monitoring_schedule,
        ),
        quick=frozenset({list_monitoring_schedules}),
    ),
    Operations("cloudwatch", "metrics", (put_metric_data, list_metrics, get_metric_statistics)),
    Operations("logs", "streams", (describe_log_streams,)),
    OPERATIONS.get("callers"),
    OPERATIONS.get("roles"),
)


class App:
    """The face that the real server has around the wire, at its smallest."""

    def __init__(self) -> None:
        self.desk = Desk()
        self.n_requests = 0
        self.verifier = Verifier(KEYS.get)
        self.wire = Wire(RESOURCES, self.desk, account=ACCOUNT)

    async def __call__(self, scope, receive, send) -> None:
        self.n_requests += 1
        head, body, is_more = Head.of_scope(scope), b"", True
        while is_more:
            message = await receive()
            body, is_more = body + message["body"], message.get("more_body", False)
        now = datetime.now(UTC)
        try:
            identity = self.verifier.verify(head, body, now)
        except Exception as error:
            response = self.wire.refuse(head, error)
        else:
            response = await self.wire.answer(head, body, identity, now)
        headers = [(name.lower().encode(), value.encode()) for name, value in response.headers.items()]
        await send({"type": "http.response.start", "status": response.status, "headers": headers})
        await send({"type": "http.response.body", "body": response.body})


@dataclass
class Server:
    """The app, where it answers, and clients for it."""

    app: App
    url: str
    client: Callable[..., Any]


@contextmanager
def running(app: App) -> Iterator[str]:
    config = uvicorn.Config(app, port=0, lifespan="off", log_level="critical")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=lambda: asyncio.run(server.serve()))
    thread.start()
    try:
        while not server.started and thread.is_alive():
            time.sleep(0.01)
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    app, made = App(), []
    with running(app) as url:

        def client(
            service: str, *, key: str = "AKIDTEST", secret: str = KEYS["AKIDTEST"], **options: Any
        ) -> Any:
            made.append(
                boto3.client(
                    service,
                    endpoint_url=url,
                    region_name="eu-west-1",
                    aws_access_key_id=key,
                    aws_secret_access_key=secret,
                    config=Config(**options),
                )
            )
            return made[-1]

        yield Server(app, url, client)
        for each in made:
            each.close()


@pytest.fixture
def sagemaker(server: Server) -> Iterator[Any]:
    server.app.desk.schedules.clear()
    server.app.desk.calls.clear()
    return server.client("sagemaker", parameter_validation=False)
