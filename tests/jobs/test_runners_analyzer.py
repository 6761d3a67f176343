"""The built-in analyzer as a child process."""

import json
import os
import signal

import pytest

from leeboard.jobs.runners import upload_outputs

CLEAN = "Completed: Job completed successfully with no violations."
SLEEPING = """
import subprocess, time
subprocess.Popen(["sleep", "98765.{number}"], start_new_session=True)
def preprocess_handler(record):
    time.sleep(60)
"""


def report(job, name):
    return json.loads((job.results / name).read_text())


def test_a_baseline_job_leaves_statistics_and_constraints(baseline_job, isolation):
    baseline_job.isolation = isolation
    end = baseline_job.run()
    assert (end.state, end.exit_code, end.message, end.metrics) == ("Completed", 0, CLEAN, [])
    uris = upload_outputs(baseline_job.order())
    assert [uri.rpartition("/")[2] for uri in uris] == ["report.html", "constraints.json", "statistics.json"]
    assert report(baseline_job, "statistics.json")["dataset"]["item_count"] == 200
    assert "200 rows of 4 columns read" in baseline_job.log


def test_a_clean_window_completes_with_metrics(monitoring_job):
    end = monitoring_job.run()
    assert (end.state, end.message) == ("Completed", CLEAN)
    (age,) = [metric for metric in end.metrics if metric["MetricName"] == "feature_data_age"]
    assert age["StatisticValues"]["SampleCount"] == 400
    assert {"Name": "MonitoringSchedule", "Value": "hourly"} in age["Dimensions"]


def test_metrics_that_are_not_to_be_published_are_not_read(monitoring_job):
    monitoring_job.environment["publish_cloudwatch_metrics"] = "Disabled"
    assert monitoring_job.run().metrics == []


def test_violations_are_in_the_message_and_in_the_report_that_is_uploaded_last(monitoring_job):
    file = monitoring_job.folder / "store/baseline/constraints.json"
    constraints = json.loads(file.read_text())
    constraints["features"][3]["string_constraints"] = {"domains": ["a"]}
    file.write_text(json.dumps(constraints))
    end = monitoring_job.run()
    assert end.message == "CompletedWithViolations: Job completed successfully with 1 violations."
    assert upload_outputs(monitoring_job.order())[-1].endswith("constraint_violations.json")
    assert len(report(monitoring_job, "constraint_violations.json")["violations"]) == 1


def test_a_window_without_data_is_no_fault_of_the_machine(monitoring_job):
    monitoring_job.environment |= {"start_time": "2022-04-18T00:50:00Z", "end_time": "2022-04-18T00:55:00Z"}
    end = monitoring_job.run()
    assert (end.state, end.exit_code, end.is_retryable) == ("Failed", 2, False)
    assert end.message.startswith("Job inputs had no data: ")


def test_a_failing_script_names_the_record_and_the_line(monitoring_job, isolation):
    monitoring_job.isolation = isolation
    monitoring_job.script(
        "record_preprocessor_script",
        "def preprocess_handler(r):\n    print('seen')\n    raise ValueError('no')",
    )
    end = monitoring_job.run()
    assert (end.state, end.is_retryable) == ("Failed", False)
    assert end.message.startswith("Exception while invoking preprocessor script. Record 1 (event 00-0)")
    assert "line 3, in preprocess_handler" in end.message
    assert "seen" in monitoring_job.log


def test_a_postprocessor_finds_the_report_at_its_literal_path(monitoring_job, isolation):
    monitoring_job.isolation = isolation
    monitoring_job.script(
        "post_analytics_processor_script",
        """
import json, os, pathlib
def postprocess_handler():
    with open("/opt/ml/processing/output/constraint_violations.json") as file:
        print(json.load(file), os.path.exists("/opt/ml/processing/output/nothing"))
    folder = pathlib.Path("/opt/ml/processing/output/mine")
    folder.mkdir()
    (folder / "a.txt").write_text(" ".join(sorted(os.listdir("/opt/ml/processing/output"))))
""",
    )
    end = monitoring_job.run()
    assert (end.state, end.message) == ("Completed", CLEAN)
    assert "{'violations': []} False" in monitoring_job.log
    upload_outputs(monitoring_job.order())
    assert "mine report.html" in (monitoring_job.results / "mine/a.txt").read_text()


def test_a_script_that_crashes_shows_its_line_in_the_log(monitoring_job, isolation):
    monitoring_job.isolation = isolation
    monitoring_job.script(
        "record_preprocessor_script", "import os\ndef preprocess_handler(r):\n    os.abort()"
    )
    end = monitoring_job.run()
    assert "crashed (SIGABRT)" in end.message
    assert any("line 3 in preprocess_handler" in line for line in monitoring_job.log)


def stopper(find, word, act=lambda: True):
    """Says stop, or does something else once, when a process with that word runs."""
    done: list[bool] = []

    def should_stop():
        if not done and find(word):
            done.append(True)
            return act()
        return False

    return should_stop


def test_a_stop_ends_the_whole_tree(monitoring_job, isolation, find_processes):
    monitoring_job.isolation = isolation
    word = f"98765.1{os.getpid()}"
    monitoring_job.script("record_preprocessor_script", SLEEPING.format(number=word[6:]))
    end = monitoring_job.run(stopper(find_processes, word))
    assert (end.state, end.message) == ("Stopped", "The job was stopped by request.")
    assert find_processes(word) == []
    assert find_processes(str(monitoring_job.scratch)) == []


def test_a_job_that_runs_too_long_is_stopped(monitoring_job, isolation):
    monitoring_job.isolation, monitoring_job.max_runtime_s = isolation, 1
    monitoring_job.script("record_preprocessor_script", SLEEPING.format(number="2"))
    end = monitoring_job.run()
    assert end.state == "Stopped"
    assert "longer than the 1 s that MaxRuntimeInSeconds" in end.message


def test_a_job_that_is_killed_may_be_tried_again(monitoring_job, isolation, find_processes):
    monitoring_job.isolation = isolation
    word = f"98765.3{os.getpid()}"
    monitoring_job.script("record_preprocessor_script", SLEEPING.format(number=word[6:]))

    def kill():
        from leeboard.jobs.processes import descendants
        from leeboard.jobs.runners.leftovers import processes_of_job

        below = descendants(os.getpid()) + processes_of_job(monitoring_job.scratch)
        analyzers = {one.pid for one in below} & set(find_processes("-X utf8 -m leeboard.jobs"))
        os.kill(max(analyzers), signal.SIGKILL)  # the innermost: not the box around it
        return False

    end = monitoring_job.run(stopper(find_processes, word, kill))
    assert (end.state, end.exit_code, end.is_retryable) == ("Failed", 137, True)
    assert "killed by SIGKILL" in end.message
    assert find_processes(word) == []


def test_a_grandchild_in_a_session_of_its_own_ends_with_a_job_that_completes(
    monitoring_job, isolation, find_processes
):
    monitoring_job.isolation = isolation
    word = f"98765.4{os.getpid()}"
    source = SLEEPING.format(number=word[6:]).replace("time.sleep(60)", "return record")
    monitoring_job.script("record_preprocessor_script", source)
    assert monitoring_job.run().state == "Completed"
    assert find_processes(word) == []


def test_memory_is_limited(monitoring_job):
    monitoring_job.options = {"memory_bytes": 200 << 20}
    end = monitoring_job.run()
    assert (end.state, end.is_retryable) == ("Failed", True)
    assert "(it may use 200 MiB of memory)" in end.message


def test_variables_of_the_user_do_not_change_what_is_ours(baseline_job):
    baseline_job.environment |= {
        "PATH": "/nowhere", "PYTHONPATH": "/nowhere", "LEEBOARD_ROOT": "/nowhere", "TMPDIR": "/nowhere",
        "LD_PRELOAD": "/nowhere/x.so", "LEEBOARD_MOUNTS": "{}",
    }  # fmt: skip
    assert baseline_job.run().message == CLEAN


@pytest.mark.parametrize(
    ("name", "value", "reason"),
    [
        ("dataset_source", "/etc", "the path '/etc' is not below /opt/ml/"),
        ("dataset_source", "/opt/ml/../../etc", "'..' cannot be a part"),
        ("baseline_constraints", "/etc/passwd", "the path '/etc/passwd' is not below /opt/ml/"),
        ("output_path", "/tmp/elsewhere", "the path '/tmp/elsewhere' is not below /opt/ml/"),
        ("output_path", "s3://bucket/elsewhere", "the job writes to s3://bucket/elsewhere"),
        ("output_message_file", "/tmp/message", "'/tmp/message' is not below /opt/ml/"),
        ("dataset_source", "/opt/ml/processing/wrong", "no input with objects is mounted at or below"),
    ],
)
def test_paths_that_lead_out_of_the_job_are_refused(baseline_job, name, value, reason):
    baseline_job.environment[name] = value
    end = baseline_job.run()
    assert (end.state, end.is_retryable) == ("Failed", False)
    assert reason in end.message


def test_an_input_without_objects_fails_with_the_sentence_of_aws_and_the_cause(baseline_job):
    baseline_job.inputs["more"] = (str(baseline_job.folder / "stor"), "/opt/ml/processing/input/more")
    end = baseline_job.run()
    assert (end.state, end.is_retryable) == ("Failed", False)
    assert end.message.startswith(f'No S3 objects found under S3 URL "{baseline_job.folder}/stor" given in ')
    assert "selected region (eu-west-3)" in end.message
    assert "did you mean 'store'?" in end.message


def test_inputs_that_may_be_missing_are_left_out(monitoring_job):
    missing = str(monitoring_job.folder / "store/capture/churn/AllTraffic/2022/04/18/02")
    monitoring_job.inputs["late"] = (
        missing,
        "/opt/ml/processing/input/endpoint/churn/AllTraffic/2022/04/18/02",
    )
    assert monitoring_job.run().state == "Failed"
    monitoring_job.options = {"optional_inputs": frozenset({"late"})}
    assert monitoring_job.run().state == "Completed"
    assert any("input late is left out" in line for line in monitoring_job.log)


def test_a_manifest_names_the_objects_that_are_read(baseline_job):
    store = baseline_job.folder / "store"
    (store / "train" / "broken.csv").write_text("1\n")
    manifest = store / "list.manifest"
    manifest.write_text(json.dumps([{"prefix": f"{store}/"}, "train/train.csv"]))
    baseline_job.inputs = {
        "baseline_dataset_input": (str(manifest), "/opt/ml/processing/input/baseline_dataset_input")
    }
    baseline_job.kinds = {"baseline_dataset_input": "ManifestFile"}
    assert baseline_job.run().message == CLEAN
    manifest.write_text('{"no": "manifest"}')
    assert "list.manifest is no manifest" in baseline_job.run().message


def test_a_script_sees_no_secret_of_the_server(monitoring_job, boxed, monkeypatch):
    home = monitoring_job.folder
    (home / "keys.json").write_text("TOPSECRET")
    monkeypatch.setenv("LEEBOARD_OBJECTS", str(home / "objects"))
    for name in ("AWS_SECRET_ACCESS_KEY", "DATABASE_URL", "LEEBOARD_TOKEN"):
        monkeypatch.setenv(name, "TOPSECRET")
    monitoring_job.script(
        "post_analytics_processor_script",
        f"""
import glob, os
def postprocess_handler():
    found = [str(dict(os.environ))]
    for path in [{str(home / "keys.json")!r}, *glob.glob("/proc/*/environ")]:
        try:
            found.append(open(path).read())
        except OSError as error:
            found.append(str(error))
    text = " ".join(found)
    n_processes = len(glob.glob("/proc/[0-9]*"))
    print("SECRET" in text, "LEEBOARD" in text, n_processes, os.path.exists({str(home)!r} + "/store"))
    try:
        open("/usr/bin/mine", "w")
    except OSError as error:
        print(error.strerror)
""",
    )
    assert monitoring_job.run().state == "Completed"
    assert "False False 2 False" in monitoring_job.log
    assert "Read-only file system" in monitoring_job.log


def test_without_a_box_a_script_still_has_no_secret_in_its_variables(monitoring_job, monkeypatch):
    monitoring_job.isolation = "plain"
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "TOPSECRET")
    monkeypatch.setenv("DATABASE_URL", "TOPSECRET")
    monitoring_job.script(
        "post_analytics_processor_script",
        "import os\ndef postprocess_handler(): print('seen', 'TOPSECRET' in str(os.environ))",
    )
    assert monitoring_job.run().state == "Completed"
    assert "seen False" in monitoring_job.log
    assert any("scripts run without a box" in line for line in monitoring_job.log)


def test_links_that_a_script_left_are_not_uploaded(monitoring_job, isolation):
    monitoring_job.isolation = isolation
    (monitoring_job.folder / "keys.json").write_text("TOPSECRET")
    monitoring_job.script(
        "post_analytics_processor_script",
        f"""
import os
def postprocess_handler():
    os.symlink({str(monitoring_job.folder / "keys.json")!r}, "/opt/ml/processing/output/link.json")
    os.symlink({str(monitoring_job.folder)!r}, "/opt/ml/processing/output/folder")
    os.mkfifo("/opt/ml/processing/output/pipe")
""",
    )
    end = monitoring_job.run()
    assert end.message == CLEAN
    uris = upload_outputs(monitoring_job.order())
    assert {uri.rpartition("/")[2] for uri in uris} == {
        "report.html", "summary.json", "constraints.json", "statistics.json", "constraint_violations.json",
    }  # fmt: skip


def test_a_second_run_finds_an_empty_scratch_folder(baseline_job):
    baseline_job.run()
    left = baseline_job.scratch / "opt/ml/processing/output/old.txt"
    left.write_text("old")
    assert baseline_job.run().state == "Completed"
    assert not left.exists()
    assert baseline_job.scratch.stat().st_mode & 0o777 == 0o700
