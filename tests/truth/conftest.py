"""Folders of captured records and labels."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from leeboard.truth.merging import merge
from leeboard.truth.settings import MergeOptions
from leeboard.truth.summary import MergeSummary

DATA = Path(__file__).parents[2].parent / "shared/data"
HOUR = "churn/AllTraffic/2022/04/18/00"


def captured(
    event: str, *, inference: str | None = None, minute: int = 21, score: str = "0.9", **more: Any
) -> str:
    """A line of a capture file."""
    sides = {
        "endpointInput": {
            "observedContentType": "text/csv",
            "mode": "INPUT",
            "data": "33,Ä\n",
            "encoding": "CSV",
        },
        "endpointOutput": {
            "observedContentType": "text/csv",
            "mode": "OUTPUT",
            "data": score,
            "encoding": "CSV",
        },
    }
    metadata = {"eventId": event, "inferenceTime": f"2022-04-18T00:{minute:02}:48Z"}
    if inference is not None:
        metadata["inferenceId"] = inference
    return json.dumps({"captureData": sides, "eventMetadata": metadata, "eventVersion": "0", **more})


def label(event: str, data: Any = "1", encoding: str = "CSV") -> str:
    """A line of a ground-truth file."""
    truth = {"data": data, "encoding": encoding}
    return json.dumps({"groundTruthData": truth, "eventMetadata": {"eventId": event}, "eventVersion": "0"})


@dataclass
class Bench:
    """A place for both sides and for what comes of them."""

    folder: Path

    def capture(self, *lines: str, hour: str = HOUR, name: str = "21-48-000-a.jsonl") -> None:
        self._put(self.folder / "capture" / hour / name, lines)

    def labels(self, *lines: str, hour: str = "2022/04/18/00", name: str = "labels.jsonl") -> None:
        self._put(self.folder / "truth" / hour / name, lines)

    def merge(self, job: str = "job", **options: Any) -> MergeSummary:
        return merge(self.captures, self.truth, self.output, job=job, options=MergeOptions(**options))

    @property
    def captures(self) -> list[str]:
        return [str(self.folder / "capture")]

    @property
    def truth(self) -> list[str]:
        return [str(self.folder / "truth")]

    @property
    def output(self) -> Path:
        return self.folder / "merged"

    @property
    def files(self) -> list[Path]:
        return sorted(path for path in self.output.rglob("*") if path.is_file())

    @property
    def lines(self) -> list[str]:
        return [line for file in self.files for line in file.read_text().splitlines()]

    @property
    def records(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.lines]

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """Of each merged record its event and its label."""
        return [(one["eventMetadata"]["eventId"], one["groundTruthData"]["data"]) for one in self.records]

    def _put(self, path: Path, lines: Sequence[str]) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("".join(line + "\n" for line in lines))


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


@pytest.fixture(scope="session")
def data() -> Path:
    """The data sets that are shared beside the project."""
    if not DATA.is_dir():
        pytest.skip("the shared data sets are not beside the project")
    return DATA
