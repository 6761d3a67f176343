"""The Prefect flow, run by Prefect with a server of its own."""

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

FLOW = Path(__file__).parents[2] / "examples/prefect/gate_flow.py"


@pytest.mark.slow
def test_a_model_is_released_only_if_the_check_is_clean(
    interpreter: Callable[[str], Path], project: Path, case: str
) -> None:
    environment = {
        "PATH": os.environ["PATH"],
        "PREFECT_HOME": str(project / "prefect"),
        "DO_NOT_TRACK": "1",
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "120",
    }
    command: list[str | Path] = [
        interpreter("prefect"),
        FLOW,
        "data/candidate.csv",
        "baselines/data",
        "results/data",
    ]
    done = subprocess.run(command, cwd=project, env=environment, capture_output=True, text=True, check=False)
    printed = done.stdout + done.stderr
    assert (done.returncode == 0) == (case == "kept"), printed
    assert ("the model is released here" in printed) == (case == "kept")
    assert ("ViolationsError" in printed) == (case == "broken")
    assert (project / "results/data/report.html").is_file()
