"""Pipelines: made, changed and removed."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from leeboard.service.alerting.runs import pipeline_removed
from leeboard.service.arns import PIPELINE, arn_of
from leeboard.service.pipelines.definition import Definition
from leeboard.service.pipelines.kept import UNFINISHED
from leeboard.service.refusals import InvalidRequestError, RefusalError, ResourceNotFoundError
from leeboard.service.resources import Resource, add, change, find, remove, set_tags
from leeboard.service.service import Service
from leeboard.state.tables import pipeline_executions
from leeboard.storage import read_range

LONGEST = 1_048_576
"""Characters of a definition."""
LONGEST_TOLD = 2000
"""Of what is wrong with one: names, references and lists of them have no bounds of their own."""
CONFLICT = "ConflictException"


def create(service: Service, params: dict[str, Any], now: datetime) -> Resource:
    """Keep a pipeline; a request that comes again with its token finds what it has made.

    Raises:
        InvalidRequestError: the definition is none, or the name is taken.
    """
    tags, token, name = params.pop("Tags", []), params.pop("ClientRequestToken"), params["PipelineName"]
    document = _with_definition(params)
    with service.database.write() as connection:
        there = find(connection, PIPELINE, name)
        if there is not None and there.facts.get("token") == token:
            return there
        made = None if there else add(
            connection, service.settings, PIPELINE, name, document, now=now, status="Active",
            facts={"token": token},
        )  # fmt: skip
        if made is None:
            arn = arn_of(service.settings, PIPELINE, name)
            raise InvalidRequestError(
                f"Pipeline names must be unique within an AWS account and region. Pipeline with name "
                f"({name}) already exists: {arn}"
            )
        set_tags(connection, made.arn, tags)
    return made


def update(service: Service, params: dict[str, Any], now: datetime) -> Resource:
    """Change what is given; executions that run keep what they were started with.

    Raises:
        InvalidRequestError: the definition is none.
        ResourceNotFoundError: there is no such pipeline.
    """
    given = _with_definition(params) if _DEFINITIONS & params.keys() else dict(params)
    given.pop("PipelineName")
    with service.database.write() as connection:
        pipeline = found(service, connection, params["PipelineName"])
        change(connection, pipeline, now=now, document=pipeline.document | given)
    return pipeline


def delete(service: Service, name: str, now: datetime) -> Resource:
    """Remove one that nothing runs of.

    Raises:
        ResourceNotFoundError: there is none.
        RefusalError: an execution of it runs.
    """
    table = pipeline_executions
    with service.database.write() as connection:
        pipeline = found(service, connection, name)
        running = select(table.c.key).where(
            table.c.pipeline_id == pipeline.id, table.c.status.in_(UNFINISHED)
        )
        if key := connection.execute(running.limit(1)).scalar():
            raise RefusalError(
                f"Pipeline {pipeline.name} has an execution that runs, {key}: stop it, then delete",
                code=CONFLICT,
            )
        remove(connection, pipeline)
        pipeline_removed(connection, pipeline.id, pipeline.name, now=now)
    return pipeline


def found(service: Service, connection: Connection, name: str) -> Resource:
    """A pipeline by its name or ARN.

    Raises:
        ResourceNotFoundError: there is none.
    """
    arn = name if name.startswith("arn:") else arn_of(service.settings, PIPELINE, name)
    pipeline = find(connection, PIPELINE, name.rpartition("/")[2])
    if pipeline is None or pipeline.arn.lower() != arn.lower():
        raise ResourceNotFoundError(f"Pipeline '{arn}' does not exist.")
    return pipeline


_DEFINITIONS = frozenset({"PipelineDefinition", "PipelineDefinitionS3Location"})


def _with_definition(params: dict[str, Any]) -> dict[str, Any]:
    """The request with its definition in it, wherever it was."""
    if len(_DEFINITIONS & params.keys()) != 1:
        raise InvalidRequestError("Give either PipelineDefinition or PipelineDefinitionS3Location.")
    given = dict(params)
    place = given.pop("PipelineDefinitionS3Location", None)
    text = given.pop("PipelineDefinition", None) or _stored(place)
    try:
        Definition.of(text)
    except InvalidRequestError as refusal:
        told = f"Unable to parse pipeline definition: {refusal.message}"
        raise InvalidRequestError(told[:LONGEST_TOLD]) from None
    return given | {"PipelineDefinition": text}


def _stored(place: dict[str, str]) -> str:
    uri = f"s3://{place['Bucket']}/{place['ObjectKey']}"
    if "VersionId" in place:
        raise InvalidRequestError("PipelineDefinitionS3Location has a VersionId; leeboard keeps no versions")
    found = read_range(uri, 0, LONGEST * 4 + 1)
    try:
        text = found.decode()
    except UnicodeDecodeError as error:
        raise InvalidRequestError(f"the pipeline definition in {uri} is not UTF-8: {error}") from None
    if len(text) > LONGEST:
        raise InvalidRequestError(f"the pipeline definition in {uri} has more than {LONGEST:,} characters")
    return text
