"""The Dagster assets, materialized by Dagster."""

import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

EXAMPLE = Path(__file__).parents[2] / "examples/dagster"
PROGRAM = """
import json, dagster, gate_assets
done = gate_assets.defs.resolve_implicit_global_asset_job_def().execute_in_process(raise_on_error=False)
(check,) = done.get_asset_check_evaluations()
print("RESULT", json.dumps({
    "passed": check.passed,
    "made": [event.asset_key.to_user_string() for event in done.get_asset_materialization_events()],
    "report": check.metadata["report"].value,
    "n_violations": check.metadata["n_violations"].value,
}))
"""


@pytest.mark.slow
def test_a_model_is_released_only_if_the_check_is_clean(
    interpreter: Callable[[str], Path], project: Path, case: str
) -> None:
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(EXAMPLE), "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(
        [interpreter("dagster"), "-c", PROGRAM],
        cwd=project,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "RESULT" in done.stdout, done.stderr
    result = json.loads(done.stdout.partition("RESULT ")[2])
    assert result["passed"] == (case == "kept")
    assert result["made"] == ["candidate_data", *["released_model"] * (case == "kept")]
    assert (result["n_violations"] == 0) == (case == "kept")
    assert (project / result["report"]).is_file()
