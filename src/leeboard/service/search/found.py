"""What is searched: resources of a kind as documents in AWS's spelling, in order and in pages."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

import msgspec
from sqlalchemy import Connection, select

from leeboard.service.arns import (
    ENDPOINT,
    MODEL,
    MODEL_PACKAGE,
    MODEL_PACKAGE_GROUP,
    PIPELINE,
    TRAINING_JOB,
)
from leeboard.service.cloudwatch.tokens import read_token, write_token
from leeboard.service.packages.described import described
from leeboard.service.pipelines.kept import COLUMNS as PIPELINE_COLUMNS
from leeboard.service.pipelines.kept import PipelineExecution
from leeboard.service.refusals import InvalidRequestError
from leeboard.service.resources import Resource, find_all
from leeboard.service.search.terms import Given, check, matches, sort_key
from leeboard.service.settings import Settings
from leeboard.state.tables import pipeline_executions, tags

MOST_ROWS = 50_000
"""Of one kind that are looked through."""


@dataclass(frozen=True, slots=True)
class Found:
    """One of the things that are searched.

    Attributes:
        name: by which it is described; an ARN where it has no name.
        document: what expressions are held against.
    """

    name: str
    document: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Page:
    """One page, the token of the next, and how many were found in all."""

    members: list[Found]
    token: str | None
    n_all: int


def page(connection: Connection, settings: Settings, given: Given) -> Page:
    """The page that a request asks for; of kinds that are not kept here, an empty one.

    Raises:
        InvalidRequestError: the expression or the token is none.
    """
    expression = given.get("SearchExpression", {})
    check(expression)
    start = _start(given)
    read = _READERS.get(given["Resource"])
    all_of_them = read(connection, settings) if read else []
    found = [each for each in all_of_them if matches(each.document, expression)]
    by = given.get("SortBy") or "LastModifiedTime"
    found.sort(key=lambda each: (sort_key(each.document, by), each.name))
    if given.get("SortOrder", "Descending") == "Descending":
        found.reverse()
    end = start + given.get("MaxResults", 10)
    token = write_token((end, _digest(given))) if end < len(found) else None
    return Page(found[start:end], token, len(found))


def _start(given: Given) -> int:
    if (token := given.get("NextToken")) is None:
        return 0
    try:
        start, digest = read_token(token, tuple[int, str])
    except ValueError as error:
        raise InvalidRequestError(f"NextToken: {error}") from None
    if digest != _digest(given) or start < 0:
        raise InvalidRequestError("NextToken is not one that this search gave out")
    return start


def _digest(given: Given) -> str:
    asked = {name: value for name, value in given.items() if name not in ("NextToken", "MaxResults")}
    return sha256(msgspec.json.encode(asked, order="deterministic")).hexdigest()[:16]


def _kept(kind: str, told: Callable[[Resource], dict[str, Any]]) -> Callable[..., list[Found]]:
    """Resources of a kind with their tags."""

    def read(connection: Connection, _: Settings) -> list[Found]:
        kept = find_all(connection, kind)[-MOST_ROWS:]
        labels = _tags(connection, kind)
        times = ("CreationTime", "LastModifiedTime")
        return [
            Found(
                each.name if kind != MODEL_PACKAGE else each.arn,
                each.document
                | dict(zip(times, (each.created_at, each.modified_at), strict=True))
                | told(each)
                | {"Tags": labels.get(each.arn, [])},
            )
            for each in kept
        ]

    return read


def _tags(connection: Connection, kind: str) -> dict[str, list[dict[str, str]]]:
    """By ARN, of all of a kind."""
    found: dict[str, list[dict[str, str]]] = {}
    query = select(tags).where(tags.c.arn.contains(f":{kind}/", autoescape=True)).order_by(tags.c.key)
    for row in connection.execute(query):
        found.setdefault(row.arn, []).append({"Key": row.key, "Value": row.value})
    return found


def _model(each: Resource) -> dict[str, Any]:
    return {"ModelName": each.name, "ModelArn": each.arn}


def _endpoint(each: Resource) -> dict[str, Any]:
    variants = each.facts.get("variants", [])
    return {
        "EndpointName": each.name,
        "EndpointArn": each.arn,
        "EndpointStatus": each.status,
        "EndpointConfigName": each.facts.get("config"),
        "FailureReason": each.facts.get("failure"),
        "ProductionVariants": [
            {"VariantName": one["name"], "ModelName": one.get("model"), "CurrentWeight": one["weight"]}
            for one in variants
        ],
    }


def _training_job(each: Resource) -> dict[str, Any]:
    return {
        "TrainingJobName": each.name,
        "TrainingJobArn": each.arn,
        "TrainingJobStatus": each.status,
        "TrainingStartTime": each.started_at,
        "TrainingEndTime": each.ended_at,
        "FailureReason": each.facts.get("failure"),
    }


def _pipeline(each: Resource) -> dict[str, Any]:
    return {"PipelineName": each.name, "PipelineArn": each.arn, "PipelineStatus": each.status}


def _group(each: Resource) -> dict[str, Any]:
    return {
        "ModelPackageGroupName": each.name,
        "ModelPackageGroupArn": each.arn,
        "ModelPackageGroupStatus": "Completed",
    }


def _pipeline_executions(connection: Connection, settings: Settings) -> list[Found]:
    newest = select(*PIPELINE_COLUMNS).order_by(pipeline_executions.c.id.desc()).limit(MOST_ROWS)
    return [_pipeline_execution(PipelineExecution.of(row), settings) for row in connection.execute(newest)]


def _pipeline_execution(each: PipelineExecution, settings: Settings) -> Found:
    arn = each.arn(settings)
    parameters = [{"Name": name, "Value": str(value)} for name, value in each.parameters.items()]
    return Found(
        arn,
        {
            "PipelineArn": arn.partition("/execution/")[0],
            "PipelineExecutionArn": arn,
            "PipelineExecutionDisplayName": each.display_name,
            "PipelineExecutionDescription": each.description,
            "PipelineExecutionStatus": each.status,
            "FailureReason": each.failure_reason,
            "PipelineParameters": parameters,
            "CreationTime": each.created_at,
            "LastModifiedTime": each.modified_at,
        },
    )


_READERS: dict[str, Callable[..., Sequence[Found]]] = {
    "Endpoint": _kept(ENDPOINT, _endpoint),
    "Model": _kept(MODEL, _model),
    "ModelPackage": _kept(MODEL_PACKAGE, described),
    "ModelPackageGroup": _kept(MODEL_PACKAGE_GROUP, _group),
    "Pipeline": _kept(PIPELINE, _pipeline),
    "PipelineExecution": _pipeline_executions,
    "TrainingJob": _kept(TRAINING_JOB, _training_job),
}
