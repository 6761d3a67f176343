"""leeboard in containers: the analyzer in a processing job, and the server."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import BotoCoreError

from api_documents import BUCKET
from api_documents import processing as baseline
from live_server import KEY, REGION, SECRET, until
from s3_server import free_ports

pytestmark = pytest.mark.slow
CSV = '{"csv": {"header": true, "output_columns_position": "START"}}'
INPUT, OUTPUT = "/opt/ml/processing/input/data", "/opt/ml/processing/output"
TOLD = {
    "dataset_source": INPUT,
    "dataset_format": CSV,
    "output_path": OUTPUT,
    "publish_cloudwatch_metrics": "Enabled",
}


def laid_out(folder: Path, rows: list[str]) -> Path:
    """What a platform mounts at /opt/ml."""
    for place in ("processing/input/data", "processing/output", "output/metrics/cloudwatch"):
        (folder / place).mkdir(parents=True)
    (folder / "processing/input/data/data.csv").write_text("\n".join(["spend,plan", *rows]) + "\n")
    return folder


def job(podman, image, folder: Path, *options: str, **variables: str):
    """A processing job of the image, without network; gives what podman said."""
    told = [word for name, value in {**TOLD, **variables}.items() for word in ("-e", f"{name}={value}")]
    mounted = ["-v", f"{folder}:/opt/ml"]
    return podman("run", "--rm", "--network=none", *mounted, *told, *options, image, check=False)


def found(folder: Path, name: str):
    return json.loads((folder / "processing/output" / name).read_text())


GOOD = [f"{n % 50}.5,{'ab'[n % 2]}" for n in range(300)]
BAD = [f"{n % 50 + 300}.5,{'abc'[n % 3]}" for n in range(300)]


def test_the_analyzer_makes_a_baseline_and_finds_what_breaks_it(podman, analyzer_image, tmp_path):
    first = laid_out(tmp_path / "first", GOOD)
    done = job(podman, analyzer_image, first)
    assert done.returncode == 0, done.stderr
    assert (first / "output/message").read_text().startswith("Completed:")
    second = laid_out(tmp_path / "second", BAD)
    (second / "processing/baseline").mkdir()
    for name in ("constraints", "statistics"):
        (second / f"processing/baseline/{name}.json").write_text(json.dumps(found(first, f"{name}.json")))
    places = {
        f"baseline_{name}": f"/opt/ml/processing/baseline/{name}.json"
        for name in ("constraints", "statistics")
    }
    checked = job(podman, analyzer_image, second, **places)
    assert checked.returncode == 0, checked.stderr
    assert (second / "output/message").read_text().startswith("CompletedWithViolations:")
    kinds = {
        one["constraint_check_type"] for one in found(second, "constraint_violations.json")["violations"]
    }
    assert kinds == {"baseline_drift_check", "categorical_values_check"}
    assert "feature_data_spend" in (second / "output/metrics/cloudwatch/metrics.jsonl").read_text()
    assert (second / "processing/output/report.html").exists()


def test_the_analyzer_runs_for_another_user_in_a_root_that_is_read_only(podman, analyzer_image, tmp_path):
    folder = laid_out(tmp_path / "ml", GOOD)
    for place in (folder, *folder.rglob("*")):
        os.chown(place, 10001, 10001)
    os.chmod(tmp_path, 0o755)
    done = job(podman, analyzer_image, folder, "--user=10001:10001", "--read-only", "--cap-drop=all")
    assert done.returncode == 0, done.stderr
    assert found(folder, "statistics.json")["dataset"]["item_count"] == 300


def test_the_analyzer_ends_with_a_code_and_a_reason_where_there_is_nothing_to_analyse(
    podman, analyzer_image, tmp_path
):
    folder = laid_out(tmp_path / "ml", GOOD)
    (folder / "processing/input/data/data.csv").unlink()
    done = job(podman, analyzer_image, folder)
    assert done.returncode == 2
    assert (folder / "output/message").read_text()


@contextmanager
def served(podman, image: str, port: int) -> Iterator[str]:
    """A server in a container, on the machine's loopback."""
    keys = ["-e", f"LEEBOARD_ACCESS_KEY_ID={KEY}", "-e", f"LEEBOARD_SECRET_ACCESS_KEY={SECRET}"]
    name = podman("run", "-d", "--network=host", *keys, image, "serve", "--port", str(port)).stdout.strip()
    try:
        yield name
    finally:
        podman("rm", "-f", "-v", name)


def client(service: str, port: int):
    return boto3.client(
        service,
        endpoint_url=f"http://127.0.0.1:{port}",
        region_name=REGION,
        aws_access_key_id=KEY,
        aws_secret_access_key=SECRET,
        config=Config(retries={"total_max_attempts": 1}),
    )


def test_the_server_answers_boto3_and_runs_a_job_without_being_root(podman, server_image):
    (port,) = free_ports(1)
    with served(podman, server_image, port) as name:
        sm, store = client("sagemaker", port), client("s3", port)
        until(lambda: answers(sm))
        store.put_object(Bucket=BUCKET, Key="first/data.csv", Body="a,b\n" + "1,x\n2,y\n" * 50)
        sm.create_processing_job(**baseline("first"))
        told = until(
            lambda: sm.describe_processing_job(ProcessingJobName="first"),
            lambda told: told["ProcessingJobStatus"] != "InProgress",
        )
        assert told["ProcessingJobStatus"] == "Completed", told
        assert store.get_object(Bucket=BUCKET, Key="first/results/constraints.json")["Body"].read()
        assert podman("exec", name, "id", "-u").stdout.strip() == "10001"
        store.close()
        sm.close()


def answers(sm) -> bool:
    try:
        return "MonitoringScheduleSummaries" in sm.list_monitoring_schedules()
    except BotoCoreError:
        return False
