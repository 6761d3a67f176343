"""Processing jobs of own images, in real containers where there can be some."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from container_engine import TestEngine, container_engine
from leeboard.jobs.runners import ProcessingEnd, ProcessingOrder, run_processing

OUT = "/opt/ml/processing/output"


@pytest.fixture(scope="session")
def engine() -> Iterator[TestEngine]:
    """A service of Podman's."""
    with container_engine() as running:
        yield running


@dataclass
class OwnJob:
    """An order for an image, with shell commands in place of a program."""

    folder: Path
    engine: str
    image: str
    inputs: list[dict[str, Any]] = field(default_factory=list)
    outputs: dict[str, str] = field(default_factory=lambda: {OUT: "results"})
    environment: dict[str, str] = field(default_factory=dict)
    request: dict[str, Any] = field(default_factory=dict)
    options: dict[str, Any] = field(default_factory=dict)
    max_runtime_s: float = 60
    log: list[str] = field(default_factory=list)

    def order(self, commands: str) -> ProcessingOrder:
        outputs = [
            {"OutputName": name, "S3Output": {"S3Uri": str(self.folder / name), "LocalPath": path}}
            for path, name in self.outputs.items()
        ]
        app = {
            "ImageUri": self.image,
            "ContainerEntrypoint": ["/bin/sh", "-c"],
            "ContainerArguments": [commands],
        }
        request = {
            "ProcessingJobName": "Own-1",
            "AppSpecification": app,
            "ProcessingInputs": self.inputs,
            "ProcessingOutputConfig": {"Outputs": outputs},
            **self.request,
        }
        return ProcessingOrder(
            name="Own-1",
            arn="arn:aws:sagemaker:eu-west-3:000000000000:processing-job/own-1",
            request=request,
            scratch=self.folder / "work" / "1",
            environment=self.environment,
            max_runtime_s=self.max_runtime_s,
            engine=self.engine,
            **self.options,
        )

    def run(self, commands: str, should_stop: Callable[[], bool] = lambda: False) -> ProcessingEnd:
        return run_processing(self.order(commands), log=self.log.append, should_stop=should_stop)

    def put(self, name: str, files: dict[str, bytes], path: str, **stored: str) -> None:
        """An input with these objects."""
        for key, data in files.items():
            file = self.folder / "store" / name / key
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(data)
        uri = str(self.folder / "store" / name)
        given = {"S3Uri": uri, "LocalPath": path, "S3DataType": "S3Prefix", **stored}
        self.inputs.append({"InputName": name, "S3Input": given})

    def left(self) -> Path:
        """The scratch folder, as a container would see it."""
        return self.folder / "work" / "1" / "opt/ml"


@pytest.fixture
def own(tmp_path: Path, engine: TestEngine) -> Iterator[OwnJob]:
    """One for the image of the tests; no container of it may be left."""
    job = OwnJob(tmp_path, engine.url, engine.image)
    yield job
    assert engine.containers(f"leeboard.scratch={job.folder / 'work' / '1'}") == []


@pytest.fixture
def own_anywhere(tmp_path: Path) -> OwnJob:
    """One for a server without an engine."""
    return OwnJob(tmp_path, "none", "localhost/mine:1")
