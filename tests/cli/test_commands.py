"""The commands, each in a process of its own, in an empty folder."""

import gzip
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

TRAINING = "id,age,plan\n" + "".join(f"u{i},{20 + i % 40},{'ab'[i % 2]}\n" for i in range(500))


def leeboard(*arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": os.pathsep.join(sys.path), "COLUMNS": "160"}
    command = [sys.executable, "-m", "leeboard", *arguments]
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, timeout=120, check=False
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with training data and a baseline made from them by the command."""
    (tmp_path / "train.csv").write_text(TRAINING)
    done = leeboard("baseline", "train.csv", "--out", "baseline", "--role", "id=ignore", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    return tmp_path


def test_a_baseline_writes_three_files_and_names_them(folder: Path) -> None:
    assert sorted(file.name for file in (folder / "baseline").iterdir()) == [
        "constraints.json",
        "report.html",
        "statistics.json",
    ]


def test_clean_data_exit_with_0(folder: Path) -> None:
    done = leeboard("check", "train.csv", "--baseline", "baseline", "--out", "results", folder=folder)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "no violations" in done.stdout
    assert "results/report.html" in done.stdout


def test_violations_exit_with_3_and_are_shown(folder: Path) -> None:
    (folder / "today.csv").write_text(TRAINING.replace(",20,", ",old,").replace(",b", ",c"))
    done = leeboard("check", "today.csv", "--baseline", "baseline", "--out", "results", folder=folder)
    assert done.returncode == 3
    assert "data type" in done.stdout
    assert "'c' (250)" in done.stdout
    names = {
        entry["feature_name"]
        for entry in json.loads((folder / "results/constraint_violations.json").read_text())["violations"]
    }
    assert names == {"age", "plan"}


def test_compressed_files_are_read(folder: Path) -> None:
    (folder / "today.csv.gz").write_bytes(gzip.compress(TRAINING.encode()))
    done = leeboard("check", "today.csv.gz", "--baseline", "baseline", "--out", "results", folder=folder)
    assert done.returncode == 0, done.stdout + done.stderr


def test_data_without_a_header_get_their_names_from_the_baseline(folder: Path) -> None:
    (folder / "today.csv").write_text(TRAINING.split("\n", 1)[1])
    done = leeboard(
        "check", "today.csv", "--no-header", "--baseline", "baseline", "--out", "results", folder=folder
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["check", "nowhere.csv", "--baseline", "baseline", "--out", "results"], "nowhere.csv"),
        (["check", "train.csv", "--baseline", "no-baseline", "--out", "results"], "no-baseline"),
        (["check", "train.csv", "--baseline", "train.csv", "--out", "r"], "leeboard baseline train.csv"),
        (["check", "train.csv", "--baseline", "baseline/statistics.json", "--out", "r"], "statistics"),
        (["check", "empty.csv", "--baseline", "baseline", "--out", "results"], "empty"),
        (["check", "train.csv", "--baseline", "baseline", "--out", "r", "--compat", "strikt"], "strict"),
        (["check", "train.csv", "--baseline", "baseline", "--out", "r", "--start", "2022-01-01"], "end"),
        (["baseline", "train.csv"], "--out"),
        (["show", "train.csv"], "train.csv"),
    ],
)
def test_bad_input_exits_with_2_and_says_what(folder: Path, arguments: list[str], reason: str) -> None:
    (folder / "empty.csv").write_text("")
    done = leeboard(*arguments, folder=folder)
    assert done.returncode == 2, done.stdout + done.stderr
    assert reason in done.stderr
    assert "Traceback" not in done.stderr
    assert not (folder / "results").exists()


@pytest.mark.parametrize("command", [["baseline"], ["check", "--baseline", "baseline"]])
def test_malformed_records_are_counted_and_the_first_is_told(folder: Path, command: list[str]) -> None:
    (folder / "short.csv").write_text(TRAINING + "u1,30\n")
    done = leeboard(*command, "short.csv", "--out", "results", folder=folder)
    told = "1 malformed record; the first: short.csv, line 502: 2 cells, 3 expected; more in the report"
    assert told in done.stdout


def test_lines_of_a_log_are_not_broken(folder: Path) -> None:
    (folder / "short.csv").write_text(TRAINING + "u1" * 200 + "\n")
    done = leeboard("baseline", "short.csv", "--out", "results", "--verbose", folder=folder)
    assert f"  short.csv, line 502: 1 cell, 3 expected: '{'u1' * 40}" in done.stderr


@pytest.mark.parametrize("file", ["statistics.json", "constraints.json"])
def test_show_shows_any_file(folder: Path, file: str) -> None:
    done = leeboard("show", f"baseline/{file}", folder=folder)
    assert done.returncode == 0, done.stderr
    assert "age" in done.stdout


def test_script_try_shows_records_before_and_after_and_the_line_that_fails(folder: Path) -> None:
    (folder / "pre.py").write_text(
        "def preprocess_handler(record, logger):\n"
        "    logger.info('seen %s', record)\n"
        "    user, age, plan = record.split(',')\n"
        "    return {'age': int(age), 'plan': plan}\n"
    )
    (folder / "few.csv").write_text("u1,30,a\nu2,thirty,b\n")
    done = leeboard("script", "try", "pre.py", "few.csv", folder=folder)
    assert done.returncode == 2
    assert "seen u1,30,a" in done.stdout
    assert '{"age": "30", "plan": "a"}' in done.stdout
    assert "invalid literal for int() with base 10: 'thirty'" in done.stdout
    assert "2 records tried, 1 failed" in done.stdout


def test_every_command_has_help_with_an_example() -> None:
    for command in (["baseline"], ["check"], ["show"], ["job"], ["demo"], ["script", "try"]):
        done = leeboard(*command, "--help", folder=Path.cwd())
        assert done.returncode == 0
        assert f"leeboard {' '.join(command)}" in done.stdout, command
        assert "Example" in done.stdout, command


def test_the_version_is_printed(tmp_path: Path) -> None:
    done = leeboard("--version", folder=tmp_path)
    assert done.stdout.startswith("leeboard 0.")
