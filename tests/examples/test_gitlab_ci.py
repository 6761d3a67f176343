"""The pipeline for GitLab CI: its scripts run as a runner would run them."""

from pathlib import Path

import pytest
from defusedxml.ElementTree import parse

yaml = pytest.importorskip("yaml", reason="reading the pipeline needs PyYAML")

PIPELINE = yaml.safe_load((Path(__file__).parents[2] / "examples/gitlab-ci/.gitlab-ci.yml").read_text())
JOBS = {name: job for name, job in PIPELINE.items() if isinstance(job, dict) and "stage" in job}


def codes_of(shell, folder: Path) -> dict[str, int]:
    """The exit codes of the jobs, stage by stage until one fails; the installation is taken as done."""
    codes: dict[str, int] = {}
    for stage in PIPELINE["stages"]:
        for name, job in JOBS.items():
            if job["stage"] == stage:
                page = f"https://gitlab.example/us/model/-/jobs/{len(codes)}"
                codes[name] = shell("\n".join(job["script"]), folder, CI_JOB_URL=page).returncode
        if any(codes.values()):
            break
    return codes


def test_a_model_is_released_only_if_both_checks_are_clean(shell, project: Path, case: str):
    kept = {"data-quality": 0, "model-quality": 0, "release": 0}
    assert codes_of(shell, project) == (kept if case == "kept" else {"data-quality": 3, "model-quality": 3})
    for name in ("data-quality", "model-quality"):
        artifacts = JOBS[name]["artifacts"]
        suite = parse(project / artifacts["reports"]["junit"]).getroot()[0]
        assert (suite.get("failures") == "0") == (case == "kept")
        report = suite.find(".//property[@name='report']").get("value")
        path = report.partition("/artifacts/file/")[2]
        assert path.startswith(artifacts["paths"][0])
        assert (project / path).is_file()
