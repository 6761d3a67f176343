"""Removes data sets that somebody sent with a form of the dashboard and that no baseline was made of.

The audit log knows what was uploaded. A file is ours if its folder bears the digest of its content, and if it
has not changed since.
"""

import logging
import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from sqlalchemy import ColumnElement, Connection, Text, and_, func, or_, select, text, type_coerce
from sqlalchemy.exc import OperationalError

from leeboard.errors import LeeboardError
from leeboard.service import jobs
from leeboard.service.access import audit
from leeboard.service.arns import DEFINITIONS, PIPELINE, PROCESSING_JOB, SCHEDULE
from leeboard.service.keeping.counts import SKEW, Counts, told
from leeboard.service.keeping.jobs import folders_of
from leeboard.service.keeping.used import Used
from leeboard.service.schedules.names import JOB_KINDS, MERGE_KIND
from leeboard.service.service import Service
from leeboard.service.window_files import stored_at
from leeboard.state.access_tables import audit_log
from leeboard.state.tables import pipeline_executions, resources
from leeboard.storage import delete, open_read

KEPT = timedelta(days=7)
UPLOADED, REMOVED = "uploaded a data set", "removed an upload"
"""Actions in the audit log."""
WHO, VIA = "leeboard", "server"
PLACE = re.compile(r"/uploads/[0-9a-f]{16}/[A-Za-z0-9._-]{1,80}")
PIECE_BYTES = 1 << 20
NOBODY_BEGINS = (
    text("SET LOCAL lock_timeout = '500ms'"),  # less than after which PostgreSQL ends one of two that wait
    text("LOCK TABLE resources, pipeline_executions IN SHARE MODE"),
)
OF_SCHEDULES = tuple(sorted([*JOB_KINDS.values(), MERGE_KIND]))

_log = logging.getLogger(__name__)


def forget(service: Service, at: datetime, *, is_trial: bool = False) -> Iterator[Counts]:
    """What went, after each file."""
    with service.database.read() as connection:
        uploads = _uploads(connection, at)
        used = _used(connection) if uploads else set()
    for uri, uploaded_at in uploads.items():
        if _place(uri) in used:
            continue
        try:
            if not _is_ours(uri, uploaded_at) or not (is_trial or _remove(service, uri, at)):
                continue
        except (LeeboardError, OperationalError) as error:
            _log.warning("the upload %s stays for now: %s", uri, error)
            return
        yield told(uploads=1)


def _uploads(connection: Connection, at: datetime) -> dict[str, datetime]:
    """Those that are old and were not removed since, with the time at which they were sent last."""
    c = audit_log.c
    lines = select(c.subject, c.action, func.max(c.at).label("at"))
    lines = lines.where(c.action.in_((UPLOADED, REMOVED))).group_by(c.subject, c.action)
    last = {(row.subject, row.action): row.at for row in connection.execute(lines)}
    sent = {uri: sent_at for (uri, action), sent_at in last.items() if action == UPLOADED and _place(uri)}
    return {
        uri: sent_at
        for uri, sent_at in sent.items()
        if sent_at <= at - KEPT and last.get((uri, REMOVED), sent_at) <= sent_at
    }


def _place(uri: str) -> str:
    """The end of the URI, by which it is looked for; "" if it is of no upload, or was cut in the log."""
    found = PLACE.search(uri)
    return found[0] if found and uri.endswith(found[0]) else ""


def _used(connection: Connection, place: str = "/uploads/") -> set[str]:
    """Uploads that definitions, schedules and pipelines name, or jobs which made baselines that these use.

    Args:
        place: what is named has it in it.
    """
    c = resources.c
    kinds = (SCHEDULE, PIPELINE, *DEFINITIONS.values())
    document = type_coerce(c.document, Text)
    texts = list(
        connection.execute(select(document).where(c.kind.in_(kinds), _names(document, place))).scalars()
    )
    definition = pipeline_executions.c.definition
    parameters = type_coerce(pipeline_executions.c.parameters, Text)
    for column in (definition, parameters):
        texts += connection.execute(select(column).where(_names(column, place))).scalars()
    return {found for told in [*texts, *_jobs(connection, place)] for found in PLACE.findall(told)}


def _names(column: Any, place: str) -> ColumnElement[bool]:
    has_one: ColumnElement[bool] = column.contains(place, autoescape=True)
    return has_one


def _jobs(connection: Connection, place: str) -> Iterator[str]:
    """Documents of jobs that go on, or made a baseline in use; those of executions read no data sets.

    In the names of these, a digit or one of the letters a to f follows: between 0 and g in every order.
    """
    used = Used.read(connection)
    c = resources.c
    document = type_coerce(c.document, Text)
    starts, ends = ["", *(f"{name}-g" for name in OF_SCHEDULES)], [f"{name}-0" for name in OF_SCHEDULES]
    bounds = [and_(c.key >= start, c.key < end) for start, end in zip(starts, ends, strict=False)]
    others = or_(*bounds, c.key >= starts[-1])
    query = select(c.key, c.arn, c.status, c.document, document.label("text"))
    rows = connection.execute(query.where(c.kind == PROCESSING_JOB, others, _names(document, place)))
    for row in rows:
        if row.status not in jobs.ENDED or used.has(row.key, row.arn, folders_of(row.document)):
            yield row.text


def _is_ours(uri: str, uploaded_at: datetime) -> bool:
    """Whether it is there as it was sent."""
    stored = stored_at(uri)
    if stored is None or stored.modified_at > uploaded_at + SKEW:
        return False
    digest = sha256()
    with open_read(uri) as stream:
        while piece := stream.read(PIECE_BYTES):
            digest.update(piece)
    return f"/uploads/{digest.hexdigest()[:16]}/" in uri


def _remove(service: Service, uri: str, at: datetime) -> bool:
    """Whether nobody has begun to use it meanwhile; nobody can until it is gone.

    Then the log says it, for people and for the next look.
    """
    with service.database.write() as connection:
        if not service.database.is_sqlite:  # in a file, nobody else writes now
            for statement in NOBODY_BEGINS:
                connection.execute(statement)
        if _place(uri) in _used(connection, _place(uri)):
            return False
        delete(uri)
        audit.write(connection, at=at, visitor=WHO, via=VIA, action=REMOVED, subject=uri)
    return True
