"""Own images in real containers: the contract from inputs to exit code."""

import gzip
import json
import os

import pytest

from leeboard.jobs.runners import run_processing, upload_outputs

IN, OUT = "/opt/ml/processing/input", "/opt/ml/processing/output"
MESSAGE = "/opt/ml/output/message"


def test_a_container_that_writes_nothing_completes_without_a_message(own):
    end = own.run("true")
    assert (end.state, end.exit_code, end.message, end.metrics) == ("Completed", 0, "", [])


def test_message_outputs_and_lines_come_back(own):
    end = own.run(
        f"echo one; echo two >&2; echo -n 'Completed: fine' > {MESSAGE}; mkdir {OUT}/a; echo 3 > {OUT}/a/b"
    )
    assert (end.state, end.message) == ("Completed", "Completed: fine")
    assert {"one", "two"} <= set(own.log)
    upload_outputs(own.order(""))
    assert (own.folder / "results/a/b").read_text() == "3\n"


def test_a_failure_has_its_code_and_the_end_of_its_log_as_the_reason(own):
    end = own.run("echo no such column; exit 3")
    assert (end.state, end.exit_code, end.is_retryable) == ("Failed", 3, False)
    assert end.message.startswith("The container ended with exit code 3 and left no message. Last lines")
    assert end.message.endswith("no such column")


@pytest.mark.slow
def test_the_message_of_a_failure_is_its_reason_and_its_outputs_are_kept(own):
    end = own.run(f"echo half > {OUT}/part; echo 'out of luck' > {MESSAGE}; exit 1")
    assert (end.state, end.message) == ("Failed", "out of luck")
    assert (own.left() / "processing/output/part").read_text() == "half\n"


def test_inputs_lie_at_their_paths_and_cannot_be_changed(own):
    own.put("data", {"a.csv": b"1\n", "deep/er/b.csv": b"2\n"}, f"{IN}/data")
    own.put("one", {"train.csv": b"3\n"}, f"{IN}/one")
    own.inputs[1]["S3Input"]["S3Uri"] += "/train.csv"
    end = own.run(f"cd {IN}; cat data/a.csv data/deep/er/b.csv one/train.csv; echo x > data/c || exit 9")
    assert own.log.count("1") == own.log.count("2") == own.log.count("3") == 1
    assert end.exit_code == 9
    assert "Read-only file system" in end.message


@pytest.mark.slow
def test_a_manifest_brings_the_objects_that_it_names(own):
    own.put(
        "data",
        {"a.csv": b"aa\n", "b/c.csv": b"cc\n", "d.csv": b"dd\n"},
        f"{IN}/data",
        S3DataType="ManifestFile",
    )
    store = own.folder / "store"
    (store / "names.manifest").write_text(json.dumps([{"prefix": f"{store}/data/"}, "a.csv", "b/c.csv"]))
    own.inputs[0]["S3Input"]["S3Uri"] = str(store / "names.manifest")
    assert own.run(f"cd {IN}/data; cat a.csv b/c.csv; ! cat d.csv").state == "Completed"
    assert {"aa", "cc"} <= set(own.log)


@pytest.mark.slow
def test_gzip_is_unpacked_and_what_is_none_is_told(own):
    own.put("data", {"a.csv.gz": gzip.compress(b"zipped\n")}, f"{IN}/data", S3CompressionType="Gzip")
    assert own.run(f"cat {IN}/data/a.csv").state == "Completed"
    assert "zipped" in own.log
    own.put("data", {"b.csv.gz": b"plain"}, f"{IN}/more", S3CompressionType="Gzip")
    end = own.run("true")
    assert "b.csv.gz is to be unpacked, but is not gzip" in end.message


def test_configuration_and_environment_are_those_of_the_contract(own):
    own.environment = {"dataset_format": '{"csv": {"header": true}}', "empty": "", "two": "a\nb"}
    config = "/opt/ml/config"
    show = f'cat {config}/resourceconfig.json; echo; echo "=$dataset_format=$empty=$two="'
    end = own.run(f"{show}; cat {config}/processingjobconfig.json > {OUT}/c; env > {OUT}/env")
    assert end.state == "Completed"
    assert "=" + own.environment["dataset_format"] + "==a" in own.log
    config = json.loads((own.left() / "processing/output/c").read_text())
    assert config["Environment"] == own.environment
    names = {
        line.partition("=")[0] for line in (own.left() / "processing/output/env").read_text().splitlines()
    }
    assert not any(name.startswith(("AWS_", "LEEBOARD")) for name in names)


@pytest.mark.slow
def test_metrics_are_taken_if_they_are_to_be_published(own):
    metric = '{"MetricName": "rows", "Value": 3, "Timestamp": "2026-01-01T00:00:00Z"}'
    command = f"echo '{metric}' > /opt/ml/output/metrics/cloudwatch/m.json"
    assert own.run(command).metrics == []
    own.environment = {"publish_cloudwatch_metrics": "Enabled"}
    assert [one["MetricName"] for one in own.run(command).metrics] == ["rows"]


def test_it_has_no_rights_few_processes_and_its_limits(own):
    own.options = {"memory_bytes": 64 << 20, "n_cpus": 0.5}
    end = own.run("cat /proc/self/status; cat /sys/fs/cgroup/memory/memory.limit_in_bytes; exit 0")
    assert end.state == "Completed"
    told = dict(line.split(":\t", 1) for line in own.log if ":\t" in line)
    assert int(told["CapEff"], 16) == int(told["CapPrm"], 16) == 0
    assert told["NoNewPrivs"] == "1"


def test_a_container_above_its_memory_is_killed_and_told_of_its_limit(own):
    own.options = {"memory_bytes": 32 << 20}
    end = own.run("x=aaaaaaaaaaaaaaaa; while true; do x=$x$x; done")
    assert (end.state, end.exit_code, end.is_retryable) == ("Failed", 137, False)
    assert "ran out of memory (it may use 32 MiB)" in end.message


def test_a_container_can_be_stopped_and_its_outputs_are_kept(own):
    end = own.run(f"trap '' TERM; echo x > {OUT}/f; echo ready; sleep 600", lambda: "ready" in own.log)
    assert (end.state, end.exit_code, end.message) == ("Stopped", None, "The job was stopped by request.")
    assert (own.left() / "processing/output/f").exists()


@pytest.mark.slow
def test_a_container_that_runs_too_long_is_stopped(own):
    own.max_runtime_s = 1.5
    end = own.run("sleep 600")
    assert end.state == "Stopped"
    assert "ran longer than the 1.5 s that MaxRuntimeInSeconds" in end.message


def test_an_isolated_container_has_no_network_but_its_own(own):
    own.request = {"NetworkConfig": {"EnableNetworkIsolation": True}}
    assert own.run("ip -o link").state == "Completed"
    links = [line for line in own.log if ": lo:" in line or ": eth" in line]
    assert len(links) == 1
    assert ": lo:" in links[0]


@pytest.mark.slow
def test_an_image_that_is_not_there_and_cannot_be_pulled_says_so(own):
    own.image = "localhost:1/none:1"
    end = own.run("true")
    assert (end.state, end.is_retryable) == ("Failed", False)
    assert "the image localhost:1/none:1 is not at the container engine unix://" in end.message
    assert "could not be pulled" in end.message


def test_a_program_that_is_not_in_the_image_says_so(own):
    order = own.order("true")
    order.request["AppSpecification"]["ContainerEntrypoint"] = ["/no/such/program"]
    end = run_processing(order, log=own.log.append, should_stop=lambda: False)
    assert (end.state, end.is_retryable) == ("Failed", False)
    assert "does not start" in end.message
    assert "/no/such/program" in end.message


def test_links_and_devices_in_outputs_are_left_out(own):
    (own.folder / "secret").write_text("of the machine")
    end = own.run(
        f"cd {OUT}; ln -s {own.folder}/secret link; ln -s / root; echo x > real; ln real twin;"
        f" ln -s {own.folder}/secret {MESSAGE}; touch \"$(echo -e 'a\\tb')\""
    )
    assert (end.state, end.message) == ("Completed", "")
    upload_outputs(own.order(""))
    assert len(os.listdir(own.folder / "results")) == 1  # one of the twins is a plain file
    assert any("are no plain files, such as links, and are left out" in line for line in own.log)


@pytest.mark.slow
def test_outputs_above_the_volume_fail_the_job(own):
    own.request = {"ProcessingResources": {"ClusterConfig": {"VolumeSizeInGB": 1}}}
    end = own.run(f"dd if=/dev/zero of={OUT}/big bs=1 count=1 seek=1100000000")
    assert (end.state, end.is_retryable) == ("Failed", False)
    assert "wrote more than the 1.0 GiB of its volume" in end.message


@pytest.mark.slow
def test_a_user_who_is_not_root_reads_inputs_and_writes_outputs(own, engine):
    own.put("data", {"a.csv": b"mine\n"}, f"{IN}/data")
    own.outputs = {f"{OUT}/deep": "results"}
    with engine.built("user", "USER 1000:1000") as own.image:
        end = own.run(f"id -u; cat {IN}/data/a.csv > {OUT}/deep/copy && echo Completed > {MESSAGE}")
    assert (end.state, end.message) == ("Completed", "Completed"), own.log
    assert "1000" in own.log
    assert (own.left() / "processing/output/deep/copy").read_text() == "mine\n"


@pytest.mark.slow
def test_lines_arrive_while_it_runs(own):
    seen: list[bool] = []

    def should_stop():
        seen.append("first" in own.log)
        return seen[-1]

    assert own.run("echo first; sleep 600", should_stop).state == "Stopped"
    assert seen[-1]


def test_a_folder_that_is_input_and_output_is_refused(own):
    own.put("data", {"a": b""}, OUT)
    assert f"{OUT} is the LocalPath of an input and of an output" in own.run("true").message


@pytest.mark.parametrize("engine_name", ["none", "ftp://x", "unix:///no/such.sock"])
def test_without_an_engine_the_job_says_what_to_do(own_anywhere, engine_name):
    own_anywhere.engine = engine_name
    end = own_anywhere.run("true")
    assert end.state == "Failed"
    assert "container" in end.message
