"""A transform job over files in a folder."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock
from typing import Any

import pytest

from leeboard.jobs.transform.order import TransformOrder
from leeboard.jobs.transform.run import TransformEnd, run_transform

STARTED = datetime(2026, 11, 22, 10, 3, 11, tzinfo=UTC)


@dataclass
class Model:
    """A model that answers with what a function says, and keeps what it was asked."""

    answer: Callable[[bytes], Any] = lambda body: body
    content_type: str | None = "text/csv"
    bodies: list[bytes] = field(default_factory=list)
    wishes: list[dict[str, Any]] = field(default_factory=list)
    lock: Any = field(default_factory=Lock)

    def __call__(self, body: bytes, **wishes: Any) -> tuple[int, bytes, str | None]:
        with self.lock:
            self.bodies.append(body)
            self.wishes.append(wishes)
        answer = self.answer(body)
        return answer if isinstance(answer, tuple) else (200, answer, self.content_type)


def order(source: str, output: str, **members: Any) -> TransformOrder:
    """From a CreateTransformJob request; members that are no top-level ones go where they belong."""
    given = {
        "DataSource": {"S3DataSource": {"S3DataType": members.pop("S3DataType", "S3Prefix"), "S3Uri": source}}
    }
    wanted = {"S3OutputPath": output}
    for name in ("ContentType", "CompressionType", "SplitType"):
        if name in members:
            given[name] = members.pop(name)
    for name in ("Accept", "AssembleWith"):
        if name in members:
            wanted[name] = members.pop(name)
    processing = {
        name: members.pop(name) for name in ("InputFilter", "OutputFilter", "JoinSource") if name in members
    }
    request = {
        "TransformJobName": "score-1",
        "ModelName": "churn",
        "TransformInput": given,
        "TransformOutput": wanted,
        "TransformResources": {"InstanceType": "ml.m5.large", "InstanceCount": 1},
        **({"DataProcessing": processing} if processing else {}),
        **members,
    }
    return TransformOrder.of(request, STARTED)


@dataclass
class Job:
    """A job over the files in `folder/in`, with its output in `folder/out`."""

    folder: Path
    model: Model = field(default_factory=Model)
    log: list[str] = field(default_factory=list)

    def given(self, text: str | bytes, name: str = "a.csv") -> None:
        path = self.folder / "in" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode() if isinstance(text, str) else text)

    def order(self, source: str = "in", **members: Any) -> TransformOrder:
        return order(str(self.folder / source), str(self.folder / "out"), **members)

    def run(self, source: str = "in", *, should_stop=lambda: False, **members: Any) -> TransformEnd:
        return run_transform(
            self.order(source, **members),
            invoke=self.model,
            log=self.log.append,
            should_stop=should_stop,
            scratch=self.folder,
            retry_pause_s=0,
        )

    def output(self, name: str = "a.csv") -> str:
        return (self.folder / "out" / f"{name}.out").read_text()

    @property
    def outputs(self) -> list[str]:
        out = self.folder / "out"
        return sorted(str(path.relative_to(out)) for path in out.rglob("*") if path.is_file())


@pytest.fixture
def job(tmp_path) -> Job:
    return Job(tmp_path)


@pytest.fixture
def order_of() -> Callable[..., TransformOrder]:
    """(source, output, members) -> an order."""
    return order
