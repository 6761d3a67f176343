"""One endpoint or one place of batch data: what it is, and how its monitors went over time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from leeboard.capture.spool.counts import Counts
from leeboard.service.arns import ENDPOINT, SCHEDULE
from leeboard.service.endpoints import capture_places
from leeboard.service.monitor_types import TYPES
from leeboard.service.refusals import ResourceNotFoundError
from leeboard.service.resources import find, find_all
from leeboard.service.service import Service
from leeboard.service.views.batch_data import batch_makers, batch_places
from leeboard.service.views.capture_counts import NOTHING_CAPTURED, captured_by_endpoint
from leeboard.service.views.deployed import Deployment, Variant, deployments_of, variants_in
from leeboard.service.views.fleet import Line, lines
from leeboard.service.views.schedule import Timing, timing_of
from leeboard.service.views.strips import Span, Spans, strips
from leeboard.service.views.watched import Watched, of_endpoint, of_place
from leeboard.service.views.watching import SCHEDULES, monitors
from leeboard.state.tables import resources


@dataclass(frozen=True, slots=True)
class Monitored:
    """One schedule of what the page is about."""

    line: Line
    timing: Timing
    strip: Sequence[Span]
    merges: bool

    @property
    def n_runs(self) -> int:
        return sum(span.n_runs for span in self.strip)

    @property
    def n_bad(self) -> int:
        return sum(span.n_bad for span in self.strip)


@dataclass(frozen=True, slots=True)
class Seen:
    """What a page tells before any chart.

    Attributes:
        config: the name of the endpoint's configuration; of batch data, all that is of endpoints is empty.
        counts: of the capture, a variant each, since the server started.
        capture: the configuration of the capture.
        places: where captures went and go, the latest first.
    """

    row: Watched
    config: str
    failure: str
    variants: tuple[Variant, ...]
    counts: tuple[Counts, ...]
    capture: Mapping[str, Any]
    places: tuple[str, ...]
    monitored: tuple[Monitored, ...]
    deployments: tuple[Deployment, ...]
    spans: Spans


def endpoint_seen(service: Service, connection: Connection, name: str, spans: Spans, now: datetime) -> Seen:
    """An endpoint, in a number of queries that does not grow.

    Raises:
        ResourceNotFoundError: there is none of that name.
    """
    endpoint = find(connection, ENDPOINT, name)
    if endpoint is None:
        raise ResourceNotFoundError(f"There is no endpoint {name} on this server.")
    facts, key = endpoint.facts, endpoint.name.lower()
    of = lines(connection, resources.c.endpoint == endpoint.name, now=now, grace_s=service.settings.grace_s)
    counts = tuple(one for one in service.capture.counts() if one.endpoint.lower() == key)
    return Seen(
        row=of_endpoint(endpoint, of, captured_by_endpoint(counts).get(key, NOTHING_CAPTURED)),
        config=str(facts.get("config", "")),
        failure=str(facts.get("failure", "")) if endpoint.status == "Failed" else "",
        variants=variants_in(service, facts),
        counts=counts,
        capture=facts.get("capture") or {},
        places=tuple(capture_places(facts)),
        monitored=_monitored(service, connection, of, spans),
        deployments=deployments_of(connection, endpoint, spans.start_at),
        spans=spans,
    )


def batch_seen(service: Service, connection: Connection, place: str, spans: Spans, now: datetime) -> Seen:
    """A place of batch data.

    Raises:
        ResourceNotFoundError: no schedule reads it.
    """
    place = place.rstrip("/")
    numbers = [number for number, each in batch_places(connection).items() if each == place]
    if not numbers:
        raise ResourceNotFoundError(f"No schedule reads batch data of {place[:200]!r}.")
    of = lines(connection, resources.c.id.in_(numbers), now=now, grace_s=service.settings.grace_s)
    return Seen(
        row=of_place(place, batch_makers(connection).get(place, ()), of),
        config="",
        failure="",
        variants=(),
        counts=(),
        capture={},
        places=(place,),
        monitored=_monitored(service, connection, of, spans),
        deployments=(),
        spans=spans,
    )


def _monitored(
    service: Service, connection: Connection, of: Sequence[Line], spans: Spans
) -> tuple[Monitored, ...]:
    """By monitor, and of one monitor the worst first."""
    numbers = [line.id for line in of]
    if not numbers:
        return ()
    drawn = strips(connection, "schedule_id", numbers, spans)
    made = {one.id: one for one in find_all(connection, SCHEDULE, resources.c.id.in_(numbers))}
    watching = monitors(connection, SCHEDULES.c.id.in_(numbers))
    found = []
    for line in of:
        monitor = watching[line.id]
        timing = timing_of(service, made[line.id], monitor)
        found.append(Monitored(line, timing, drawn[line.id], monitor is not None and monitor.merges))
    return tuple(sorted(found, key=lambda one: (TYPES.index(one.line.monitoring_type), one.line.rank)))
