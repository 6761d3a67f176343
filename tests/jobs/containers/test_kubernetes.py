"""Own images as Jobs of Kubernetes, at a server that speaks the part of its API that is asked."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from kubernetes_server import CLAIM, TestCluster, kubernetes_server
from leeboard.errors import InputError
from leeboard.jobs.box import boxes_here
from leeboard.jobs.containers.cluster_name import ClusterName
from leeboard.jobs.containers.finding import checked_name
from leeboard.jobs.containers.leftovers import record, remove_container
from leeboard.jobs.runners import upload_outputs

IN, OUT = "/opt/ml/processing/input", "/opt/ml/processing/output"
MESSAGE = "/opt/ml/output/message"


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[TestCluster]:
    if not boxes_here().job:
        pytest.skip(f"no boxes for its pods can be had here: {boxes_here().why_not}")
    with kubernetes_server(tmp_path) as running:
        yield running


@pytest.fixture
def own(own_anywhere, cluster):
    own_anywhere.engine, own_anywhere.image = cluster.engine, "registry.example/mine:1"
    yield own_anywhere
    assert not cluster.pods


def test_a_pod_reads_inputs_and_its_message_outputs_and_lines_come_back(own):
    own.put("data", {"deep/a.csv": b"row\n"}, f"{IN}/data")
    end = own.run(f"cat {IN}/data/deep/a.csv; echo x > {OUT}/f; echo -n 'Completed: so' > {MESSAGE}")
    assert (end.state, end.exit_code, end.message) == ("Completed", 0, "Completed: so")
    assert "row" in own.log
    upload_outputs(own.order(""))
    assert (own.folder / "results/f").read_text() == "x\n"


def test_its_inputs_cannot_be_written_and_a_failure_has_the_end_of_its_log(own):
    own.put("data", {"a.csv": b""}, f"{IN}/data")
    end = own.run(f"echo x > {IN}/data/b || exit 4")
    assert (end.state, end.exit_code, end.is_retryable) == ("Failed", 4, False)
    assert "Read-only file system" in end.message


def test_a_job_has_no_rights_and_its_limits(own, cluster):
    own.options = {"memory_bytes": 1 << 30, "n_cpus": 1.5}
    own.environment = {"plain": "a $(HOME) b"}
    assert own.run("true").state == "Completed"
    (job,) = cluster.made
    pod = job["spec"]["template"]["spec"]
    (container,) = pod["containers"]
    assert pod["automountServiceAccountToken"] is False
    assert pod["volumes"] == [{"name": "job", "persistentVolumeClaim": {"claimName": CLAIM}}]
    assert container["securityContext"]["capabilities"] == {"drop": ["ALL"]}
    assert container["resources"] == {"limits": {"memory": "1073741824", "cpu": "1.5"}}
    assert container["env"] == [{"name": "plain", "value": "a $$(HOME) b"}]
    assert (job["spec"]["backoffLimit"], job["spec"]["activeDeadlineSeconds"]) == (0, 180)
    assert job["metadata"]["annotations"]["leeboard.scratch"] == str(own.folder / "work" / "1")


def test_a_pod_can_be_stopped(own):
    end = own.run("echo ready; sleep 600", lambda: "ready" in own.log)
    assert (end.state, end.message) == ("Stopped", "The job was stopped by request.")


def test_a_pod_that_runs_too_long_is_stopped(own):
    own.max_runtime_s = 1.0
    assert "ran longer than the 1 s" in own.run("sleep 600").message


def test_a_pod_that_ran_out_of_memory_says_so(own):
    own.options = {"memory_bytes": 1 << 30}
    end = own.run("exit 99")
    assert "exit code 137, as it ran out of memory (it may use 1.0 GiB)" in end.message


def test_an_image_that_cannot_be_pulled_says_so(own):
    own.image = "registry.example/missing:1"
    end = own.run("true")
    assert (end.state, end.is_retryable) == ("Failed", False)
    assert end.message == "the image does not start: ImagePullBackOff: no such image"


def test_an_isolated_job_needs_a_policy_that_takes_its_network(own, cluster):
    own.request = {"NetworkConfig": {"EnableNetworkIsolation": True}}
    assert "has no NetworkPolicy leeboard-no-network" in own.run("true").message
    cluster.policies.add("leeboard-no-network")
    assert own.run("true").state == "Completed"
    labels = cluster.made[-1]["spec"]["template"]["metadata"]["labels"]
    assert labels["leeboard/network"] == "leeboard-no-network"


def test_the_job_of_a_dead_worker_is_removed_by_what_it_noted(own, cluster, tmp_path):
    job = {
        "metadata": {"name": "left"},
        "spec": {"template": {"spec": {"containers": [{"image": "missing"}]}}},
    }
    cluster.create(job)
    record(tmp_path, engine=cluster.engine, container="left")
    remove_container(tmp_path)
    assert not cluster.pods
    remove_container(tmp_path)


def test_a_scratch_folder_that_is_not_on_the_volume_is_told(own, cluster):
    own.engine = cluster.engine.replace(str(cluster.volume), "/somewhere/else")
    assert "is not on the volume that is mounted at /somewhere/else" in own.run("true").message


def test_outside_of_a_cluster_it_says_what_to_do(own, monkeypatch):
    monkeypatch.delenv("KUBERNETES_SERVICE_HOST", raising=False)
    own.engine = f"kubernetes:monitors?claim={CLAIM}"
    end = own.run("true")
    assert (end.state, end.is_retryable) == ("Failed", False)
    assert "run kubectl proxy" in end.message


def test_names_of_clusters_are_read():
    assert ClusterName.of("kubernetes:?claim=homes") == ClusterName("", "homes")
    assert ClusterName.of("kubernetes:a?claim=b&mounted=/c").mounted == "/c"


@pytest.mark.parametrize(
    "name", ["kubernetes", "kubernetes:a", "kubernetes:A/b?claim=c", "kubernetes:a?claim=b&x=1"]
)
def test_a_name_of_no_cluster_is_refused_at_the_start(name):
    with pytest.raises(InputError, match="expected kubernetes:NAMESPACE"):
        checked_name(name)
