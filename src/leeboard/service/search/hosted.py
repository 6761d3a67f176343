"""What belongs to models: endpoints that host them, schedules that watch them, their last transform job."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Row, select

from leeboard.service.arns import DEFINITIONS, ENDPOINT, SCHEDULE, TRANSFORM_JOB, key_of
from leeboard.service.executions import Execution, latest
from leeboard.service.resources import COLUMNS, Resource, find_all
from leeboard.state.tables import alerts, resources

MOST_JOBS = 5_000
"""Transform jobs that are looked through, the newest."""
PORTION = 5_000


@dataclass(frozen=True, slots=True)
class WatchedBy:
    """A schedule with what is told of it."""

    schedule: Resource
    batch_input: dict[str, Any] | None
    last: Execution | None = None
    alert: Row[Any] | None = None


@dataclass(slots=True)
class Hosted:
    """What belongs to one model."""

    endpoints: list[Resource] = field(default_factory=list)
    schedules: list[WatchedBy] = field(default_factory=list)
    last_job: Resource | None = None


def hosted(connection: Connection, names: Sequence[str]) -> dict[str, Hosted]:
    """By the name of the model; the number of queries does not depend on how many are asked for.

    A schedule belongs to a model by the endpoint's variants, or by a transform job that captures where the
    schedule reads.
    """
    found = {name: Hosted() for name in names}
    _find_endpoints(connection, found)
    captured = _find_jobs(connection, found)
    by_endpoint: dict[str, list[Hosted]] = {}
    for one in found.values():
        for endpoint in one.endpoints:
            by_endpoint.setdefault(key_of(endpoint.name), []).append(one)
    for watched in _watching(connection, set(by_endpoint), bool(captured)):
        if watched.schedule.endpoint is not None:
            owners = by_endpoint.get(key_of(watched.schedule.endpoint), [])
        else:
            place = _place((watched.batch_input or {}).get("DataCapturedDestinationS3Uri"))
            owners = [found[name] for name in sorted(captured.get(place, set()))]
        for owner in owners:
            owner.schedules.append(watched)
    return found


def _find_endpoints(connection: Connection, found: dict[str, Hosted]) -> None:
    for endpoint in find_all(connection, ENDPOINT):
        for name in {variant.get("model") for variant in endpoint.facts.get("variants", [])}:
            if name in found:
                found[name].endpoints.append(endpoint)


def _find_jobs(connection: Connection, found: dict[str, Hosted]) -> dict[str, set[str]]:
    """Fills in the last jobs; gives the models by the place where their jobs captured."""
    query = select(*COLUMNS).where(resources.c.kind == TRANSFORM_JOB)
    newest = query.order_by(resources.c.created_at.desc(), resources.c.id.desc()).limit(MOST_JOBS)
    captured: dict[str, set[str]] = {}
    for job in map(Resource.of, connection.execute(newest)):
        name = job.document.get("ModelName", "")
        if name not in found:
            continue
        if found[name].last_job is None:
            found[name].last_job = job
        if place := _place(job.document.get("DataCaptureConfig", {}).get("DestinationS3Uri")):
            captured.setdefault(place, set()).add(name)
    return captured


def _place(uri: str | None) -> str:
    return (uri or "").rstrip("/")


def _watching(connection: Connection, endpoints: set[str], with_batch: bool) -> list[WatchedBy]:
    """The schedules of those endpoints, and those of batch data if asked for."""
    rows = connection.execute(
        select(resources.c.id, resources.c.endpoint)
        .where(resources.c.kind == SCHEDULE)
        .order_by(resources.c.id)
    )
    wanted = [row.id for row in rows if (key_of(row.endpoint) in endpoints if row.endpoint else with_batch)]
    schedules = list(_by_number(connection, wanted))
    definitions = _definitions(connection, [one for one in schedules if one.endpoint is None])
    last = latest(connection, wanted)
    alarms = {row.schedule_id: row for row in _alerts(connection, wanted)}
    return [
        WatchedBy(one, _batch_input(one, definitions), last.get(one.id), alarms.get(one.id))
        for one in schedules
    ]


def _by_number(connection: Connection, numbers: Sequence[int]) -> Iterable[Resource]:
    for at in range(0, len(numbers), PORTION):
        part = resources.c.id.in_(numbers[at : at + PORTION])
        yield from map(Resource.of, connection.execute(select(*COLUMNS).where(part).order_by(resources.c.id)))


def _alerts(connection: Connection, numbers: Sequence[int]) -> Iterable[Row[Any]]:
    for at in range(0, len(numbers), PORTION):
        part = alerts.c.schedule_id.in_(numbers[at : at + PORTION])
        yield from connection.execute(select(alerts).where(part))


def _definitions(
    connection: Connection, schedules: Sequence[Resource]
) -> dict[tuple[str, str], dict[str, Any]]:
    """The job definitions that schedules of batch data name, by kind and key."""
    keys = sorted({key_of(one.definition) for one in schedules if one.definition})
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for at in range(0, len(keys), PORTION):
        kinds = resources.c.kind.in_(DEFINITIONS.values())
        query = select(resources.c.kind, resources.c.key, resources.c.document)
        rows = connection.execute(query.where(kinds, resources.c.key.in_(keys[at : at + PORTION])))
        found |= {(row.kind, row.key): row.document for row in rows}
    return found


def _batch_input(
    schedule: Resource, definitions: dict[tuple[str, str], dict[str, Any]]
) -> dict[str, Any] | None:
    config = schedule.document["MonitoringScheduleConfig"]
    inline = config.get("MonitoringJobDefinition")
    if inline:
        given: dict[str, Any] | None = inline["MonitoringInputs"][0].get("BatchTransformInput")
        return given
    kind = DEFINITIONS.get(schedule.monitoring_type or "", "")
    document = definitions.get((kind, key_of(schedule.definition or "")), {})
    source: dict[str, Any] = document.get(f"{schedule.monitoring_type}JobInput", {})
    return source.get("BatchTransformInput")
