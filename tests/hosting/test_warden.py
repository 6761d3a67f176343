import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from leeboard.hosting import programs, warden
from leeboard.jobs.processes import running

from .conftest import is_alive, wait_until

PYTHON = [sys.executable, "-c"]


def run(tmp_path, *command: str, log_bytes: int = 1000, **more) -> int:
    order = {
        "command": command,
        "log": str(tmp_path / "log"),
        "log_bytes": log_bytes,
        "grace_s": 0.5,
        "mark": "--- x",
    }
    started = [sys.executable, "-I", "-S", warden.__file__, json.dumps(order)]
    with subprocess.Popen(started, stdin=subprocess.PIPE, **more) as process:
        return process.wait(60)


@pytest.mark.parametrize(
    ("code", "ended"),
    [("raise SystemExit(5)", 5), ("pass", 0), ("import os; os.kill(os.getpid(), 9)", 137)],
)
def test_it_ends_as_the_program_does(tmp_path, code, ended):
    assert run(tmp_path, *PYTHON, code) == ended


def test_all_that_a_program_says_is_in_its_log(tmp_path):
    run(tmp_path, *PYTHON, "import sys; print('out', flush=True); print('err', file=sys.stderr)")
    assert (tmp_path / "log").read_text() == "--- x\nout\nerr\n"


def test_a_program_that_cannot_be_run_is_told_in_the_log(tmp_path):
    assert run(tmp_path, str(tmp_path / "absent")) == 127
    assert "No such file or directory" in (tmp_path / "log").read_text()


def test_the_log_is_bounded(tmp_path):
    run(tmp_path, *PYTHON, "for n in range(100): print(n, 'x' * 50, flush=True)", log_bytes=500)
    sizes = {path.name: path.stat().st_size for path in tmp_path.iterdir()}
    assert set(sizes) == {"log", "log.1"}
    assert (tmp_path / "log").read_text().splitlines()[-1].startswith("99 ")


def test_a_program_that_does_not_listen_is_killed_when_the_input_ends(tmp_path):
    deaf = "import signal, time; signal.signal(15, signal.SIG_IGN); print('up', flush=True); time.sleep(300)"
    order = {
        "command": [*PYTHON, deaf],
        "log": str(tmp_path / "log"),
        "log_bytes": 1000,
        "grace_s": 0.1,
        "mark": "-",
    }
    started = [sys.executable, "-I", "-S", warden.__file__, json.dumps(order)]
    with subprocess.Popen(started, stdin=subprocess.PIPE) as process:
        wait_until(
            lambda: (tmp_path / "log").is_file() and "up" in (tmp_path / "log").read_text(), "no start"
        )
        process.stdin.close()
        assert process.wait(60) == 137


def test_the_last_lines_are_those_since_the_last_start(tmp_path):
    log = tmp_path / "log"
    lines = ["old", f"{programs._MARK}serve", *(f"line {n}" for n in range(50))]
    log.write_text("\n".join(lines))
    assert programs.last_lines(log).splitlines() == [f"line {n}" for n in range(40, 50)]
    assert programs.last_lines(Path(tmp_path / "absent")) == ""


@pytest.mark.parametrize(
    ("code", "said"),
    [
        (3, "ended with exit code 3"),
        (137, "was killed by SIGKILL"),
        (-9, "was killed by SIGKILL"),
        (255, "code 255"),
    ],
)
def test_an_exit_code_is_told_in_words(code, said):
    assert said in programs._ending(code)


def started(tmp_path, name: str, *command: str) -> "subprocess.Popen[bytes]":
    log = str(tmp_path / name)
    order = {"command": command, "log": log, "log_bytes": 1000, "grace_s": 0.1, "mark": "-"}
    return subprocess.Popen(
        [sys.executable, "-I", "-S", warden.__file__, json.dumps(order)], stdin=subprocess.PIPE
    )


CHILD = """
import subprocess, time
print("child", subprocess.Popen(["sleep", "600"], start_new_session=True).pid, flush=True)
time.sleep(600)
"""


def child_of(log: Path) -> int:
    def found() -> list[str]:
        return re.findall(r"^child (\d+)\n", log.read_text() if log.is_file() else "", re.MULTILINE)

    wait_until(lambda: bool(found()), "it has no child")
    return int(found()[0])


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells what a process belongs to")
def test_what_a_killed_warden_left_is_ended_by_the_next_and_that_of_a_living_one_is_not(tmp_path):
    with (
        started(tmp_path, "killed", *PYTHON, CHILD) as killed,
        started(tmp_path, "living", *PYTHON, CHILD) as living,
    ):
        try:
            left, kept = child_of(tmp_path / "killed"), child_of(tmp_path / "living")
            killed.kill()
            killed.wait(60)
            assert is_alive(left)
            assert run(tmp_path, *PYTHON, "pass") == 0
            wait_until(lambda: not is_alive(left), "what the killed one left stays")
            assert is_alive(kept)
        finally:
            killed.kill()
            living.stdin.close()


LATE = """
import json, os, signal, sys, time
from leeboard.hosting import warden

def late(*told):
    parent = os.getppid()
    os.kill(parent, signal.SIGKILL)
    while os.getppid() == parent:
        time.sleep(0.01)
    die_with_parent(*told)

die_with_parent, warden._die_with_parent = warden._die_with_parent, late
warden.main(json.loads(sys.argv[1]))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a child that its parent died")
def test_a_program_whose_warden_dies_before_it_can_know_never_runs(tmp_path):
    order = {"command": ["touch", str(tmp_path / "ran")], "log": str(tmp_path / "log"), "log_bytes": 1000}
    command = [sys.executable, "-c", LATE, json.dumps({**order, "grace_s": 1, "mark": "-"})]
    with subprocess.Popen(command, stdin=subprocess.PIPE) as process:
        assert process.wait(60) == -9
        wait_until(lambda: not with_word(str(tmp_path)), "it does not end")
    assert not (tmp_path / "ran").exists()


def with_word(word: str) -> list[int]:
    return [one.pid for one in running() if word.encode() in command_line(one.pid)]


def command_line(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


def test_nothing_is_started_for_a_server_that_is_gone(tmp_path):
    order = {"command": ["true"], "log": str(tmp_path / "log"), "log_bytes": 1000, "grace_s": 1, "mark": "-"}
    command = [sys.executable, "-I", "-S", warden.__file__, json.dumps(order)]
    assert subprocess.run(command, stdin=subprocess.DEVNULL, check=False).returncode == 143
    assert not (tmp_path / "log").exists()
