"""The Airflow DAG, run by Airflow itself."""

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

EXAMPLE = Path(__file__).parents[2] / "examples/airflow"


@pytest.mark.slow
def test_a_model_is_released_only_if_the_check_is_clean(
    interpreter: Callable[[str], Path], project: Path, case: str
) -> None:
    airflow = interpreter("airflow").with_name("airflow")
    environment = {
        "PATH": f"{airflow.parent}{os.pathsep}{os.environ['PATH']}",
        "AIRFLOW_HOME": str(project / "airflow"),
        "AIRFLOW__CORE__DAGS_FOLDER": str(EXAMPLE),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    printed = ""
    for command in (["db", "migrate"], ["dags", "test", "model_release"]):
        done = subprocess.run(
            [airflow, *command], cwd=project, env=environment, capture_output=True, text=True, check=False
        )
        printed += done.stdout + done.stderr
    assert (done.returncode == 0) == (case == "kept"), printed
    assert ("the model is released here" in printed) == (case == "kept")
    assert ("violations of the baseline, see results/data/report.html" in printed) == (case == "broken")
    assert (project / "results/data/report.html").is_file()
