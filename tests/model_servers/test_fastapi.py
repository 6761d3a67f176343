"""FastAPI in a process of its own: with the capturing middleware inside, and started by the server."""

import json
import sys
import tarfile
from pathlib import Path
from typing import Any

import pytest

from leeboard.client.calls import Client
from s3_server import free_ports

pytest.importorskip("fastapi", reason="no FastAPI: pip install fastapi")
FLOWERS = [{"petal_length": 1 + n % 6 * 0.9, "petal_width": 0.2 + n % 6 * 0.4} for n in range(60)]


@pytest.fixture
def served(server: Any, monitored: Any, start: Any, write_files: Any, tmp_path: Path) -> Any:
    """The page's app under uvicorn; what it captured is stored when the block has ended."""
    iris = monitored("iris-fastapi")
    write_files(tmp_path, "fastapi_iris.py")
    port = str(free_ports(1)[0])
    url = f"http://127.0.0.1:{port}"
    command = [sys.executable, "-m", "uvicorn", "fastapi_iris:app", "--port", port]
    variables = {"CAPTURE_TO": iris.capture_to, "XDG_DATA_HOME": str(tmp_path), **server.environment}
    served = lambda: start(command, tmp_path, url + "/openapi.json", **variables)  # noqa: E731
    return iris, url + "/predict", served


def test_flat_json_is_monitored_without_a_script(
    served: Any, post: Any, damaged: Any, tmp_path: Path
) -> None:
    iris, url, serving = served
    iris.add_external()
    with serving():
        answers = [
            post(url, json.dumps(flower).encode(), x_amzn_sagemaker_inference_id="f") for flower in FLOWERS
        ]
    assert {answer["predict"] for answer in answers} == {0, 1, 2}
    rows = [flower | answer for flower, answer in zip(FLOWERS, answers, strict=True)]
    lines = [",".join(rows[0]), *(",".join(map(str, row.values())) for row in rows)]
    (tmp_path / "train.csv").write_text("\n".join(lines))
    iris.watch(tmp_path / "train.csv")
    assert iris.columns_with_violations() == set()
    with serving():
        for flower in damaged(FLOWERS):
            post(url, json.dumps(flower).encode())
    assert "petal_length" in iris.columns_with_violations()
    ids = [record["eventMetadata"].get("inferenceId") for record in iris.records()]
    assert sorted(ids, key=str) == [None] * len(FLOWERS) + ["f"] * len(FLOWERS)


def test_an_app_in_a_models_archive_is_started_and_captured(
    server: Any, monitored: Any, write_files: Any, tmp_path: Path
) -> None:
    iris = monitored("iris-fastapi-model")
    write_files(tmp_path, "fastapi_model.py", "fastapi-models.json")
    (route,) = json.loads((tmp_path / "fastapi-models.json").read_text())
    command = route["command"].replace("uvicorn", f"{sys.executable} -m uvicorn", 1)
    assert server.command("models", "map", route["image"], command).returncode == 0
    with tarfile.open(tmp_path / "model.tar.gz", "w:gz") as archive:
        archive.add(tmp_path / "fastapi_model.py", arcname="fastapi_model.py")
    iris.deploy("registry.example/fastapi-iris:1", tmp_path / "model.tar.gz")
    answer = server.client("sagemaker-runtime").invoke_endpoint(
        EndpointName=iris.name, ContentType="application/json", Body=json.dumps(FLOWERS[0])
    )
    assert json.loads(answer["Body"].read()) == {"predict": 0.0}
    with Client.of(server.url, str(server.home)) as client:
        client.post("/leeboard/capture/ship", {"endpoint": iris.name})
    (record,) = iris.records()
    assert json.loads(record["captureData"]["endpointInput"]["data"]) == FLOWERS[0]
