"""MLServer with a scikit-learn model: the V2 protocol, through the server and through the proxy."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from s3_server import free_ports

pytestmark = pytest.mark.slow
INFER, READY = "/v2/models/iris/infer", "/v2/models/iris/ready"
N_FLOWERS, BATCH = 150, 10


@dataclass(frozen=True, slots=True)
class MLServer:
    """A running one.

    Attributes:
        folder: with its model and the training data.
    """

    url: str
    folder: Path


@pytest.fixture(scope="module")
def mlserver(
    programs_of: Any, start: Any, write_files: Any, run_python: Any, tmp_path_factory: Any
) -> Iterator[MLServer]:
    """Trained and served as the page says."""
    programs, folder = programs_of("mlserver"), tmp_path_factory.mktemp("mlserver")
    write_files(folder, "train.py", "settings.json", "model-settings.json", "rows_of_v2.py")
    run_python(programs, folder, "train.py")
    http, grpc, metrics = map(str, free_ports(3))
    url = f"http://127.0.0.1:{http}"
    ports = {"MLSERVER_HTTP_PORT": http, "MLSERVER_GRPC_PORT": grpc, "MLSERVER_METRICS_PORT": metrics}
    command = [str(programs / "mlserver"), "start", str(folder)]
    with start(command, folder, url + READY, MLSERVER_HOST="127.0.0.1", **ports):
        yield MLServer(url, folder)


@pytest.fixture
def bodies(flowers: Any, damaged: Any, mlserver: MLServer) -> Callable[[str], list[bytes]]:
    """V2 requests of all flowers, clean or damaged: a tensor for each column."""
    rows = flowers(mlserver.folder / "train.csv")
    traffic = {"clean": rows, "damaged": damaged(rows)}

    def made(which: str) -> list[bytes]:
        return [_request(traffic[which][n : n + BATCH]) for n in range(0, N_FLOWERS, BATCH)]

    return made


def _request(rows: list[dict[str, float]]) -> bytes:
    tensors = [
        {"name": name, "shape": [len(rows)], "datatype": "FP64", "data": [row[name] for row in rows]}
        for name in rows[0]
    ]
    return json.dumps({"parameters": {"content_type": "pd"}, "inputs": tensors}).encode()


def test_mlserver_behind_an_endpoint_is_monitored(
    server: Any, monitored: Any, mlserver: MLServer, bodies: Any
) -> None:
    iris = monitored("iris-mlserver")
    server.command("models", "map", "*/iris-mlserver", mlserver.url + INFER)
    iris.deploy("registry.example/iris-mlserver:1")
    iris.watch(mlserver.folder / "train.csv", mlserver.folder / "rows_of_v2.py")
    runtime = server.client("sagemaker-runtime")

    def ask(body: bytes) -> Any:
        answer = runtime.invoke_endpoint(EndpointName=iris.name, ContentType="application/json", Body=body)
        return json.loads(answer["Body"].read())

    said = [cell for body in bodies("clean") for cell in ask(body)["outputs"][0]["data"]]
    assert len(said) == N_FLOWERS
    assert set(said) == {0, 1, 2}
    assert iris.columns_with_violations() == set()
    for body in bodies("damaged"):
        ask(body)
    assert "petal_length" in iris.columns_with_violations()
    assert len(iris.records()) == 2 * N_FLOWERS / BATCH


def test_mlserver_behind_the_proxy_is_monitored(
    monitored: Any, mlserver: MLServer, bodies: Any, proxy: Any, post: Any, tmp_path: Path
) -> None:
    iris = monitored("iris-v2-proxy")
    iris.add_external()
    iris.watch(mlserver.folder / "train.csv", mlserver.folder / "rows_of_v2.py")
    with proxy(mlserver.url, iris, tmp_path, READY) as url:
        answers = [post(url + INFER, body) for body in bodies("clean")]
    assert sum(len(answer["outputs"][0]["data"]) for answer in answers) == N_FLOWERS
    assert iris.columns_with_violations() == set()
    with proxy(mlserver.url, iris, tmp_path, READY) as url:
        for body in bodies("damaged"):
            post(url + INFER, body)
    assert "petal_length" in iris.columns_with_violations()
    assert len(iris.records()) == 2 * N_FLOWERS / BATCH


def test_a_model_that_refuses_is_answered_for_and_not_captured(
    monitored: Any, mlserver: MLServer, proxy: Any, post: Any, tmp_path: Path
) -> None:
    iris = monitored("iris-v2-refused")
    iris.add_external()
    with proxy(mlserver.url, iris, tmp_path, READY) as url:
        with pytest.raises(AssertionError, match="answered 4"):
            post(url + INFER, b'{"inputs": [{"name": "petal_length"}]}')
        with pytest.raises(AssertionError, match="answered 404"):
            post(url + "/v2/models/rose/infer", b'{"inputs": []}')
    assert iris.records() == []
