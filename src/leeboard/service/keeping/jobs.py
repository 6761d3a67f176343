"""Forgets old processing and transform jobs that have ended and that nothing refers to."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, func, select

from leeboard.service.arns import PROCESSING_JOB, TRANSFORM_JOB
from leeboard.service.executions import COLUMNS, Execution
from leeboard.service.jobs import ENDED
from leeboard.service.keeping.counts import BEGIN, PORTION, Counts, Place, behind, remove_ended, told
from leeboard.service.keeping.executions import names_of
from leeboard.service.keeping.used import Used
from leeboard.service.service import Service
from leeboard.service.setup.trials import FACT as DRY_RUN
from leeboard.state.tables import executions, resources

KINDS = (PROCESSING_JOB, TRANSFORM_JOB)
STAMP, N_STAMP = "%Y%m%d%H%M", 12
MINUTE = timedelta(minutes=1)


def forget(service: Service, before: datetime, *, is_trial: bool = False) -> Iterator[Counts]:
    """Those of executions went with them; what is left of such is looked at once more.

    As a trial, jobs of executions are not counted, as they are already.
    """
    with service.database.read() as connection:
        used = Used.read(connection).with_pipelines(connection)
    for kind in KINDS:
        yield from _of_kind(service, kind, before, used, is_trial=is_trial)


def _of_kind(
    service: Service, kind: str, before: datetime, used: Used, *, is_trial: bool
) -> Iterator[Counts]:
    database, place = service.database, BEGIN
    while True:
        with database.read() as connection:
            rows = _old(connection, kind, before, place)
            over = [row for row in rows if row.status in ENDED and row.modified_at < before]
            gone = [row for row in over if not _stays(connection, row, used, is_trial=is_trial)]
        if not rows:
            return
        place = (rows[-1].created_at, rows[-1].id)
        n = len(gone)
        if gone and not is_trial:
            with database.write() as connection:
                n = _removed(connection, gone, used.since(connection))
        yield told(jobs=n)


def _old(connection: Connection, kind: str, before: datetime, place: Place) -> Sequence[Any]:
    c = resources.c
    columns = (c.id, c.key, c.arn, c.status, c.created_at, c.modified_at, c.document, c.facts)
    is_old = (c.kind == kind, c.created_at < before, behind(resources, "created_at", place))
    query = select(*columns).where(*is_old)
    return connection.execute(query.order_by(c.created_at, c.id).limit(PORTION)).all()


def _stays(connection: Connection, row: Any, used: Used, *, is_trial: bool) -> bool:
    """Dry runs have their own time."""
    if DRY_RUN in row.facts or used.has(row.key, row.arn, folders_of(row.document)):
        return True
    if schedule := row.facts.get("schedule_id"):
        return is_trial or _has_execution(connection, schedule, row.key)
    return False


def folders_of(document: Mapping[str, Any]) -> Iterator[str]:
    """Where a processing job puts its files."""
    outputs = (document.get("ProcessingOutputConfig") or {}).get("Outputs") or ()
    yield from (str(each["S3Output"]["S3Uri"]).rstrip("/") for each in outputs if each.get("S3Output"))


def _has_execution(connection: Connection, schedule_id: int, key: str) -> bool:
    """Whether the execution is still there; the name of a job tells its minute."""
    stamp = key.rpartition("-")[0][-N_STAMP:]
    try:
        at = datetime.strptime(stamp, STAMP).replace(tzinfo=UTC)
    except ValueError:
        return True
    c = executions.c
    same = (c.schedule_id == schedule_id, c.scheduled_at >= at, c.scheduled_at < at + MINUTE)
    rows = connection.execute(select(*COLUMNS).where(*same))
    return any(key in names_of(Execution.of(row)) for row in rows)


def _removed(connection: Connection, gone: Sequence[Any], used: Used) -> int:
    """Looked at once more: a definition may name one since."""
    numbers = [row.id for row in gone if row.key not in used.names]
    return remove_ended(connection, resources.c.id.in_(numbers))


def n_old(connection: Connection, before: datetime) -> int:
    """How many there are to look at, of which some stay."""
    c = resources.c
    query = select(func.count()).select_from(resources).where(c.kind.in_(KINDS), c.created_at < before)
    return connection.execute(query).scalar_one()
