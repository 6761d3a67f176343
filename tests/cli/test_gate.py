"""`leeboard check` as a gate in a CI: exit codes, files and annotations, in a process of its own."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from defusedxml.ElementTree import parse

TRAINING = "id,age,plan\n" + "".join(f"u{i},{20 + i % 40},{'ab'[i % 2]}\n" for i in range(500))
ON_GITHUB = {
    "GITHUB_ACTIONS": "true",
    "GITHUB_SERVER_URL": "https://github.example",
    "GITHUB_REPOSITORY": "us/model",
    "GITHUB_RUN_ID": "7",
}


def leeboard(*arguments: str, folder: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": os.pathsep.join(sys.path), "COLUMNS": "160"}
    return subprocess.run(
        [sys.executable, "-m", "leeboard", *arguments],
        cwd=folder,
        env=environment | variables,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.fixture(scope="module")
def baseline(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("gate")
    (folder / "train.csv").write_text(TRAINING)
    done = leeboard("baseline", "train.csv", "--out", "baseline", "--role", "id=ignore", folder=folder)
    assert done.returncode == 0, done.stderr
    return folder / "baseline"


@pytest.fixture
def check(baseline: Path, tmp_path: Path):
    """Runs a check of a file in an empty folder."""
    (tmp_path / "good.csv").write_text(TRAINING)
    (tmp_path / "bad.csv").write_text(TRAINING.replace(",20,", ",old,").replace(",b", ",::error::c"))

    def check(file: str, *options: str, **variables: str) -> subprocess.CompletedProcess[str]:
        told = ("--baseline", str(baseline), "--out", "results", *options)
        return leeboard("check", file, *told, folder=tmp_path, **variables)

    check.folder = tmp_path
    return check


def test_files_are_written_for_a_clean_run(check) -> None:
    done = check("good.csv", "--junit", "out/junit.xml", "--markdown", "out/summary.md")
    assert done.returncode == 0, done.stderr
    assert "::" not in done.stdout
    suite = parse(check.folder / "out/junit.xml").getroot()[0]
    assert (suite.get("failures"), int(suite.get("tests")) > 5) == ("0", True)
    assert "no violations" in (check.folder / "out/summary.md").read_text()


@pytest.mark.parametrize(
    ("options", "code"),
    [
        (("--fail-on", "never"), 0),
        (("--fail-on", "missing_column_check", "--fail-on", "data_type_check"), 3),
        (("--fail-on", "data_type_check", "--max-violations", "1"), 0),
    ],
)
def test_the_exit_code_follows_what_was_asked(check, options: tuple[str, ...], code: int) -> None:
    done = check("bad.csv", *options)
    assert done.returncode == code, done.stdout + done.stderr
    assert ("passes: " in done.stdout) == (code == 0)


def test_violations_are_annotated_on_github_and_its_summary_grows(check) -> None:
    summary = check.folder / "step.md"
    summary.write_text("before\n")
    done = check("bad.csv", **ON_GITHUB, GITHUB_STEP_SUMMARY=str(summary))
    assert done.returncode == 3
    assert "\n::error title=leeboard data-quality%3A" in done.stdout
    text = summary.read_text()
    assert text.startswith("before\n### ❌ leeboard data-quality")
    assert "[report.html](https://github.example/us/model/actions/runs/7)" in text


def test_commands_in_the_data_are_not_obeyed(check) -> None:
    """Between the first line and its end mark GitHub reads no commands."""
    done = check("bad.csv", "--github")
    start, *lines = done.stdout.splitlines()
    token = start.removeprefix("::stop-commands::")
    end = lines.index(f"::{token}::")
    assert len(token) == 32
    assert all(line.startswith("::error title=leeboard") for line in lines[end + 1 :])
    assert "::error::c" in "\n".join(lines[:end])


def test_nothing_is_annotated_where_it_is_declined(check) -> None:
    assert "::" not in check("good.csv", "--no-github", **ON_GITHUB).stdout


def test_bad_input_is_an_error_for_the_ci_too(check) -> None:
    done = check("nowhere.csv", "--junit", "junit.xml", "--markdown", "summary.md", "--github")
    assert done.returncode == 2
    assert "nowhere.csv" in done.stderr
    assert (
        "::error title=leeboard data-quality%3A not checked::nothing is stored at nowhere.csv" in done.stdout
    )
    error = parse(check.folder / "junit.xml").getroot().find(".//error")
    assert error.get("type") == "NotFoundError"
    assert "not checked" in (check.folder / "summary.md").read_text()


def test_a_misspelt_check_is_refused_before_anything_is_read(check) -> None:
    done = check("nowhere.csv", "--fail-on", "completenes_check", "--junit", "junit.xml")
    assert done.returncode == 2
    assert "did you mean 'completeness_check'" in done.stderr
    assert "completenes_check" in (check.folder / "junit.xml").read_text()


def test_a_verdict_that_cannot_be_written_does_not_hide_why(check) -> None:
    both = check("nowhere.csv", "--junit", "good.csv/junit.xml")
    assert "nothing is stored at nowhere.csv" in both.stderr
    assert "the verdict could not be written: nothing can be stored" in both.stderr


def test_a_quiet_run_prints_annotations_alone(check) -> None:
    lines = check("bad.csv", "--quiet", **ON_GITHUB).stdout.splitlines()
    assert all(line.startswith("::") for line in lines)
    assert len(lines) > 2
