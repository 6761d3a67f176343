"""Versions of a schedule's constraints: each in files of its own, so that one can go back.

The files are written first, to a place of their own: until the schedule is updated, nobody reads them.
"""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection

from leeboard.service import scheduling
from leeboard.service.changing import changing
from leeboard.service.monitor_types import INLINE_TYPE, MODEL_QUALITY, MONITOR_TYPES, STATISTICS_FILE
from leeboard.service.refusals import InvalidRequestError, ResourceNotFoundError
from leeboard.service.resources import Resource, change
from leeboard.service.service import Service
from leeboard.service.setup.replacing import Edit, replace_in, replacement
from leeboard.service.setup.tunable import Documents, Tunable, written
from leeboard.service.setup.tuning import MOST_STATISTICS_BYTES, documents_of, tunable_of
from leeboard.service.window_files import read_whole
from leeboard.storage import exists, join, write_bytes

FACT = "constraint_versions"
MOST_KEPT = 50
STAMP = "%Y%m%dT%H%M%SZ"
LONGEST_NOTE = 500


@dataclass(frozen=True, slots=True)
class Version:
    """Files that decided from some time on.

    Attributes:
        number: from 1, the oldest.
        by: who put them in place; "" for those that were there before.
    """

    number: int
    constraints: str
    config: str
    at: str
    by: str = ""
    note: str = ""


Beside = Callable[[Connection, Version], None]


def alone(connection: Connection, version: Version) -> None:
    """Nothing else."""


def versions_of(schedule: Resource) -> list[Version]:
    """Those that are kept, the newest first; none before the first edit."""
    return [Version(**one) for one in schedule.facts.get(FACT, [])][::-1]


def save(
    service: Service,
    name: str,
    changed: Documents,
    *,
    seen: str,
    who: str,
    note: str,
    now: datetime,
    beside: Beside = alone,
) -> Version:
    """Write what was changed to new files, and let the schedule use them from its next run on.

    Args:
        changed: as `tunable.edited` gives it.
        seen: URIs of the files that the changes were made on, as `mark_of` tells them.
        beside: what else is written in the transaction that has the schedule use them.

    Raises:
        InvalidRequestError: somebody else has changed them since, or nothing was changed.
    """
    with service.database.read() as connection:
        schedule = scheduling.existing(connection, name)
    now_there = documents_of(service, schedule)
    if seen != mark_of(now_there):
        raise InvalidRequestError(
            "somebody has changed the constraints since this page was loaded: load it again, your changes "
            "are still in its address"
        )
    _check(tunable_of(schedule), changed)
    uris = {
        "constraints": _written(now_there.constraints, changed.constraints, changed.constraints_uri, now),
        "config": _written(now_there.config, changed.config, changed.config_uri, now),
    }
    if uris == {"constraints": now_there.constraints_uri, "config": now_there.config_uri}:
        raise InvalidRequestError("nothing was changed")
    note = note[:LONGEST_NOTE]
    return _used(service, schedule, now_there, uris, who=who, note=note, now=now, beside=beside)


def go_back(
    service: Service, name: str, number: int, *, who: str, now: datetime, beside: Beside = alone
) -> Version:
    """Let a schedule use the files of an earlier version again.

    Raises:
        ResourceNotFoundError: there is no such version.
    """
    with service.database.read() as connection:
        schedule = scheduling.existing(connection, name)
    wanted = next((one for one in versions_of(schedule) if one.number == number), None)
    if wanted is None:
        raise ResourceNotFoundError(f"{name} has no version {number} of its constraints")
    there = documents_of(service, schedule)
    uris = {"constraints": wanted.constraints, "config": wanted.config}
    if uris == {"constraints": there.constraints_uri, "config": there.config_uri}:
        raise InvalidRequestError(f"version {number} is in use already")
    for uri in uris.values():
        if uri and not exists(uri):
            raise InvalidRequestError(f"{uri} of version {number} is not there any more")
    note = f"back to version {number}"
    return _used(service, schedule, there, uris, who=who, note=note, now=now, beside=beside)


def mark_of(documents: Documents) -> str:
    """What tells one state of the files from another."""
    return f"{documents.constraints_uri} {documents.config_uri}".strip()


def _check(tunable: Tunable, changed: Documents) -> None:
    """That the monitor will be able to read it."""
    from leeboard.formats.reading import read_analysis, read_analysis_config, read_quality_constraints

    tunable.rows(changed)
    if changed.config:
        read_analysis_config(written(changed.config), changed.config_uri)
    if tunable.monitoring_type == MODEL_QUALITY.aws:
        read_quality_constraints(written(changed.constraints), changed.constraints_uri)
    elif MONITOR_TYPES[tunable.monitoring_type].has_config:
        read_analysis(written(changed.constraints), changed.constraints_uri)


def _written(before: dict[str, Any], after: dict[str, Any], uri: str, now: datetime) -> str:
    """The URI of a new file with it, or of the old one if it is the same.

    Servers that edit in the same second write to the same place only if they write the same.
    """
    if before == after:
        return uri
    if not uri:
        raise InvalidRequestError("the definition names no analysis configuration that could be changed")
    folder, _, file = uri.rpartition("/")
    stem = folder.partition("/edited/")[0]
    content = written(after)
    place = join(stem, "edited", f"{now:{STAMP}}-{sha256(content).hexdigest()[:8]}")
    new = join(place, file)
    write_bytes(new, content)
    _copy_beside(folder, place)
    return new


def _copy_beside(folder: str, place: str) -> None:
    """Model quality looks for the statistics of its baseline beside its constraints, and nowhere else."""
    beside = join(folder, STATISTICS_FILE)
    if exists(beside):
        write_bytes(join(place, STATISTICS_FILE), read_whole(beside, most_bytes=MOST_STATISTICS_BYTES))


def _used(
    service: Service,
    schedule: Resource,
    there: Documents,
    uris: dict[str, str],
    *,
    who: str,
    note: str,
    now: datetime,
    beside: Beside,
) -> Version:
    """The update and its version are one transaction; the files are there already."""
    wanted = replacement(service, schedule, with_files(schedule, uris), {}, now)
    first = Version(1, there.constraints_uri, there.config_uri, schedule.created_at.isoformat())
    with changing(service) as connection:
        current = replace_in(connection, service, wanted, now)
        kept = versions_of(current)[::-1] or [first]
        number = kept[-1].number + 1
        version = Version(number, uris["constraints"], uris["config"], now.isoformat(), who, note)
        told = [asdict(one) for one in [*kept, version][-MOST_KEPT:]]
        change(connection, current, now=now, facts=current.facts | {FACT: told})
        beside(connection, version)
    return version


def with_files(schedule: Resource, uris: dict[str, str]) -> Edit:
    """An edit that has a definition of either form name these files."""
    kind = schedule.monitoring_type or INLINE_TYPE

    def edit(document: dict[str, Any]) -> dict[str, Any]:
        is_inline = "MonitoringAppSpecification" in document
        key = "BaselineConfig" if is_inline else f"{kind}BaselineConfig"
        document[key] = document.get(key, {}) | {"ConstraintsResource": {"S3Uri": uris["constraints"]}}
        if uris["config"]:
            document[f"{kind}AppSpecification"]["ConfigUri"] = uris["config"]
        return document

    return edit
