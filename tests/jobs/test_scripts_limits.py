"""What a script may use and see."""

import os
import signal
import sys
import time
from select import select
from subprocess import PIPE, Popen

import pytest

from leeboard.errors import InputError, ScriptError
from leeboard.jobs.scripts import Preprocessor, ScriptLimits

MIB = 1 << 20


@pytest.fixture
def run(tmp_path):
    """Runs a script, given as text, on one record; its log is `run.log`."""

    def run(source, record="a", **options):
        file = tmp_path / "prep.py"
        file.write_text(source)
        with Preprocessor(file, log=run.log.append, **options) as preprocessor:
            return preprocessor([record])[0]

    run.log = []
    return run


@pytest.mark.parametrize("body", ["bytearray(10**12)", "x = [0]\n    while True: x += x"])
def test_memory_over_the_limit_is_refused_and_said(run, body):
    limits = ScriptLimits(memory_bytes=256 * MIB)
    with pytest.raises(ScriptError, match=r"Record 1: MemoryError \(it may use 256 MiB of memory\)"):
        run(f"def preprocess_handler(r):\n    {body}", limits=limits)


def test_an_endless_loop_is_stopped_and_the_log_shows_its_line(run):
    source = "def preprocess_handler(r):\n    while True:\n        pass"
    for batch_s in (2, 30):  # a busy machine may not have loaded it after the first
        with pytest.raises(ScriptError, match=rf"no answer within {batch_s} s, so it was stopped") as caught:
            run(source, limits=ScriptLimits(batch_s=batch_s))
        if "could not be loaded" not in str(caught.value):
            break
    assert "Record 1: no answer" in str(caught.value)
    assert any("prep.py" in line and "in preprocess_handler" in line for line in run.log)


def test_an_endless_import_is_stopped(run):
    with pytest.raises(ScriptError, match=r"prep.py could not be loaded: no answer within 0.5 s"):
        run("while True: pass", limits=ScriptLimits(batch_s=0.5))


def test_processor_time_is_limited_over_the_run(run):
    with pytest.raises(ScriptError, match="used more than its 1 s of processor time"):
        run("def preprocess_handler(r):\n    while True: pass", limits=ScriptLimits(cpu_s=1))


def test_wall_time_is_limited_over_the_run(tmp_path):
    file = tmp_path / "prep.py"
    file.write_text("def preprocess_handler(r):\n    for _ in range(30_000_000): pass")
    for run_s in (2, 30):  # a busy machine may not have loaded it after the first
        with pytest.raises(ScriptError, match="no answer within") as caught:
            call_often(preprocessor := Preprocessor(file, log=print, limits=ScriptLimits(run_s=run_s)))
        assert preprocessor.is_lost
        if "could not be loaded" not in str(caught.value):
            break
    assert "Record " in str(caught.value)


def call_often(preprocessor):
    with preprocessor:
        for _ in range(1000):
            preprocessor(["a"])


def test_an_answer_that_takes_too_much_memory_to_write_is_said(run):
    limits = ScriptLimits(memory_bytes=300 * MIB)
    with pytest.raises(ScriptError, match="Record 1: MemoryError"):
        run("def preprocess_handler(r): return ['x' * 200_000_000]", limits=limits)


@pytest.mark.parametrize("name", ["memory_bytes", "cpu_s", "batch_s", "run_s"])
def test_a_limit_of_nothing_is_refused(name):
    with pytest.raises(InputError, match=f"{name} is 0"):
        ScriptLimits(**{name: 0})  # type: ignore[arg-type]


def test_secrets_of_ours_are_not_in_its_environment(run, monkeypatch):
    for name in ("AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "LEEBOARD_TOKEN", "DATABASE_URL"):
        monkeypatch.setenv(name, "secret")
    (row,) = run(
        "import os\ndef preprocess_handler(r): return dict(os.environ)", environment={"REGION": "eu"}
    )
    assert "secret" not in row.values()
    assert row["REGION"] == "eu"
    assert row["PATH"] == os.environ["PATH"]


def test_it_works_in_an_empty_folder_that_goes_away(run):
    source = """
import os, tempfile
def preprocess_handler(r):
    open("left.txt", "w").close()
    return [os.getcwd(), tempfile.gettempdir(), ",".join(sorted(os.listdir()))]
"""
    ((cwd, temporary, files),) = run(source)
    assert cwd == temporary
    assert files == "left.txt,prep.py"
    assert not os.path.exists(cwd)


def test_it_has_its_own_modules_only(run):
    source = """
import sys
def preprocess_handler(r):
    names = ("leeboard", "polars", "numpy", "pydantic", "rows", "limits")
    return [name for name in names if name in sys.modules]
"""
    assert run(source) == []


def test_the_working_folder_of_the_job_does_not_shadow_what_it_imports(run, tmp_path, monkeypatch):
    (tmp_path / "json.py").write_text("raise RuntimeError('wrong json')")
    monkeypatch.chdir(tmp_path)
    assert run("import json\ndef preprocess_handler(r): return [json.dumps(r)]") == [['"a"']]


@pytest.fixture
def fifo(tmp_path):
    """A named pipe and our end of it, which is readable once nobody else has it open any more."""
    path = tmp_path / "alive"
    os.mkfifo(path)
    end = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    yield path, end
    os.close(end)


def holding(path):
    """A script that holds the pipe open for writing."""
    return f"""
import os, subprocess
held = os.open({str(path)!r}, os.O_WRONLY)
def preprocess_handler(r): return [1]
"""


def is_let_go(end):
    return bool(select([end], [], [], 120)[0]) and os.read(end, 1) == b""


def test_a_grandchild_dies_with_it(run, fifo):
    path, end = fifo
    assert run(holding(path) + "subprocess.Popen(['sleep', '1000'], stdout=held)") == [["1"]]
    assert is_let_go(end)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a child that its parent died")
def test_it_dies_with_a_killed_worker(tmp_path, fifo):
    path, end = fifo
    file = tmp_path / "prep.py"
    file.write_text(holding(path))
    worker = f"""
from leeboard.jobs.scripts import Preprocessor
with Preprocessor({str(file)!r}, log=print):
    print("started", flush=True)
    input()
"""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "TMPDIR": str(tmp_path)}
    with Popen([sys.executable, "-c", worker], stdin=PIPE, stdout=PIPE, env=environment) as process:
        assert process.stdout.readline() == b"started\n"
        process.kill()
    assert is_let_go(end)


ORPHANED = """
import os, signal, sys, threading, time
from pathlib import Path
from leeboard.jobs.scripts import Preprocessor, ScriptLimits, process

folder, script_box = Path(sys.argv[1]), process.script_box
late = ["sh", "-c", 'touch "$0/begun"; while [ ! -e "$0/dead" ]; do sleep 0.05; done; exec "$@"', str(folder)]
process.script_box = lambda *told: [*late, *script_box(*told)]

def die():
    while not (folder / "begun").exists():
        time.sleep(0.01)
    os.kill(os.getpid(), signal.SIGKILL)

threading.Thread(target=die).start()
with Preprocessor(folder / "prep.py", log=print, limits=ScriptLimits(root=str(folder), is_boxed=True)):
    pass
"""


def test_a_script_whose_worker_dies_before_its_box_can_know_it_never_runs(tmp_path, boxed, find_processes):
    (tmp_path / "opt/ml").mkdir(parents=True)
    (tmp_path / "prep.py").write_text("open('ran', 'w').close()\ndef preprocess_handler(r): return [1]")
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "TMPDIR": str(tmp_path)}
    with Popen([sys.executable, "-c", ORPHANED, str(tmp_path)], env=environment) as worker:
        assert worker.wait(120) == -signal.SIGKILL
    assert find_processes(str(tmp_path))
    (tmp_path / "dead").touch()
    deadline = time.monotonic() + 120
    while find_processes(str(tmp_path)) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not find_processes(str(tmp_path))
    assert not list(tmp_path.rglob("ran"))
