"""Payload logs as the agents of KServe and Seldon Core post them, in binary mode, to a running server."""

import json
from pathlib import Path
from typing import Any

import pytest

from leeboard.client.calls import Client

ASKED = {"inputs": [{"name": "petal_length", "shape": [1], "datatype": "FP64", "data": [1.4]}]}
ANSWERED = {"outputs": [{"name": "predict", "shape": [1], "datatype": "INT64", "data": [0]}]}
JSON = "application/json"


def kserve(kind: str, event_id: str, name: str) -> dict[str, str]:
    """The headers that KServe's agent sends."""
    return {
        "ce-specversion": "1.0",
        "ce-type": f"org.kubeflow.serving.inference.{kind}",
        "ce-id": event_id,
        "ce-source": "http://localhost:9081/",
        "ce-time": "2026-11-22T10:20:48.871Z",
        "ce-inferenceservicename": name,
        "ce-namespace": "models",
        "ce-component": "predictor",
        "ce-endpoint": "default",
        "ce-metadata": "{}",
    }


def seldon(kind: str, event_id: str, request_id: str, model: str) -> dict[str, str]:
    """The headers that Seldon Core's executor sends; each event has an id of its own."""
    return {
        "ce-specversion": "1.0",
        "ce-type": f"io.seldon.serving.inference.{kind}",
        "ce-id": event_id,
        "ce-source": "http://localhost:8000/",
        "ce-requestid": request_id,
        "ce-modelid": model,
        "ce-inferenceservicename": "flowers",
        "ce-namespace": "models",
        "ce-endpoint": "default",
        "ce-protocol": "v2",
    }


@pytest.fixture
def log(server: Any, post: Any) -> Any:
    """Posts one side to an endpoint, or to the one that the event names."""
    token = json.loads((server.home / "keys.json").read_text())["capture_token"]

    def sent(path: str, body: Any, headers: dict[str, str], content_type: str = JSON) -> None:
        url = f"{server.url}/cloudevents{path}?token={token}"
        assert post(url, json.dumps(body).encode(), content_type, **headers) is None

    return sent


@pytest.fixture
def captured(server: Any) -> Any:
    """The captured sides of an endpoint so far, oldest first."""

    def read(endpoint: Any) -> list[dict[str, Any]]:
        with Client.of(server.url, str(server.home)) as client:
            client.post("/leeboard/capture/ship", {"endpoint": endpoint.name})
        return endpoint.records()

    return read


def sides(record: dict[str, Any]) -> Any:
    """What was asked and answered."""
    data = record["captureData"]
    return json.loads(data["endpointInput"]["data"]), json.loads(data["endpointOutput"]["data"])


@pytest.mark.parametrize("content_type", [JSON, "application/x-www-form-urlencoded"], ids=["json", "curl"])
def test_a_kserve_log_is_captured(monitored: Any, log: Any, captured: Any, content_type: str) -> None:
    iris = monitored(f"iris-kserve-{len(content_type)}")
    iris.add_external()
    log(f"/{iris.name}", ASKED, kserve("request", "36d1", iris.name), content_type)
    log("/", ANSWERED, kserve("response", "36d1", iris.name), content_type)  # by the name in the event
    (record,) = captured(iris)
    assert sides(record) == (ASKED, ANSWERED)
    assert record["eventMetadata"]["eventId"] == "36d1"
    assert record["captureData"]["endpointOutput"]["encoding"] == "JSON"


def test_a_seldon_graph_is_captured_node_by_node(monitored: Any, log: Any, captured: Any) -> None:
    flowers = monitored("flowers-seldon")
    flowers.add_external()
    for n, model in enumerate(["scale", "classify"]):
        log(f"/{flowers.name}", [n], seldon("request", f"a{n}", "r1", model))
    for n, model in enumerate(["scale", "classify"]):
        log(f"/{flowers.name}", [n + 10], seldon("response", f"b{n}", "r1", model))
    found = {record["targetModel"]: sides(record) for record in captured(flowers)}
    assert found == {"scale": ([0], [10]), "classify": ([1], [11])}


@pytest.mark.slow
def test_a_kserve_log_is_monitored(monitored: Any, log: Any, write_files: Any, tmp_path: Path) -> None:
    iris = monitored("iris-kserve-watched")
    iris.add_external()
    write_files(tmp_path, "rows_of_v2.py")
    rows = [f"{1 + n % 6 * 0.9},{n % 3}" for n in range(60)]
    (tmp_path / "train.csv").write_text("\n".join(["petal_length,predict", *rows]))
    iris.watch(tmp_path / "train.csv", tmp_path / "rows_of_v2.py")

    def send(factor: float) -> None:
        for n, row in enumerate(rows):
            length, predicted = map(float, row.split(","))
            asked = {"inputs": [{**ASKED["inputs"][0], "data": [length * factor]}]}
            answered = {"outputs": [{**ANSWERED["outputs"][0], "data": [int(predicted)]}]}
            log(f"/{iris.name}", asked, kserve("request", f"{factor}-{n}", iris.name))
            log(f"/{iris.name}", answered, kserve("response", f"{factor}-{n}", iris.name))

    send(1)
    assert iris.columns_with_violations() == set()
    send(10)
    assert "petal_length" in iris.columns_with_violations()


def test_a_logger_without_the_token_is_turned_away(server: Any, post: Any) -> None:
    with pytest.raises(AssertionError, match="answered 403"):
        post(f"{server.url}/cloudevents/iris", b"{}", **kserve("request", "1", "iris"))
