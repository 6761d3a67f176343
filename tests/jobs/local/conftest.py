"""Jobs whose image is a program of this machine, with a box around it and without one."""

import json
import sys
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import pytest

from leeboard.jobs.local.mapping import JobMap
from leeboard.jobs.runners import ProcessingEnd, ProcessingOrder, run_processing

IMAGE = "000000000000.dkr.ecr.us-east-1.amazonaws.com/team/own-monitor:3"
IN, OUT = "/opt/ml/processing/input/data", "/opt/ml/processing/output"
START = """
import json, os, sys, time
from pathlib import Path
ROOT = Path(os.environ["LEEBOARD_ROOT"])
def at(path): return ROOT / path.lstrip("/")
"""


@dataclass
class OwnProgram:
    """An order for an image that a Python script stands for.

    Attributes:
        route: of the map, but for the image.
    """

    folder: Path
    isolation: Literal["best", "plain"]
    route: dict[str, Any] = field(default_factory=lambda: {"command": f"{sys.executable} -u monitor.py"})
    request: dict[str, Any] = field(default_factory=dict)
    app: dict[str, Any] = field(default_factory=dict)
    options: dict[str, Any] = field(default_factory=dict)
    max_runtime_s: float = 60
    log: list[str] = field(default_factory=list)

    @property
    def programs(self) -> Path:
        place = self.folder / "programs"
        place.mkdir(exist_ok=True)
        return place

    @property
    def home(self) -> Path:
        return self.folder / "home"

    @property
    def results(self) -> Path:
        return self.folder / "results"

    def order(self) -> ProcessingOrder:
        map_file = self.programs / "jobs.json"
        map_file.write_text(json.dumps([{"image": "*/own-monitor", **self.route}]))
        data = self.folder / "store"
        data.mkdir(exist_ok=True)
        (data / "a.csv").write_text("1,2\n")
        output = {"OutputName": "result", "S3Output": {"S3Uri": str(self.results), "LocalPath": OUT}}
        request = {
            "ProcessingJobName": "own-1",
            "AppSpecification": {"ImageUri": IMAGE, **self.app},
            "ProcessingInputs": [{"InputName": "data", "S3Input": {"S3Uri": str(data), "LocalPath": IN}}],
            "ProcessingOutputConfig": {"Outputs": [output]},
            **self.request,
        }
        return ProcessingOrder(
            name="own-1",
            arn="arn:aws:sagemaker:eu-west-3:000000000000:processing-job/own-1",
            request=request,
            scratch=self.home / "work" / "own-1" / "1",
            max_runtime_s=self.max_runtime_s,
            isolation=self.isolation,
            programs=JobMap.read(map_file),
            home=self.home,
            **self.options,
        )

    def run(self, source: str, should_stop: Callable[[], bool] = lambda: False) -> ProcessingEnd:
        (self.programs / "monitor.py").write_text(START + source)
        return run_processing(self.order(), log=self.log.append, should_stop=should_stop)


@pytest.fixture
def own(tmp_path: Path, isolation: Literal["best", "plain"]) -> OwnProgram:
    """One that runs once with a box and once without."""
    return OwnProgram(tmp_path, isolation)


@pytest.fixture
def tiny_wheel() -> Callable[..., Path]:
    """Makes a distribution with one module that needs no index to be installed."""

    def make(folder: Path, source: str) -> Path:
        file = folder / "tiny_monitor-1.0-py3-none-any.whl"
        info = "tiny_monitor-1.0.dist-info"
        with zipfile.ZipFile(file, "w") as wheel:
            wheel.writestr("tiny_monitor.py", source)
            wheel.writestr(f"{info}/METADATA", "Metadata-Version: 2.1\nName: tiny-monitor\nVersion: 1.0\n")
            wheel.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
            wheel.writestr(f"{info}/RECORD", "")
        return file

    return make
