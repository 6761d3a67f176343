"""The four monitors of AWS's, each as one schedule over the endpoint, by boto3 alone."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import polars as pl

from leeboard.cli.demo.baselines import CLARIFIED, DATA_QUALITY, MODEL_QUALITY
from leeboard.cli.demo.clients import Clients
from leeboard.cli.demo.configs import attribution_config, bias_config
from leeboard.cli.demo.damage import PLAN
from leeboard.cli.demo.labels import LABELS_COME_AFTER_H
from leeboard.cli.demo.names import (
    ANALYZER,
    BASELINES,
    CLARIFY,
    ENDPOINT,
    LABELS,
    PROCESSING,
    REPORTS,
    RESOURCES,
    ROLE,
)
from leeboard.storage.layout import HOUR

CONFIGS = "configs"
SPARE = 4
WAITS_H = 1 + LABELS_COME_AFTER_H[-1]
"""From the beginning of an hour until all labels of its flights have come."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """One monitor, and how the demo uses it.

    Attributes:
        title: what it looks at.
        kind: AWS's MonitoringType.
        application: what it is told beside the image.
        baseline: files of its baseline, by the member of the API that names each.
        source: what it is told of the model's answers.
        needs_labels: whether it waits for them.
        places: which hours of the plan it looks at, and each fourth before, to save time; None for all.
        n_told: most violations of an hour that the demo explains.
    """

    title: str
    kind: str
    image: str
    baseline: Mapping[str, str]
    application: Mapping[str, str] = field(default_factory=dict)
    source: Mapping[str, Any] = field(default_factory=dict)
    needs_labels: bool = False
    places: Sequence[int] | None = None
    n_told: int = 1

    @property
    def schedule(self) -> str:
        """Name of the schedule and its job definition."""
        return f"hourly-{'-'.join(self._words)}"

    @property
    def _words(self) -> list[str]:
        return [word.lower() for word in re.findall("[A-Z][a-z]+", self.kind)]

    def can_judge(self, place: int, n_hours: int) -> bool:
        """Whether the place-th of so many hours has what it needs: of the last, no labels have come."""
        return not self.needs_labels or place <= n_hours - WAITS_H

    def is_for(self, place: int, n_hours: int) -> bool:
        """Whether it looks at that hour."""
        of_plan = place - (n_hours - len(PLAN))
        is_chosen = self.places is None or (of_plan in self.places if of_plan >= 0 else of_plan % SPARE == 0)
        return self.can_judge(place, n_hours) and is_chosen

    def checks_at(self, start_at: datetime) -> datetime:
        """When the hour that begins then is checked."""
        return start_at + HOUR * (WAITS_H if self.needs_labels else 1)

    def begin(self, clients: Clients) -> None:
        """Make the job definition and its schedule."""
        create = getattr(clients.sagemaker, f"create_{'_'.join(self._words)}_job_definition")
        create(
            JobDefinitionName=self.schedule,
            RoleArn=ROLE,
            JobResources=RESOURCES,
            **{
                f"{self.kind}AppSpecification": {"ImageUri": self.image, **self.application},
                f"{self.kind}BaselineConfig": {
                    member: {"S3Uri": f"{BASELINES}/{file}"} for member, file in self.baseline.items()
                },
                f"{self.kind}JobInput": self._input,
                f"{self.kind}JobOutputConfig": {"MonitoringOutputs": [{"S3Output": _REPORTS}]},
            },
        )
        clients.sagemaker.create_monitoring_schedule(
            MonitoringScheduleName=self.schedule,
            MonitoringScheduleConfig={
                "ScheduleConfig": {"ScheduleExpression": "cron(0 * ? * * *)"},
                "MonitoringJobDefinitionName": self.schedule,
                "MonitoringType": self.kind,
            },
        )

    @property
    def _input(self) -> dict[str, Any]:
        endpoint = {"EndpointName": ENDPOINT, "LocalPath": f"{PROCESSING}/input/endpoint", **self.source}
        if not self.needs_labels:
            return {"EndpointInput": endpoint}
        window = {"StartTimeOffset": f"-PT{WAITS_H}H", "EndTimeOffset": f"-PT{WAITS_H - 1}H"}
        return {"EndpointInput": endpoint | window, "GroundTruthS3Input": {"S3Uri": LABELS}}


_REPORTS = {"S3Uri": REPORTS, "LocalPath": f"{PROCESSING}/output"}
_SCORE = {"ProbabilityAttribute": "0", "ProbabilityThresholdAttribute": 0.5}

WATCHES = (
    Watch(
        title="data quality",
        kind="DataQuality",
        image=ANALYZER,
        baseline={
            "ConstraintsResource": f"{DATA_QUALITY}/constraints.json",
            "StatisticsResource": f"{DATA_QUALITY}/statistics.json",
        },
        n_told=10,
    ),
    Watch(
        title="model quality",
        kind="ModelQuality",
        image=ANALYZER,
        application={"ProblemType": "BinaryClassification"},
        baseline={"ConstraintsResource": f"{MODEL_QUALITY}/constraints.json"},
        source=_SCORE,
        needs_labels=True,
    ),
    Watch(
        title="bias",
        kind="ModelBias",
        image=CLARIFY,
        application={"ConfigUri": f"{REPORTS}/{CONFIGS}/bias/analysis_config.json"},
        baseline={"ConstraintsResource": f"{CLARIFIED}/analysis.json"},
        source=_SCORE,
        needs_labels=True,
        places=(0, 2, 3),
        n_told=2,
    ),
    Watch(
        title="attribution",
        kind="ModelExplainability",
        image=CLARIFY,
        application={"ConfigUri": f"{REPORTS}/{CONFIGS}/attribution/analysis_config.json"},
        baseline={"ConstraintsResource": f"{CLARIFIED}/analysis.json"},
        places=(1, 5),
    ),
)


def begin_watches(clients: Clients, training: pl.DataFrame) -> None:
    """Have each hour checked by each monitor."""
    for name, config in (("bias", bias_config()), ("attribution", attribution_config(training))):
        clients.put_json(f"reports/{CONFIGS}/{name}/analysis_config.json", config)
    for watch in WATCHES:
        watch.begin(clients)
