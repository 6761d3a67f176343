"""MLflow, which speaks SageMaker's contract: started by the server, and behind the proxy."""

import csv
import io
import json
import os
import tarfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from s3_server import free_ports

pytestmark = pytest.mark.slow
BATCH = 10
Rows = list[dict[str, float]]


@pytest.fixture(scope="module")
def folder(
    programs_of: Any, write_files: Any, run_python: Any, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """A model in MLflow's form, and what it was trained on."""
    made = tmp_path_factory.mktemp("mlflow")
    write_files(made, "train_mlflow.py", "mlflow-models.json", "rows_of_mlflow.py")
    run_python(programs_of("mlflow"), made, "train_mlflow.py")
    return made


def as_csv(rows: Rows) -> bytes:
    """With the names on top, as MLflow wants it."""
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def as_split(rows: Rows) -> bytes:
    """As a frame in JSON."""
    frame = {"columns": list(rows[0]), "data": [list(row.values()) for row in rows]}
    return json.dumps({"dataframe_split": frame}).encode()


def watch_traffic(iris: Any, rows: Rows, damaged: Rows, ask: Callable[[Rows], list[int]]) -> None:
    """Clean traffic passes, damaged traffic does not."""
    batches = [rows[n : n + BATCH] for n in range(0, len(rows), BATCH)]
    assert {said for batch in batches for said in ask(batch)} == {0, 1, 2}
    assert iris.columns_with_violations() == set()
    for n in range(0, len(damaged), BATCH):
        ask(damaged[n : n + BATCH])
    assert "petal_length" in iris.columns_with_violations()
    assert len(iris.records()) == 2 * len(batches)


def test_mlflow_is_started_with_the_model_of_its_endpoint(
    server: Any, monitored: Any, programs_of: Any, folder: Path, flowers: Any, damaged: Any
) -> None:
    iris = monitored("iris-mlflow")
    (route,) = json.loads((folder / "mlflow-models.json").read_text())
    command = route["command"].replace("/opt/mlflow/bin", str(programs_of("mlflow")))
    assert server.command("models", "map", route["image"], command).returncode == 0
    with tarfile.open(folder / "model.tar.gz", "w:gz") as archive:
        archive.add(folder / "model", arcname=".")
    iris.deploy("registry.example/mlflow-pyfunc:3", folder / "model.tar.gz")
    iris.watch(folder / "train.csv", folder / "rows_of_mlflow.py")
    runtime = server.client("sagemaker-runtime")

    def ask(batch: Rows) -> list[int]:
        answer = runtime.invoke_endpoint(EndpointName=iris.name, ContentType="text/csv", Body=as_csv(batch))
        return json.loads(answer["Body"].read())["predictions"]

    rows = flowers(folder / "train.csv")
    watch_traffic(iris, rows, damaged(rows), ask)


def test_mlflow_behind_the_proxy_is_monitored(
    monitored: Any, programs_of: Any, folder: Path, flowers: Any, damaged: Any, start: Any, proxy: Any,
    post: Any, tmp_path: Path,
) -> None:  # fmt: skip
    iris = monitored("iris-mlflow-proxy")
    iris.add_external()
    iris.watch(folder / "train.csv", folder / "rows_of_mlflow.py")
    port = str(free_ports(1)[0])
    upstream = f"http://127.0.0.1:{port}"
    options = ["--env-manager", "local", "--host", "127.0.0.1", "--port", port]
    programs = programs_of("mlflow")
    command = [str(programs / "mlflow"), "models", "serve", "--model-uri", "model", *options]
    rows = flowers(folder / "train.csv")

    def ask(batch: Rows) -> list[int]:
        with proxy(upstream, iris, tmp_path, "/ping") as url:
            return post(url + "/invocations", as_split(batch))["predictions"]

    with start(command, folder, upstream + "/ping", PATH=f"{programs}:{os.environ['PATH']}"):
        batches = [rows[:50], rows[50:100], rows[100:]]
        assert {said for batch in batches for said in ask(batch)} == {0, 1, 2}
        assert iris.columns_with_violations() == set()
        ask(damaged(rows))
    assert "petal_length" in iris.columns_with_violations()
    assert len(iris.records()) == 4
