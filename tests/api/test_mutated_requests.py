"""Signed requests that were made by chance: whatever they hold, none is answered as a fault of the server."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from api_documents import BUCKET, by_name, capture, definition, endpoint_input, model, processing, variant
from leeboard.api.operations import operation_names
from live_server import LiveServer, in_service, live_server
from mutations import NAMED, documents, invocations, object_calls, own_calls, service_model
from raw_http import asked, signed

SERVICES = {"sagemaker": "sagemaker", "logs": "logs", "cloudwatch": "monitoring"}
"""Those that speak JSON at POST /, by botocore's name; and how their signatures call them."""
OPERATIONS = {
    service: [name for name in operation_names()[service] if not name.startswith("Delete")]
    for service in SERVICES
}
"""Without those that would take away what the others are to meet."""
some = settings(
    max_examples=150,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)


@pytest.fixture(scope="module")
def mutated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    """A server of this module alone, with one of each kind."""
    with live_server(tmp_path_factory.mktemp("mutated") / "home") as live:
        _one_of_each_kind(live.client("sagemaker"))
        live.client("s3").put_object(Bucket=BUCKET, Key=NAMED, Body=b"some text")
        yield live


def _one_of_each_kind(sm: Any) -> None:
    model(sm, NAMED, image="leeboard-external")
    sm.create_endpoint_config(
        EndpointConfigName=NAMED, ProductionVariants=[variant(NAMED)], DataCaptureConfig=capture()
    )
    sm.create_endpoint(EndpointName=NAMED, EndpointConfigName=NAMED)
    in_service(sm, NAMED)
    sm.create_processing_job(**processing(NAMED))
    sm.create_data_quality_job_definition(**definition(NAMED, endpoint_input(NAMED)))
    sm.create_monitoring_schedule(MonitoringScheduleName=NAMED, MonitoringScheduleConfig=by_name(NAMED))


def answered(
    live: LiveServer,
    method: str,
    target: str,
    headers: dict[str, str],
    body: bytes,
    service: str = "sagemaker",
) -> bytes:
    """The answer's body; 501 says that a feature is not there, which is an answer too."""
    told = signed(live.url, method, target, body, service=service, headers=headers.items())
    answer = asked(live.url, method, target, told, body)
    assert answer.status < 500 or answer.status == 501, answer.body
    return answer.body


@pytest.mark.parametrize("service", SERVICES)
@some
@given(data=st.data())
def test_operations(mutated, service, data):
    name = data.draw(st.sampled_from(OPERATIONS[service]))
    found = service_model(service)
    body = json.dumps(data.draw(documents(found.operation_model(name).input_shape))).encode()
    headers = {
        "Content-Type": "application/x-amz-json-1.1",
        "X-Amz-Target": f"{found.metadata['targetPrefix']}.{name}",
    }
    json.loads(answered(mutated, "POST", "/", headers, body, SERVICES[service]) or b"{}")


@some
@given(request_=invocations())
def test_invocations(mutated, request_):
    answered(mutated, *request_)


@some
@given(request_=own_calls())
def test_own_calls(mutated, request_):
    json.loads(answered(mutated, *request_))


@some
@given(request_=object_calls())
def test_objects(mutated, request_):
    method, target, headers, body = request_
    answered(mutated, method, target, headers, body, service="s3")


def test_the_server_is_well_after_all_that_and_its_log_tells_of_no_fault(mutated):
    assert mutated.process.poll() is None
    assert asked(mutated.url, target="/healthz").status == 200
    assert mutated.client("sagemaker").list_models()["Models"] is not None
    assert [line for line in mutated.log.read_text().splitlines() if " ERROR " in line] == []
