"""The jobs that make the baselines, by boto3 alone."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from leeboard.cli.demo.clients import Clients
from leeboard.cli.demo.configs import baseline_config
from leeboard.cli.demo.flights import LABEL, Flights
from leeboard.cli.demo.model import LateModel
from leeboard.cli.demo.names import ANALYZER, BASELINES, CLARIFY, PROCESSING, RESOURCES, ROLE
from leeboard.cli.demo.waiting import ENDED, until
from leeboard.errors import EngineError

SCORE = "probability"
SLACK = "0.1"
"""How much worse than in the baseline a measure of quality may be. An hour has some 350 late flights:
chance alone moves the recall of so many by up to 0.08.
"""
_DATA, _CONFIG, _OUTPUT = f"{PROCESSING}/input/data", f"{PROCESSING}/input/config", f"{PROCESSING}/output"


@dataclass(frozen=True, slots=True, kw_only=True)
class BaselineJob:
    """One processing job.

    Attributes:
        name: of the job, and of its folder.
        config: the analysis configuration of Clarify's image; None for the analyzer.
    """

    name: str
    image: str
    data: pl.DataFrame
    environment: Mapping[str, str] = field(default_factory=dict)
    config: dict[str, Any] | None = None

    @property
    def folder(self) -> str:
        return f"{BASELINES}/{self.name}"

    def begin(self, clients: Clients) -> None:
        """Start it."""
        inputs = [(_DATA, clients.put(f"training/{self.name}.csv", self.data.write_csv().encode()))]
        if self.config is not None:
            inputs.append(
                (_CONFIG, clients.put_json(f"baselines/{self.name}/analysis_config.json", self.config))
            )
        clients.sagemaker.create_processing_job(
            ProcessingJobName=self.name,
            RoleArn=ROLE,
            AppSpecification={"ImageUri": self.image},
            ProcessingResources=RESOURCES,
            Environment=dict(self.environment),
            ProcessingInputs=[_input(path, uri) for path, uri in inputs],
            ProcessingOutputConfig={
                "Outputs": [{"OutputName": "baseline", "S3Output": _stored(_OUTPUT, self.folder)}]
            },
        )

    def finish(self, clients: Clients) -> None:
        """Wait for it.

        Raises:
            EngineError: it failed.
        """
        ended = until(
            lambda: clients.sagemaker.describe_processing_job(ProcessingJobName=self.name),
            lambda job: job["ProcessingJobStatus"] in ENDED,
            f"the job {self.name}",
        )
        if ended["ProcessingJobStatus"] != "Completed":
            raise EngineError(f"the job {self.name} made no baseline: {ended.get('FailureReason')}")


DATA_QUALITY, MODEL_QUALITY, CLARIFIED = "data-quality-baseline", "model-quality-baseline", "clarify-baseline"


def baseline_jobs(flights: Flights, model: LateModel) -> list[BaselineJob]:
    """What the data looked like in training; how good, how fair and by which features the model decides."""
    scores = pl.Series(SCORE, model.score(flights.validation))
    told = {
        "dataset_format": json.dumps({"csv": {"header": True, "output_columns_position": "START"}}),
        "dataset_source": _DATA,
        "output_path": _OUTPUT,
        "publish_cloudwatch_metrics": "Disabled",
    }
    quality = {
        "analysis_type": "MODEL_QUALITY",
        "problem_type": "BinaryClassification",
        "ground_truth_attribute": LABEL,
        "probability_attribute": SCORE,
        "leeboard_slack": SLACK,
    }
    return [
        BaselineJob(name=DATA_QUALITY, image=ANALYZER, data=flights.training, environment=told),
        BaselineJob(
            name=MODEL_QUALITY,
            image=ANALYZER,
            data=flights.validation.with_columns(scores),
            environment=told | quality,
        ),
        BaselineJob(
            name=CLARIFIED,
            image=CLARIFY,
            data=flights.validation,
            config=baseline_config(flights.training),
        ),
    ]


def _input(path: str, uri: str) -> dict[str, Any]:
    stored = {"S3Uri": uri, "LocalPath": path, "S3DataType": "S3Prefix", "S3InputMode": "File"}
    return {"InputName": path.rpartition("/")[2], "S3Input": stored}


def _stored(path: str, uri: str) -> dict[str, str]:
    return {"S3Uri": uri, "LocalPath": path, "S3UploadMode": "EndOfJob"}
