"""What can be monitored, what of it is captured, and what a schedule that is being made would do."""

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from sqlalchemy import Connection, select

from leeboard.errors import LeeboardError
from leeboard.service.arns import ENDPOINT, SCHEDULE, TRANSFORM_JOB
from leeboard.service.endpoints import capture_places
from leeboard.service.refusals import InvalidRequestError, RefusalError, ResourceNotFoundError
from leeboard.service.resources import COLUMNS, Resource, find
from leeboard.service.schedules.expressions import parse_expression
from leeboard.service.schedules.windows import window_of
from leeboard.service.scheduling import monitor_of
from leeboard.service.service import Service
from leeboard.service.views.baselines import Baseline, baselines
from leeboard.service.views.wording import in_words, window_in_words
from leeboard.service.window_files import read_whole
from leeboard.state.tables import resources
from leeboard.storage import folder_names, join, list_objects, read_range
from leeboard.storage.layout import HOUR, hour_in

MOST_ENDPOINTS = 500
MOST_BATCHES = 200
N_HOURS = 24
MOST_FILES = 2_000
HEAD_BYTES = 256 << 10
N_RECORDS = 5
MOST_CELLS = 40
N_NEXT = 3
N_USUAL = 8
MOST_OFFERED = 50
MOST_READ = 4
MOST_CONSTRAINTS_BYTES = 4 << 20


@dataclass(frozen=True, slots=True)
class Possible:
    """What could be monitored.

    Attributes:
        endpoints: (name, whether it captures, where to).
        batches: prefixes that transform jobs capture to.
    """

    endpoints: tuple[tuple[str, bool, str], ...]
    batches: tuple[str, ...]


def possible(connection: Connection) -> Possible:
    """Two queries; of very many endpoints, the first by name."""
    c = resources.c
    found = connection.execute(
        select(c.name, c.facts).where(c.kind == ENDPOINT).order_by(c.key).limit(MOST_ENDPOINTS)
    )
    endpoints = tuple((row.name, _captures(row.facts), _place(row.facts)) for row in found)
    jobs = connection.execute(
        select(c.document).where(c.kind == TRANSFORM_JOB).order_by(c.id.desc()).limit(MOST_BATCHES)
    )
    places = ((row.document.get("DataCaptureConfig") or {}).get("DestinationS3Uri", "") for row in jobs)
    return Possible(endpoints, tuple(sorted({place.rstrip("/") for place in places if place})))


def _captures(facts: dict[str, Any]) -> bool:
    config = facts.get("capture") or {}
    return bool(config) and bool(config.get("EnableCapture", True))


def _place(facts: dict[str, Any]) -> str:
    return next(iter(capture_places(facts)), "")


@dataclass(frozen=True, slots=True)
class Captured:
    """The latest captured data of an endpoint or of batches.

    Attributes:
        hours: the latest hours that have something, newest first: hour, files, bytes.
        columns: what the cells of a record are called, "" for those without a name.
        records: cells of a few records, the input's.
        answers: what the model answered to each.
        content_type: of the requests.
        model: the name of a model that answers.
        reason: why nothing can be shown.
    """

    hours: tuple[tuple[datetime, int, int], ...] = ()
    columns: tuple[str, ...] = ()
    records: tuple[tuple[str, ...], ...] = ()
    answers: tuple[str, ...] = ()
    content_type: str = ""
    model: str = ""
    reason: str = ""


def captured(service: Service, *, endpoint: str = "", batch: str = "") -> Captured:
    """A look at the store: the latest day that has something, and the first records of its last file."""
    model = ""
    roots: list[str] = [batch] if batch else []
    if endpoint:
        service.capture.flush(endpoint)
        with service.database.read() as connection:
            found = find(connection, ENDPOINT, endpoint)
        if found is None:
            return Captured(reason=f"there is no endpoint {endpoint}")
        model = next((one["model"] for one in found.facts.get("variants", [])), "")
        roots = [join(place, found.name) for place in capture_places(found.facts)]
    try:
        return _looked(roots, model, is_batch=bool(batch))
    except LeeboardError as error:
        return Captured(model=model, reason=str(error))


def _looked(roots: Sequence[str], model: str, *, is_batch: bool) -> Captured:
    n_files: Counter[datetime] = Counter()
    n_bytes: Counter[datetime] = Counter()
    last: tuple[datetime, str] | None = None
    for root in roots:
        tops = [join(root, "input"), join(root, "output")] if is_batch else []
        for variant in tops or [join(root, name) for name in folder_names(root)[:20]]:
            for stored in _latest(variant):
                hour = hour_in(stored.uri)
                if hour is None:
                    continue
                n_files[hour] += 1
                n_bytes[hour] += stored.size_bytes
                last = max(last or (hour, stored.uri), (hour, stored.uri))
    hours = tuple((hour, n_files[hour], n_bytes[hour]) for hour in sorted(n_files, reverse=True)[:N_HOURS])
    if last is None or is_batch:
        reason = "" if last else f"nothing is captured yet below {' or '.join(roots) or 'any place'}"
        return Captured(hours=hours, model=model, reason=reason)
    return _with_records(hours, model, last[1])


def _latest(folder: str) -> Iterator[Any]:
    """Files of the last two days that have some: folders are of years, months, days, hours."""
    days = []
    for year in reversed(folder_names(folder)):
        for month in reversed(folder_names(join(folder, year))):
            for day in reversed(folder_names(join(folder, year, month))):
                days.append(join(folder, year, month, day))
                if len(days) == 2:
                    break
            if len(days) == 2:
                break
        if len(days) == 2:
            break
    for day in days:
        yield from islice(list_objects(day, missing_ok=True), MOST_FILES)


def _with_records(hours: tuple[tuple[datetime, int, int], ...], model: str, uri: str) -> Captured:
    lines = read_range(uri, 0, HEAD_BYTES).decode("utf-8", "replace").splitlines()[:N_RECORDS]
    records, answers, kind = [], [], ""
    columns: tuple[str, ...] = ()
    for line in lines:
        try:
            data = json.loads(line)["captureData"]
        except (ValueError, KeyError, TypeError):
            continue
        sent, answered = data.get("endpointInput") or {}, data.get("endpointOutput") or {}
        kind = kind or str(sent.get("observedContentType") or "")
        names, cells = _cells(str(sent.get("data", "")), str(sent.get("encoding", "")))
        columns = columns or names
        records.append(cells)
        answers.append(str(answered.get("data", ""))[:200].strip())
    if not columns and records:
        columns = ("",) * max(map(len, records))
    return Captured(hours, columns, tuple(records), tuple(answers), kind, model)


def _cells(text: str, encoding: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Names and cells of the first record of a payload."""
    if encoding == "CSV":
        return (), tuple(text.splitlines()[0].split(",")[:MOST_CELLS]) if text.strip() else ()
    if encoding == "JSON":
        try:
            value = json.loads(text)
        except ValueError:
            return (), (text[:200],)
        if isinstance(value, dict):
            pairs = list(value.items())[:MOST_CELLS]
            return tuple(str(name) for name, _ in pairs), tuple(json.dumps(each)[:60] for _, each in pairs)
    return (), (text[:200],)


@dataclass(frozen=True, slots=True)
class Planned:
    """When a schedule would run: in words, and its next times with the window of each.

    Attributes:
        reason: why it cannot; nothing else is known then.
    """

    words: str = ""
    window: str = ""
    times: tuple[tuple[datetime, datetime, datetime], ...] = ()
    reason: str = ""


def planned(
    expression: str, now: datetime, *, start: str | None, end: str | None, is_strict: bool = False
) -> Planned:
    """What an expression with these offsets means."""
    try:
        read = parse_expression(expression, created_at=now, is_strict=is_strict)
        if read.is_once:
            return Planned(reason="NOW runs once; give it times to run at")
        times = []
        for at in read.between(now, now + timedelta(days=366 * 5), N_NEXT):
            window = window_of(
                at, read.period_at(at), start_offset=start, end_offset=end, is_strict=is_strict
            )
            times.append((at, window.start_at, window.end_at))
        if not times:
            return Planned(reason=f"{expression} names no time in the next five years")
        words = window_in_words(read.period_at(times[0][0]), start, end)
        return Planned(in_words(expression), words, tuple(times))
    except RefusalError as error:
        return Planned(reason=error.message)


def usual(connection: Connection, endpoint: str, batch: str, place: str) -> dict[str, str]:
    """What earlier schedules of this endpoint say of fields that any schedule has."""
    bucket = "/".join((batch or place).split("/")[:3])
    told = {"output": f"{bucket}/reports" if bucket.startswith("s3://") else ""}
    for schedule in reversed(schedules_of(connection, endpoint)):
        monitor = monitor_of(connection, schedule)
        if monitor is None:
            continue
        source = monitor.source
        given = {
            "output": monitor.output_uri,
            "role": monitor.role,
            "labels": monitor.labels_uri if monitor.merges else "",
            "problem": monitor.application.get("ProblemType", ""),
            "inference": source.get("InferenceAttribute", ""),
            "probability": source.get("ProbabilityAttribute", ""),
            "threshold": source.get("ProbabilityThresholdAttribute", ""),
            "features": source.get("FeaturesAttribute", ""),
        }
        told |= {name: str(value) for name, value in given.items() if value not in ("", None)}
    return told


def schedules_of(connection: Connection, endpoint: str) -> list[Resource]:
    """The latest schedules of an endpoint, a few."""
    if not endpoint:
        return []
    c = resources.c
    query = select(*COLUMNS).where(c.kind == SCHEDULE, c.endpoint == endpoint)
    return [Resource.of(row) for row in connection.execute(query.order_by(c.id.desc()).limit(N_USUAL))]


@dataclass(frozen=True, slots=True)
class Begin:
    """What a form begins with.

    Attributes:
        values: of fields, by name.
        files: (type, URI of constraints, URI of statistics) of baselines that are there, those of this
            source first.
        columns: names of the features, in their order, as a baseline has them.
    """

    seen: Captured
    values: dict[str, str]
    files: tuple[tuple[str, str, str], ...]
    columns: tuple[str, ...]


def begin(service: Service, *, endpoint: str = "", batch: str = "") -> Begin:
    """A form for an endpoint, or for batches below a prefix.

    Raises:
        ResourceNotFoundError: there is no such endpoint.
        InvalidRequestError: the prefix is none of the store; a path would be one of the server's disk.
    """
    if batch and not batch.startswith("s3://"):
        raise InvalidRequestError(
            f"{batch[:80]!r} is no place of captured batches: expected s3://BUCKET/PREFIX"
        )
    with service.database.read() as connection:
        found = find(connection, ENDPOINT, endpoint) if endpoint else None
        if endpoint and found is None:
            raise ResourceNotFoundError(f"there is no endpoint {endpoint[:80]}")
        place = _place(found.facts) if found else ""
        values = usual(connection, endpoint, batch, place)
        known = _baselines_first(connection, endpoint)
    seen = captured(service, endpoint=endpoint, batch=batch)
    own = {one.monitoring_type: one for one in reversed(known) if _is_of(one, endpoint)}
    columns, label = _told_columns([one for one in known if _is_of(one, endpoint)])
    values |= {f"file_{kind}": one.constraints for kind, one in own.items()}
    if "DataQuality" in own:
        values["file_Statistics"] = own["DataQuality"].statistics
    told = {"model": seen.model, "headers": ", ".join(columns), "label": label}
    values |= {name: value for name, value in told.items() if value}
    values["role"] = values.get("role") or f"arn:aws:iam::{service.settings.account}:role/leeboard"
    values["baseline"] = "files" if own else "hours" if seen.hours else "data"
    if seen.hours:
        values["hours_from"] = f"{seen.hours[-1][0]:%Y-%m-%dT%H:%M}"
        values["hours_to"] = f"{seen.hours[0][0] + HOUR:%Y-%m-%dT%H:%M}"
    files = tuple((one.monitoring_type, one.constraints, one.statistics) for one in known)
    return Begin(seen, values, files[:MOST_OFFERED], columns)


def _baselines_first(connection: Connection, endpoint: str) -> list[Baseline]:
    """Those of an endpoint before others, the latest first."""
    found = [one for one in baselines(connection) if one.status in ("", "Completed")]
    return sorted(found, key=lambda one: (not _is_of(one, endpoint), -_made(one)))


def _made(one: Baseline) -> float:
    return one.made_at.timestamp() if one.made_at else 0.0


def _is_of(one: Baseline, endpoint: str) -> bool:
    return bool(endpoint) and any(name == endpoint for _, name in one.schedules)


def _told_columns(known: Sequence[Baseline]) -> tuple[tuple[str, ...], str]:
    """Of the latest baseline of data quality that knows its label, else of the latest."""
    files = [one.constraints for one in known if one.monitoring_type == "DataQuality"]
    found = [_columns(uri) for uri in files[:MOST_READ]]
    return next((one for one in found if one[1]), found[0] if found else ((), ""))


def _columns(uri: str) -> tuple[tuple[str, ...], str]:
    """Names of the features in a file of constraints, and that of the label."""
    try:
        document = json.loads(read_whole(uri, most_bytes=MOST_CONSTRAINTS_BYTES))
        roles = {one["name"]: (one.get("leeboard") or {}).get("role") for one in document["features"]}
    except (LeeboardError, ValueError, KeyError, TypeError, AttributeError):
        return (), ""
    label = next((name for name, role in roles.items() if role == "label"), "")
    kept = tuple(name for name, role in roles.items() if role in (None, "feature"))
    return (kept if len(kept) <= MOST_CELLS else ()), label
