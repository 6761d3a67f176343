"""Model servers as processes, made of the files of docs/model-servers.md, and how they are monitored."""

import csv
import ctypes
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

import pytest

from live_server import ACCOUNT, REGION, ROLE, LiveServer, in_service, live_server
from s3_server import free_ports

ROOT = Path(__file__).parents[2]
FILE = re.compile(r"^```\w+ file=(\S+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
BUCKET = f"sagemaker-{REGION}-{ACCOUNT}"
ANALYZER = "156813124566.dkr.ecr.us-east-1.amazonaws.com/sagemaker-model-monitor-analyzer"
START_S, END_S, WORK_S = 240, 30, 300
FOUND = {0, 3}
"""Exit codes of a schedule that ran: clean, violations."""


@contextmanager
def running(
    command: Sequence[str], folder: Path, is_ready: Callable[[], bool], variables: Mapping[str, str]
) -> Iterator["subprocess.Popen[bytes]"]:
    """A program that runs until the block ends, and had then time to end by itself; with its whole group."""
    log = folder / f"{Path(command[0]).name}.log"
    with log.open("ab") as output:
        process = subprocess.Popen(
            command, cwd=folder, env={**plain(), **variables}, stdin=subprocess.DEVNULL, stdout=output,
            stderr=subprocess.STDOUT, start_new_session=True,
            preexec_fn=die_with_parent if sys.platform == "linux" else None,
        )  # fmt: skip
    try:
        deadline = time.monotonic() + START_S
        while not is_ready():
            if process.poll() is not None or time.monotonic() > deadline:
                raise AssertionError(f"{command[0]} did not start: {log.read_text()[-3000:]}")
            time.sleep(0.1)
        yield process
        process.send_signal(signal.SIGTERM)
        process.wait(END_S)
    finally:
        end_group(process)


def die_with_parent() -> None:
    """So that it also ends when the test run is killed."""
    ctypes.CDLL(None).prctl(1, signal.SIGTERM)


def end_group(process: "subprocess.Popen[bytes]") -> None:
    """What is left of a program and of all that it started."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def plain() -> dict[str, str]:
    """This environment without what points clients somewhere or programs to other packages."""
    dropped = ("AWS_", "LEEBOARD_", "PYTHON", "VIRTUAL_ENV")
    return {name: value for name, value in os.environ.items() if not name.startswith(dropped)}


def answers(url: str) -> bool:
    """Whether something is there that finds itself well."""
    try:
        with urlopen(url, timeout=5) as answer:
            return answer.status == 200
    except (URLError, ConnectionError, TimeoutError):
        return False


@dataclass(frozen=True, slots=True)
class Monitored:
    """One endpoint of a server, with an hourly schedule that is fired by hand."""

    server: LiveServer
    name: str

    @property
    def capture_to(self) -> str:
        """Where captures of endpoints go that are served elsewhere."""
        return f"s3://{BUCKET}/capture"

    def deploy(self, image: str, model: Path | None = None) -> None:
        """An endpoint for a mapped image, with capture of all."""
        sagemaker = self.server.client("sagemaker")
        container = {"Image": image} | ({"ModelDataUrl": self._put(model)} if model else {})
        sagemaker.create_model(ModelName=self.name, PrimaryContainer=container, ExecutionRoleArn=ROLE)
        variant = {
            "VariantName": "AllTraffic", "ModelName": self.name, "InitialInstanceCount": 1,
            "InstanceType": "ml.m5.large", "ContainerStartupHealthCheckTimeoutInSeconds": START_S,
        }  # fmt: skip
        capture = {
            "EnableCapture": True, "InitialSamplingPercentage": 100, "DestinationS3Uri": self.capture_to,
            "CaptureOptions": [{"CaptureMode": "Input"}, {"CaptureMode": "Output"}],
            "CaptureContentTypeHeader": {
                "CsvContentTypes": ["text/csv"], "JsonContentTypes": ["application/json"],
            },
        }  # fmt: skip
        sagemaker.create_endpoint_config(
            EndpointConfigName=self.name, ProductionVariants=[variant], DataCaptureConfig=capture
        )
        sagemaker.create_endpoint(EndpointName=self.name, EndpointConfigName=self.name)
        in_service(sagemaker, self.name)

    def add_external(self) -> None:
        """An endpoint for a model that is asked elsewhere."""
        done = self.server.command("endpoint", "add", self.name)
        assert self.capture_to in done.stdout, done.stderr

    def watch(self, training: Path, script: Path | None = None) -> None:
        """A baseline of the training data, and a schedule against it."""
        baseline, sagemaker = self._uri("baseline"), self.server.client("sagemaker")
        done = self.server.command("baseline", str(training), "--out", baseline, **self.server.environment)
        assert done.returncode == 0, done.stderr
        preprocessing = {"RecordPreprocessorSourceUri": self._put(script)} if script else {}
        sagemaker.create_data_quality_job_definition(
            JobDefinitionName=self.name,
            RoleArn=ROLE,
            DataQualityBaselineConfig={
                "ConstraintsResource": {"S3Uri": f"{baseline}/constraints.json"},
                "StatisticsResource": {"S3Uri": f"{baseline}/statistics.json"},
            },
            DataQualityAppSpecification={"ImageUri": ANALYZER, **preprocessing},
            DataQualityJobInput={
                "EndpointInput": {
                    "EndpointName": self.name,
                    "LocalPath": "/opt/ml/processing/input",
                    "StartTimeOffset": "-PT3H",  # so that no hour that ends meanwhile matters
                    "EndTimeOffset": "-PT0H",
                }
            },
            DataQualityJobOutputConfig={
                "MonitoringOutputs": [
                    {"S3Output": {"S3Uri": self._uri("reports"), "LocalPath": "/opt/ml/processing/output"}}
                ]
            },
            JobResources={
                "ClusterConfig": {"InstanceCount": 1, "InstanceType": "ml.m5.large", "VolumeSizeInGB": 20}
            },
        )
        sagemaker.create_monitoring_schedule(
            MonitoringScheduleName=self.name,
            MonitoringScheduleConfig={
                "ScheduleConfig": {"ScheduleExpression": "cron(0 * ? * * *)"},
                "MonitoringJobDefinitionName": self.name,
                "MonitoringType": "DataQuality",
            },
        )

    def columns_with_violations(self) -> set[str]:
        """What a run over the last hours finds."""
        at = (datetime.now(UTC) + timedelta(hours=1)).strftime("%Y-%m-%dT%H:%MZ")
        done = self.server.command("schedule", "run", self.name, "--at", at, "--wait")
        assert done.returncode in FOUND, done.stdout + done.stderr
        sagemaker = self.server.client("sagemaker")
        described = sagemaker.describe_monitoring_schedule(MonitoringScheduleName=self.name)
        job = described["LastMonitoringExecutionSummary"]["ProcessingJobArn"].rpartition("/")[2]
        outputs = sagemaker.describe_processing_job(ProcessingJobName=job)["ProcessingOutputConfig"][
            "Outputs"
        ]
        report = outputs[0]["S3Output"]["S3Uri"].removeprefix(f"s3://{BUCKET}/")
        violations = json.loads(self._get(f"{report}/constraint_violations.json"))["violations"]
        return {each["feature_name"] for each in violations}

    def records(self) -> list[dict[str, Any]]:
        """What was captured and is at its destination."""
        s3 = self.server.client("s3")
        listing = s3.list_objects_v2(Bucket=BUCKET, Prefix=f"capture/{self.name}/")
        texts = [self._get(each["Key"]) for each in listing.get("Contents", [])]
        return [json.loads(line) for text in texts for line in text.splitlines()]

    def _get(self, key: str) -> str:
        return self.server.client("s3").get_object(Bucket=BUCKET, Key=key)["Body"].read().decode()

    def _uri(self, name: str) -> str:
        return f"s3://{BUCKET}/{self.name}/{name}"

    def _put(self, path: Path) -> str:
        self.server.client("s3").upload_file(str(path), BUCKET, f"{self.name}/{path.name}")
        return self._uri(path.name)


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    """One server for all; each endpoint has a name of its own."""
    with live_server(tmp_path_factory.mktemp("server") / "home", models=[]) as running_server:
        running_server.client("s3").create_bucket(Bucket=BUCKET)
        yield running_server


@pytest.fixture(scope="session")
def monitored(server: LiveServer) -> Callable[[str], Monitored]:
    """Gives an endpoint by name; it has to be made."""
    return partial(Monitored, server)


@pytest.fixture(scope="session")
def programs_of() -> Callable[[str], Path]:
    """Gives the programs of an environment that tools/make_venvs.py makes."""

    def found(name: str) -> Path:
        programs = ROOT / f".venv-{name}" / "bin"
        if not (programs / name).exists():
            pytest.skip(f"no .venv-{name}: python tools/make_venvs.py {name}")
        return programs

    return found


@pytest.fixture(scope="session")
def start() -> Callable[..., AbstractContextManager["subprocess.Popen[bytes]"]]:
    """Starts a program: command, folder, the URL that answers when it is ready, variables."""

    def started(command: Sequence[str], folder: Path, ready_url: str, **variables: str) -> Any:
        return running(command, folder, partial(answers, ready_url), variables)

    return started


@pytest.fixture(scope="session")
def write_files() -> Callable[..., None]:
    """Writes files of docs/model-servers.md into a folder."""
    files = dict(FILE.findall((ROOT / "docs" / "model-servers.md").read_text()))

    def written(folder: Path, *names: str) -> None:
        for name in names:
            (folder / name).write_text(files[name])

    return written


@pytest.fixture(scope="session")
def run_python() -> Callable[..., None]:
    """Runs a script in a folder by the interpreter of another environment."""

    def run(programs: Path, folder: Path, script: str) -> None:
        done = subprocess.run(
            [programs / "python", script],
            cwd=folder, env=plain(), capture_output=True, text=True, timeout=WORK_S, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr[-3000:]

    return run


@pytest.fixture(scope="session")
def proxy(server: LiveServer) -> Callable[..., AbstractContextManager[str]]:
    """`leeboard proxy` before a URL; what it captured is stored when the block has ended."""

    @contextmanager
    def before(upstream: str, endpoint: Monitored, folder: Path, ready_path: str) -> Iterator[str]:
        url = f"http://127.0.0.1:{free_ports(1)[0]}"
        command = [
            sys.executable, "-m", "leeboard", "proxy", upstream, "--endpoint", endpoint.name,
            "--capture-to", endpoint.capture_to, "--port", url.rpartition(":")[2], "--spool", "spool",
            "--disk-limit", "99",
        ]  # fmt: skip
        with running(command, folder, partial(answers, url + ready_path), server.environment):
            yield url

    return before


@pytest.fixture(scope="session")
def flowers() -> Callable[[Path], list[dict[str, float]]]:
    """The rows of a training file, less what the model says."""

    def read(training: Path) -> list[dict[str, float]]:
        with training.open(newline="") as file:
            rows = [{name: float(cell) for name, cell in row.items()} for row in csv.DictReader(file)]
        return [{name: cell for name, cell in row.items() if name != "predict"} for row in rows]

    return read


@pytest.fixture(scope="session")
def damaged() -> Callable[[list[dict[str, float]]], list[dict[str, float]]]:
    """The same flowers, with one column in millimetres."""
    return lambda rows: [row | {"petal_length": row["petal_length"] * 10} for row in rows]


@pytest.fixture(scope="session")
def post() -> Callable[..., Any]:
    """Asks once; gives the JSON of the answer, None if it is empty."""

    def sent(url: str, body: bytes, content_type: str = "application/json", **headers: str) -> Any:
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        try:
            with urlopen(Request(url, body, {"Content-Type": content_type, **names}), timeout=60) as answer:
                text = answer.read()
        except HTTPError as error:
            raise AssertionError(f"{url} answered {error.code}: {error.read()[:2000]!r}") from None
        return json.loads(text) if text else None

    return sent
