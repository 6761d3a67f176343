"""Processing jobs over folders of this machine."""

import csv
import json
import os
from dataclasses import dataclass, field, replace
from pathlib import Path
from shutil import copytree
from typing import Literal

import pytest

from leeboard.jobs.box import boxes_here
from leeboard.jobs.processes import running
from leeboard.jobs.runners import ProcessingEnd, ProcessingOrder, run_processing, upload_outputs

REGISTRY = "156813124566.dkr.ecr.us-east-1.amazonaws.com"
IN, OUT = "/opt/ml/processing/input", "/opt/ml/processing/output"
CAPTURE = '{"sagemakerCaptureJson": {"captureIndexNames": ["endpointInput", "endpointOutput"]}}'
CSV = '{"csv": {"header": true}}'
ROWS = [(i % 2, 20 + i % 50, f"{i / 7:.3f}", "ab"[i % 2]) for i in range(200)]


@dataclass
class ProcessingJob:
    """An order in the making, run by its own folders below `folder`."""

    folder: Path
    inputs: dict[str, tuple[str, str]] = field(default_factory=dict)
    kinds: dict[str, str] = field(default_factory=dict)
    environment: dict[str, str] = field(default_factory=dict)
    image: str = f"{REGISTRY}/sagemaker-model-monitor-analyzer:latest"
    isolation: Literal["best", "plain"] = "best"
    max_runtime_s: float = 120
    options: dict = field(default_factory=dict)
    log: list[str] = field(default_factory=list)

    @property
    def results(self) -> Path:
        return self.folder / "results"

    @property
    def scratch(self) -> Path:
        return self.folder / "work" / "job-1"

    def order(self) -> ProcessingOrder:
        inputs = [
            {"InputName": name, "S3Input": {"S3Uri": uri, "LocalPath": path, **self._kind(name)}}
            for name, (uri, path) in self.inputs.items()
        ]
        output = {"S3Uri": str(self.results), "LocalPath": OUT, "S3UploadMode": "EndOfJob"}
        request = {
            "ProcessingJobName": "job-1",
            "AppSpecification": {"ImageUri": self.image},
            "ProcessingInputs": inputs,
            "ProcessingOutputConfig": {"Outputs": [{"OutputName": "result", "S3Output": output}]},
        }
        return ProcessingOrder(
            name="job-1",
            arn="arn:aws:sagemaker:eu-west-3:000000000000:processing-job/job-1",
            request=request,
            scratch=self.scratch,
            environment={"output_path": OUT, **self.environment},
            max_runtime_s=self.max_runtime_s,
            isolation=self.isolation,
            **self.options,
        )

    def run(self, should_stop=lambda: False) -> ProcessingEnd:
        return run_processing(self.order(), log=self.log.append, should_stop=should_stop)

    def script(self, kind: str, source: str) -> None:
        """A `record_preprocessor_script` or `post_analytics_processor_script`, as a schedule names it."""
        file = self.folder / "store" / "code" / f"{kind}.py"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(source)
        place = f"/opt/ml/processing/code/{kind}"
        self.inputs[kind] = (str(file), place)
        self.environment[kind] = f"{place}/{kind}.py"

    def _kind(self, name: str) -> dict[str, str]:
        return {"S3DataType": self.kinds.get(name, "S3Prefix")}


@pytest.fixture
def baseline_job(tmp_path: Path) -> ProcessingJob:
    """One over a folder with a CSV file."""
    return job_over_a_file(tmp_path)


def job_over_a_file(tmp_path: Path) -> ProcessingJob:
    folder = tmp_path / "store" / "train"
    folder.mkdir(parents=True)
    with (folder / "train.csv").open("w", newline="") as file:
        csv.writer(file).writerows([("churn", "age", "spend", "plan"), *ROWS])
    place = f"{IN}/baseline_dataset_input"
    job = ProcessingJob(tmp_path, {"baseline_dataset_input": (str(folder), place)})
    job.environment = {"dataset_source": place, "dataset_format": CSV}
    return job


@pytest.fixture(scope="session")
def baseline_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What a job over that file leaves."""
    job = job_over_a_file(tmp_path_factory.mktemp("baseline"))
    job.run()
    upload_outputs(job.order())
    return job.results


@pytest.fixture
def monitoring_job(baseline_job: ProcessingJob, baseline_folder: Path) -> ProcessingJob:
    """One over two hours of an endpoint, held against the baseline of the other."""
    root = baseline_job.folder
    copytree(baseline_folder, root / "store" / "baseline")
    job = replace(baseline_job, inputs={}, log=[])
    for hour in ("00", "01"):
        uri = put_capture(root / "store" / "capture", hour, ROWS)
        job.inputs[f"endpoint_input_{hour}"] = (uri, f"{IN}/endpoint/churn/AllTraffic/2022/04/18/{hour}")
    for name, file in (("constraints", "constraints"), ("stats", "statistics")):
        place = f"/opt/ml/processing/baseline/{name}"
        job.inputs[name] = (str(root / "store" / "baseline" / f"{file}.json"), place)
        job.environment[f"baseline_{file}"] = f"{place}/{file}.json"
    job.environment |= {
        "dataset_source": f"{IN}/endpoint",
        "dataset_format": CAPTURE,
        "publish_cloudwatch_metrics": "Enabled",
        "start_time": "2022-04-18T00:00:00Z",
        "end_time": "2022-04-18T02:00:00Z",
        "sagemaker_endpoint_name": "churn",
        "sagemaker_monitoring_schedule_name": "hourly",
    }
    return job


def put_capture(root: Path, hour: str, rows) -> str:
    """A capture file; gives the folder of its hour."""
    folder = root / "churn" / "AllTraffic" / "2022" / "04" / "18" / hour
    folder.mkdir(parents=True)
    lines = []
    for i, (output, *inputs) in enumerate(rows):
        sides = {
            "endpointInput": {"mode": "INPUT", "data": ",".join(map(str, inputs)), "encoding": "CSV"},
            "endpointOutput": {"mode": "OUTPUT", "data": str(output), "encoding": "CSV"},
        }
        metadata = {"eventId": f"{hour}-{i}", "inferenceTime": f"2022-04-18T{hour}:21:48Z"}
        record = {"captureData": sides, "eventMetadata": metadata, "eventVersion": "0"}
        lines.append(json.dumps(record) + "\n")
    (folder / "21-48-000-x.jsonl").write_text("".join(lines))
    return str(folder)


@pytest.fixture(params=["best", "plain"])
def isolation(request: pytest.FixtureRequest) -> str:
    """With a box around the job and without one."""
    if request.param == "best" and not boxes_here().job:
        pytest.skip(f"no boxes can be had here: {boxes_here().why_not}")
    return request.param


@pytest.fixture
def boxed() -> None:
    """Skips where there are no boxes."""
    if not boxes_here().scripts:
        pytest.skip(f"no boxes can be had here: {boxes_here().why_not}")


def pids_with(word: str) -> list[int]:
    """Processes that have a word on their command line."""
    return [one.pid for one in running() if word in command_line(one.pid) and one.pid != os.getpid()]


def command_line(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    except OSError:
        return ""


@pytest.fixture
def find_processes():
    """Finds processes by a word on their command line."""
    return pids_with
