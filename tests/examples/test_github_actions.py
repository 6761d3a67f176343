"""The workflow for GitHub Actions: its steps run as a runner would run them."""

from pathlib import Path

import pytest

yaml = pytest.importorskip("yaml", reason="reading the workflow needs PyYAML")

WORKFLOW = Path(__file__).parents[2] / "examples/github-actions/gate.yml"
VARIABLES = {
    "GITHUB_ACTIONS": "true",
    "GITHUB_SERVER_URL": "https://github.example",
    "GITHUB_REPOSITORY": "us/model",
    "GITHUB_RUN_ID": "7",
}


class Runner:
    """Runs the jobs in the order of their needs; actions and the installation are taken as done."""

    def __init__(self, shell, folder: Path):
        self._shell, self._folder = shell, folder
        self.summary = folder / "summary.md"
        self.jobs: dict[str, bool] = {}
        self.printed = ""

    def run(self, workflow: dict) -> None:
        for name, job in workflow["jobs"].items():
            if self.jobs.get(job.get("needs"), True):
                self.jobs[name] = self._passes(job["steps"])

    def _passes(self, steps: list[dict]) -> bool:
        passes = True
        for step in steps:
            is_due = passes or "!cancelled()" in step.get("if", "")
            if is_due and "run" in step and "pip install" not in step["run"]:
                done = self._shell(
                    step["run"], self._folder, **VARIABLES, GITHUB_STEP_SUMMARY=str(self.summary)
                )
                self.printed += done.stdout + done.stderr
                passes = passes and done.returncode == 0
        return passes


@pytest.fixture
def ran(shell, project: Path) -> Runner:
    runner = Runner(shell, project)
    runner.run(yaml.safe_load(WORKFLOW.read_text()))
    return runner


def test_a_model_is_released_only_if_both_checks_are_clean(ran: Runner, case: str, project: Path):
    assert ran.jobs == ({"gate": True, "release": True} if case == "kept" else {"gate": False})
    assert ("::error title=leeboard model-quality" in ran.printed) == (case == "broken")
    text = ran.summary.read_text()
    assert text.count("### ✅" if case == "kept" else "### ❌") == 2
    assert "https://github.example/us/model/actions/runs/7" in text
    reports = {"data/report.html", "quality/report.html", "data.xml", "quality.xml"}
    assert all((project / "results" / name).is_file() for name in reports)


def test_the_workflow_keeps_what_its_steps_write():
    steps = yaml.safe_load(WORKFLOW.read_text())["jobs"]["gate"]["steps"]
    (kept,) = [step for step in steps if "upload-artifact" in step.get("uses", "")]
    assert kept["with"]["path"] == "results/"
    assert all("--out results/" in step["run"] for step in steps if "leeboard check" in step.get("run", ""))
