"""Programs of this machine in place of images: the contract from inputs to exit code."""

import os
import signal
import sys

import pytest

from leeboard.jobs.runners import upload_outputs

STORY = """
at("/opt/ml/output/message").write_text("CompletedWithViolations: 2")
found = at("/opt/ml/processing/input/data/a.csv").read_text()
at("/opt/ml/processing/output/found.txt").write_text(found)
at("/opt/ml/output/metrics/cloudwatch/m.jsonl").write_text(json.dumps({"MetricName": "n", "Value": 2}))
told = json.loads(at("/opt/ml/config/processingjobconfig.json").read_text())
print(told["ProcessingJobName"], *sys.argv[1:])
print("oops", file=sys.stderr)
"""


def test_inputs_outputs_message_metrics_and_lines_are_as_in_a_container(own):
    own.app["ContainerArguments"] = ["--limit", "a b"]
    own.options["environment"] = {"publish_cloudwatch_metrics": "Enabled"}
    end = own.run(STORY)
    assert (end.state, end.exit_code, end.message) == ("Completed", 0, "CompletedWithViolations: 2")
    assert [metric["MetricName"] for metric in end.metrics] == ["n"]
    upload_outputs(own.order())
    assert (own.results / "found.txt").read_text() == "1,2\n"
    assert "own-1 --limit a b" in own.log
    assert "oops" in own.log


def test_a_program_that_writes_nothing_completes_without_a_message(own):
    end = own.run("")
    assert (end.state, end.exit_code, end.message) == ("Completed", 0, "")


def test_a_failure_has_its_code_and_the_end_of_its_log_as_the_reason(own):
    end = own.run("sys.exit('no such column')")
    assert (end.state, end.exit_code, end.is_retryable) == ("Failed", 1, False)
    assert end.message.startswith("The program ended with exit code 1 and left no message. Last lines")
    assert end.message.endswith("no such column")


def test_a_program_that_is_killed_says_by_what(own):
    end = own.run("os.kill(os.getpid(), 9)")
    assert (end.state, end.exit_code) == ("Failed", 137)
    assert "killed by SIGKILL" in end.message


def test_a_program_that_is_not_there_is_named_with_the_folder(own):
    own.route = {"command": "./no-such-program --now"}
    end = own.run("")
    assert (end.state, end.exit_code) == ("Failed", 127)
    assert f"'./no-such-program' cannot be started in {own.programs}: No such file" in end.message


def test_a_program_sees_the_variables_of_its_job_and_none_of_the_server(own, monkeypatch):
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "hidden")
    monkeypatch.setenv("LEEBOARD_SECRET_ACCESS_KEY", "hidden")
    own.options["environment"] = {"limit": "3", "LD_PRELOAD": "/opt/ml/x.so", "PATH": "/opt/ml", "HOME": "/"}
    end = own.run("print(json.dumps(dict(os.environ)))")
    assert end.state == "Completed", end.message
    seen = next(line for line in own.log if line.startswith("{"))
    assert "hidden" not in seen
    assert '"limit": "3"' in seen
    assert "LD_PRELOAD" not in seen
    assert f'"PATH": "{os.environ["PATH"]}"' in seen
    assert any("do not take from jobs: HOME, LD_PRELOAD, PATH" in line for line in own.log)


def test_the_entry_point_of_a_request_is_not_run_on_this_machine(own):
    own.app["ContainerEntrypoint"] = ["/bin/sh", "-c", "touch /opt/ml/x"]
    assert own.run("print('mine')").state == "Completed"
    assert "mine" in own.log
    assert any("ContainerEntrypoint /bin/sh -c" in line and "is not run" in line for line in own.log)


def test_a_module_beside_the_map_runs_by_the_python_of_the_server(own):
    (own.programs / "watch").mkdir()
    (own.programs / "watch/__init__.py").write_text("")
    (own.programs / "watch/text.py").write_text("import sys, numpy\nprint('text', sys.argv[1:])")
    own.route = {"module": "watch.text"}
    own.app["ContainerArguments"] = ["--once"]
    assert own.run("").state == "Completed"
    assert "text ['--once']" in own.log


def test_a_stop_ends_a_program_and_what_it_started(own, find_processes):
    mark = f"left-{os.getpid()}-{own.isolation}"
    end = own.run(
        "import subprocess\n"
        f"subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(99)', '{mark}'])\n"
        "print('begun', flush=True); time.sleep(99)",
        should_stop=lambda: "begun" in own.log,
    )
    assert (end.state, end.message) == ("Stopped", "The job was stopped by request.")
    assert find_processes(mark) == []


def test_a_program_that_takes_too_long_is_stopped(own):
    own.max_runtime_s = 1
    end = own.run("time.sleep(99)")
    assert end.state == "Stopped"
    assert "longer than the 1 s that MaxRuntimeInSeconds" in end.message


def test_a_program_has_no_more_memory_than_a_job_may_have(own):
    own.options["memory_bytes"] = 300 << 20
    end = own.run("bytearray(400 << 20)")
    assert end.state == "Failed"
    assert "MemoryError" in end.message


def test_an_input_without_objects_fails_before_the_program_runs(own):
    own.request["ProcessingInputs"] = [
        {"InputName": "x", "S3Input": {"S3Uri": str(own.folder / "no"), "LocalPath": "/opt/ml/x"}}
    ]
    end = own.run("print('begun')")
    assert end.state == "Failed"
    assert end.message.startswith("No S3 objects found under S3 URL")
    assert "begun" not in own.log


def test_network_isolation_leaves_no_network_or_is_refused(own):
    own.request["NetworkConfig"] = {"EnableNetworkIsolation": True}
    end = own.run("import socket; print('lines:', len(open('/proc/net/dev').read().splitlines()))")
    if own.isolation == "plain":
        assert end.state == "Failed"
        assert "EnableNetworkIsolation" in end.message
        assert "bubblewrap" in end.message
    else:
        assert "lines: 3" in own.log  # two of the head, and the loopback


@pytest.mark.usefixtures("boxed")
def test_in_a_box_neither_the_home_of_the_server_nor_other_files_can_be_written_or_seen(own):
    if own.isolation == "plain":
        pytest.skip("without a box a program sees what the server sees")
    own.home.mkdir()
    (own.home / "keys.json").write_text("secret")
    end = own.run(f"""
print("home:", sorted(os.listdir({str(own.home)!r})))
print("mine:", sorted(os.listdir({str(own.programs)!r})))
Path("/tmp/mine").write_text("x")
for place in ({str(own.programs)!r}, "/usr", "/opt/ml/processing/input"):
    try: Path(place, "x").write_text("x"); print("wrote", place)
    except OSError as error: print("refused", place)
""")
    assert end.state == "Completed", end.message
    assert "home: ['work']" in own.log
    assert "mine: ['jobs.json', 'monitor.py']" in own.log
    assert {"refused /usr", f"refused {own.programs}"} <= set(own.log)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells what a process ignores")
def test_a_program_finds_the_signals_of_pipes_and_file_sizes_as_a_shell_gives_them(own):
    """Python ignores both for itself, and what it becomes would inherit that."""
    own.route = {"command": "grep SigIgn /proc/self/status"}
    assert own.run("").state == "Completed"
    (line,) = (line for line in own.log if "SigIgn" in line)
    ignored = int(line.split()[1], 16)
    assert [one for one in (signal.SIGPIPE, signal.SIGXFSZ) if ignored >> (one - 1) & 1] == []
