"""FastAPI with the capturing middleware inside, as a process of its own."""

import json
import sys
from pathlib import Path
from typing import Any

import pytest

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
