"""BentoML with the capturing middleware inside its service."""

import json
from pathlib import Path
from typing import Any

import pytest

from s3_server import free_ports

pytestmark = pytest.mark.slow
BATCH = 10


def test_bentoml_is_monitored_from_inside(
    server: Any, monitored: Any, programs_of: Any, start: Any, write_files: Any, run_python: Any,
    flowers: Any, damaged: Any, post: Any, tmp_path: Path,
) -> None:  # fmt: skip
    programs, iris = programs_of("bentoml"), monitored("iris-bento")
    write_files(tmp_path, "train.py", "bento_iris.py", "rows_of_bento.py")
    run_python(programs, tmp_path, "train.py")
    iris.add_external()
    iris.watch(tmp_path / "train.csv", tmp_path / "rows_of_bento.py")
    port = str(free_ports(1)[0])
    url = f"http://127.0.0.1:{port}"
    variables = {
        "CAPTURE_TO": iris.capture_to, "XDG_DATA_HOME": str(tmp_path), "BENTOML_DO_NOT_TRACK": "true",
        "BENTOML_HOME": str(tmp_path / "bentoml"), **server.environment,
    }  # fmt: skip
    command = [str(programs / "bentoml"), "serve", "bento_iris:Iris", "--host", "127.0.0.1", "--port", port]

    def ask(rows: list[dict[str, float]]) -> list[int]:
        with start(command, tmp_path, url + "/readyz", **variables):
            batches = [rows[n : n + BATCH] for n in range(0, len(rows), BATCH)]
            answers = [post(url + "/predict", json.dumps({"rows": batch}).encode()) for batch in batches]
        return [said["predict"] for answer in answers for said in answer]

    rows = flowers(tmp_path / "train.csv")
    assert set(ask(rows)) == {0, 1, 2}
    assert iris.columns_with_violations() == set()
    ask(damaged(rows))
    assert "petal_length" in iris.columns_with_violations()
    assert len(iris.records()) == 2 * len(rows) / BATCH
