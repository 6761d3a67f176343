"""Which runner takes which job, and what a job finds before it starts."""

import json
import os
import resource
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from leeboard.jobs.processes import descendants, send
from leeboard.jobs.runners import kill_leftovers, kill_orphans, run_processing, upload_outputs
from leeboard.jobs.runners.child import run_child
from leeboard.jobs.runners.layout import job_config, lay_out
from leeboard.jobs.runners.leftovers import record
from leeboard.jobs.runners.output_log import MAX_LINE, MAX_LINES, OutputLog
from leeboard.storage import write_bytes
from leeboard.truth.writing import part_writer


@pytest.mark.parametrize(
    ("image", "reason"),
    [
        ("docker.io/me/mine:1", "No container runtime is configured for the image docker.io/me/mine:1"),
        ("", "No container runtime is configured for the image (none was given)"),
        ("x/sagemaker-model-monitor-groundtruth-merger", "ground_truth_source is not set"),
        ("x/sagemaker-clarify-processing:1.0@sha256:0", "there is no analysis configuration at"),
    ],
)
def test_an_image_that_cannot_be_run_says_what_to_do(baseline_job, image, reason):
    baseline_job.image = image
    end = baseline_job.run()
    assert (end.state, end.is_retryable) == ("Failed", False)
    assert reason in end.message


def test_a_job_finds_its_whole_request_with_null_for_what_was_not_said(baseline_job):
    order = baseline_job.order()
    lay_out(order)
    config = json.loads((order.root / "opt/ml/config/processingjobconfig.json").read_text())
    assert config == job_config(order)
    assert config["ProcessingJobArn"] == order.arn
    assert config["AppSpecification"]["ContainerEntrypoint"] is None
    assert config["RoleArn"] is config["StoppingCondition"] is None
    (given,) = config["ProcessingInputs"]
    assert given["S3Input"]["S3DownloadMode"] == "StartOfJob"
    assert (given["AppManaged"], given["DatasetDefinition"]) == (False, None)
    resources = json.loads((order.root / "opt/ml/config/resourceconfig.json").read_text())
    assert resources == {"current_host": "algo-1", "hosts": ["algo-1"]}
    assert (order.root / "opt/ml/processing/output").is_dir()


@pytest.mark.parametrize("path", ["/etc/cron.d", "/opt/ml/../../etc", "relative"])
def test_places_outside_of_the_job_are_refused(baseline_job, path):
    uri, _ = baseline_job.inputs["baseline_dataset_input"]
    baseline_job.inputs = {"baseline_dataset_input": (uri, path)}
    end = baseline_job.run()
    assert (end.state, end.is_retryable) == ("Failed", False)
    assert "leads out of" in end.message or f"LocalPath {path!r} is not below" in end.message


def test_an_image_that_may_not_run_is_refused_before_an_engine_is_asked(baseline_job):
    order = replace(baseline_job.order(), engine="unix:///nowhere.sock", images=("own/*", "mine:1"))
    order.request["AppSpecification"]["ImageUri"] = "strange/image:1"
    end = run_processing(order, log=print, should_stop=lambda: False)
    assert (end.state, end.is_retryable) == ("Failed", False)
    assert "strange/image:1 is none of those that this server runs: own/*, mine:1" in end.message
    order.request["AppSpecification"]["ImageUri"] = "own/image:1"
    end = run_processing(order, log=print, should_stop=lambda: False)
    assert "unix:///nowhere.sock does not answer" in end.message


def test_an_input_that_is_no_s3_input_is_refused(baseline_job):
    order = baseline_job.order()
    order.request["ProcessingInputs"].append({"InputName": "athena", "DatasetDefinition": {}})
    end = run_processing(order, log=print, should_stop=lambda: False)
    assert "the input athena is no S3Input" in end.message


def test_outputs_of_a_job_that_failed_are_kept(baseline_job):
    order = baseline_job.order()
    lay_out(order)
    (order.root / "opt/ml/processing/output/part.txt").write_text("half")
    assert upload_outputs(order) == [str(baseline_job.results / "part.txt")]


def test_files_that_a_killed_job_was_writing_are_no_outputs(baseline_job, monkeypatch):
    order = baseline_job.order()
    lay_out(order)
    output = order.root / "opt/ml/processing/output"
    (output / ".hidden").write_text("whole")
    monkeypatch.setattr(Path, "replace", lambda *_: None)
    monkeypatch.setattr(Path, "unlink", lambda *_, **__: None)  # as if killed before
    write_bytes(str(output / "part.jsonl"), b"half")
    with part_writer(str(output), "merge") as writer:
        writer.write("churn", b"half")
    monkeypatch.undo()
    assert len(list(output.rglob(".*.partial"))) == 2
    assert upload_outputs(order) == [str(baseline_job.results / ".hidden")]


def test_an_output_folder_that_became_a_link_is_left_alone(baseline_job):
    order = baseline_job.order()
    lay_out(order)
    (baseline_job.folder / "keys.json").write_text("secret")
    output = order.root / "opt/ml/processing/output"
    output.rmdir()
    output.symlink_to(baseline_job.folder)
    assert upload_outputs(order) == []


def test_a_flood_of_lines_is_cut_with_a_note():
    lines: list[str] = []
    log = OutputLog(lines.append)
    log.feed(b"x" * (2 * MAX_LINE) + b"\n")
    log.feed(b"a\n" * (MAX_LINES + 5))
    log.finish()
    assert lines[0] == "x" * MAX_LINE + " ... (cut)"
    assert lines[-2:] == ["a", "6 more lines were printed and left out here"]
    assert len(lines) == MAX_LINES + 1


WORKER = """
import sys
from pathlib import Path
from leeboard.jobs.local.mapping import JobMap
from leeboard.jobs.runners import ProcessingOrder, run_processing

order = eval(sys.stdin.readline(), {"ProcessingOrder": ProcessingOrder, "JobMap": JobMap, "PosixPath": Path,
                                    "frozenset": frozenset})
run_processing(order, log=lambda line: None, should_stop=lambda: False)
"""


@pytest.fixture
def killed_worker(monitoring_job, isolation, find_processes):
    """A job whose worker was killed while its script and a process of that slept; the word of the latter."""
    word = f"87654.{os.getpid():07}"  # part of no other run's
    monitoring_job.isolation = isolation
    monitoring_job.script(
        "record_preprocessor_script",
        f"""
import subprocess, time
subprocess.Popen(["sleep", {word!r}], start_new_session=True)
def preprocess_handler(record): time.sleep(60)
""",
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, "-c", WORKER]
    with subprocess.Popen(command, stdin=subprocess.PIPE, env=environment, text=True) as worker:
        try:
            worker.stdin.write(repr(monitoring_job.order()) + "\n")
            worker.stdin.flush()
            eventually(lambda: find_processes(word))
            below = descendants(worker.pid)
        finally:
            worker.kill()
    yield monitoring_job, word, below
    send(signal.SIGKILL, below)


def eventually(is_so, seconds=120):
    deadline = time.monotonic() + seconds
    while not (found := is_so()) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert found


def test_nothing_is_left_of_a_job_whose_worker_was_killed(killed_worker, find_processes):
    job, word, below = killed_worker
    assert len(below) > 2
    if job.isolation == "plain":
        assert find_processes(word)
        kill_leftovers(job.scratch)
        assert find_processes(word) == []
    eventually(lambda: not find_processes(word) and not find_processes(str(job.scratch)))


ORPHANED = """
import os, signal, sys, threading, time
from pathlib import Path
from leeboard.jobs.box import job_box
from leeboard.jobs.confinement import VARIABLE, Confinement
from leeboard.jobs.local.launch import launch_file, starter
from leeboard.jobs.runners.child import run_child

folder, box = Path(sys.argv[1]), job_box(sys.argv[1], sys.argv[1]) if sys.argv[2] == "best" else []
program = starter(launch_file(folder, ["touch", str(folder / "ran")], os.environ, folder))
late = ["sh", "-c", 'touch "$0/begun"; while [ ! -e "$0/dead" ]; do sleep 0.05; done; exec "$@"', str(folder)]

def die():
    while not (folder / "begun").exists():
        time.sleep(0.01)
    os.kill(os.getpid(), signal.SIGKILL)

threading.Thread(target=die, daemon=True).start()
environment = {**os.environ, "TMPDIR": str(folder), VARIABLE: Confinement().text}
run_child([*late, *box, *program], environment, scratch=folder, max_runtime_s=60, leave_s=2, log=print,
          should_stop=lambda: False)
"""


def test_a_job_whose_worker_dies_before_the_job_can_know_it_never_runs(tmp_path, isolation, find_processes):
    folder = tmp_path / "job"
    folder.mkdir()
    worker = subprocess.run(
        [sys.executable, "-c", ORPHANED, str(folder), isolation], stdin=subprocess.DEVNULL, check=False
    )
    assert worker.returncode == -signal.SIGKILL
    assert find_processes(str(folder))
    (folder / "dead").touch()
    deadline = time.monotonic() + 60
    while find_processes(str(folder)) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not find_processes(str(folder))
    assert not (folder / "ran").exists()


IN_A_DEAF_BOX = """
import os, signal, sys, threading, time
from pathlib import Path
from leeboard.jobs.box import job_box
from leeboard.jobs.confinement import VARIABLE, Confinement
from leeboard.jobs.local.launch import launch_file, starter
from leeboard.jobs.runners.child import run_child

folder = Path(sys.argv[1])
sleep = ["sh", "-c", 'touch "$0/begun"; exec sleep 600', str(folder)]
box = [word for word in job_box(str(folder), str(folder)) if word != "--die-with-parent"]

def die():
    while not (folder / "begun").exists():
        time.sleep(0.01)
    os.kill(os.getpid(), signal.SIGKILL)

threading.Thread(target=die, daemon=True).start()
run_child([*box, *starter(launch_file(folder, sleep, os.environ, folder))],
          {**os.environ, "TMPDIR": str(folder), VARIABLE: Confinement().text}, scratch=folder,
          max_runtime_s=600, leave_s=2, log=print, should_stop=lambda: False)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="there are no boxes elsewhere")
def test_a_job_whose_box_was_too_late_to_see_the_worker_die_is_killed(tmp_path, boxed, find_processes):
    folder = tmp_path / "job"
    folder.mkdir()
    worker = subprocess.run(
        [sys.executable, "-c", IN_A_DEAF_BOX, str(folder)], stdin=subprocess.DEVNULL, check=False
    )
    assert worker.returncode == -signal.SIGKILL
    try:
        eventually(lambda: not find_processes(str(folder)))
    finally:
        for pid in find_processes(str(folder)):
            os.kill(pid, signal.SIGKILL)


@pytest.fixture
def held_box(tmp_path, monkeypatch, boxed):
    """A bwrap whose inner process waits for ever, as it does when its outer one is killed too early.

    Gives the file that is written as soon as the outer one dies with its parent.
    """
    told, gate, program = tmp_path / "told", tmp_path / "gate", tmp_path / "bin/bwrap"
    os.mkfifo(gate)
    program.parent.mkdir()
    real, words = shutil.which("bwrap"), "--block-fd 9 --info-fd 8"
    held = f'*"-m leeboard.jobs") exec {real} {words} "$@" 9<>{gate} 8>{told};;'
    program.write_text(f'#!/bin/sh\ncase "$*" in {held} esac\nexec {real} "$@"\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}:{os.environ['PATH']}")
    return told


def test_what_waits_in_a_box_for_its_killed_server_is_ended_by_the_next_one(
    baseline_job, held_box, find_processes
):
    order = baseline_job.order()
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, "-c", WORKER]
    with subprocess.Popen(command, stdin=subprocess.PIPE, env=environment, text=True) as worker:
        try:
            worker.stdin.write(repr(order) + "\n")
            worker.stdin.flush()
            eventually(lambda: held_box.exists() and held_box.read_text())
            kill_orphans(order.root)
            assert len(find_processes(str(order.root))) == 2  # as that server lives
        finally:
            worker.kill()
    eventually(lambda: len(find_processes(str(order.root))) == 1)
    kill_orphans(order.root)
    assert find_processes(str(order.root)) == []


@pytest.fixture
def many_open_files():
    """More than select() can tell apart."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and hard < 4096:
        pytest.skip(f"no more than {hard} files can be open here")
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, 4096), hard))
    files = [os.open(os.devnull, os.O_RDONLY) for _ in range(1100)]
    yield
    for file in files:
        os.close(file)
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_a_job_of_a_server_with_many_open_files_is_read(baseline_job, many_open_files):
    end = baseline_job.run()
    assert end.state == "Completed", end.message


def test_a_child_that_cannot_be_noted_is_ended_before_that_is_told(tmp_path, find_processes):
    (tmp_path / "process.json").mkdir()
    with pytest.raises(IsADirectoryError):
        run_child(
            ["sh", "-c", "sleep 600; true", str(tmp_path)],
            {**os.environ, "TMPDIR": str(tmp_path / "tmp")},
            scratch=tmp_path,
            max_runtime_s=600,
            leave_s=2,
            log=print,
            should_stop=lambda: False,
        )
    assert find_processes(str(tmp_path)) == []


def test_a_process_that_only_has_the_number_of_a_dead_job_is_left_alone(tmp_path):
    with subprocess.Popen(["sleep", "600"], start_new_session=True) as other:
        try:
            record(tmp_path, other.pid)
            told = json.loads((tmp_path / "process.json").read_text())
            (tmp_path / "process.json").write_text(json.dumps({**told, "started": told["started"] - 1}))
            kill_leftovers(tmp_path)
            assert other.poll() is None
            (tmp_path / "process.json").write_text(json.dumps(told))
            kill_leftovers(tmp_path)
            assert other.wait(120) == -signal.SIGKILL
        finally:
            other.kill()


def test_no_record_of_a_process_ends_nothing(tmp_path):
    (tmp_path / "process.json").write_text("{broken")
    kill_leftovers(tmp_path)
    kill_leftovers(tmp_path / "missing")
