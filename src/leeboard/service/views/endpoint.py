"""One endpoint, one place of batch data, or one model: what it is, and how its monitors went over time."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, select

from leeboard.capture.spool.counts import Counts
from leeboard.service.arns import ENDPOINT, MODEL, SCHEDULE
from leeboard.service.endpoints import capture_places, containers_of
from leeboard.service.refusals import ResourceNotFoundError
from leeboard.service.resources import Resource, find, find_all
from leeboard.service.service import Service
from leeboard.service.summaries import History, history
from leeboard.service.views.fleet import TYPES, Line, lines
from leeboard.service.views.overview import (
    Captured,
    Watched,
    batch_makers,
    captured_by_endpoint,
    of_batch,
    of_endpoint,
)
from leeboard.service.views.schedule import Timing, timing_of
from leeboard.service.views.strips import Span, Spans, strips
from leeboard.service.views.watching import SCHEDULES, batch_places, monitors
from leeboard.state.access_tables import audit_log
from leeboard.state.tables import resources

DRIFT_COLUMNS = ("distance", "limit", "use", "completeness", "n_violations")
DEPLOYING = {"CreateEndpoint": "deployed", "UpdateEndpoint": "updated",
             "UpdateEndpointWeightsAndCapacities": "other weights"}  # fmt: skip
MOST_DEPLOYMENTS = 50
MOST_SUMMARIES = 400
"""Windows of a chart, the latest."""


@dataclass(frozen=True, slots=True)
class Container:
    """A container of a variant, and what answers in its place; "" if that is not known."""

    image: str
    data: str
    stands_for: str


@dataclass(frozen=True, slots=True)
class Variant:
    """One variant as it is deployed.

    Attributes:
        share: of the requests that it gets, from the weights.
    """

    name: str
    model: str
    weight: float
    share: float
    count: int
    containers: tuple[Container, ...]
    is_pending: bool = False


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
class Deployment:
    """A time at which something else began to answer."""

    at: datetime
    words: str
    by: str = ""


@dataclass(frozen=True, slots=True)
class Seen:
    """What a page tells before any chart.

    Attributes:
        counts: of the capture, a variant each, since the server started.
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
    """An endpoint.

    Raises:
        ResourceNotFoundError: there is none of that name.
    """
    endpoint = find(connection, ENDPOINT, name)
    if endpoint is None:
        raise ResourceNotFoundError(f"There is no endpoint {name} on this server.")
    of = lines(connection, resources.c.endpoint == endpoint.name, now=now, grace_s=service.settings.grace_s)
    counts = [one for one in service.capture.counts() if one.endpoint.lower() == endpoint.name.lower()]
    captured = captured_by_endpoint(counts).get(endpoint.name.lower(), Captured())
    row = of_endpoint(endpoint, of, captured)
    pending = endpoint.facts.get("pending")
    return Seen(
        row,
        str(endpoint.facts.get("config", "")),
        str(endpoint.facts.get("failure", "")) if endpoint.status == "Failed" else "",
        (*_variants(service, endpoint.facts), *_variants(service, pending, is_pending=True)),
        tuple(counts),
        endpoint.facts.get("capture") or {},
        tuple(capture_places(endpoint.facts)),
        _monitored(service, connection, of, spans),
        _deployments(connection, endpoint, spans.start_at),
        spans,
    )


def batch_seen(service: Service, connection: Connection, place: str, spans: Spans, now: datetime) -> Seen:
    """A place of batch data.

    Raises:
        ResourceNotFoundError: no schedule reads it.
    """
    numbers = [number for number, each in batch_places(connection).items() if each == place.rstrip("/")]
    if not numbers:
        raise ResourceNotFoundError(f"No schedule reads batch data of {place[:200]!r}.")
    of = lines(connection, resources.c.id.in_(numbers), now=now, grace_s=service.settings.grace_s)
    row = of_batch(connection, place.rstrip("/"), of)
    return Seen(row, "", "", (), (), {}, (row.name,), _monitored(service, connection, of, spans), (), spans)


def _variants(
    service: Service, facts: Mapping[str, Any] | None, *, is_pending: bool = False
) -> Iterable[Variant]:
    deployed = (facts or {}).get("variants", [])
    total = sum(variant["weight"] for variant in deployed)
    for variant in deployed:
        containers = tuple(_container(service, each) for each in variant.get("containers", []))
        yield Variant(
            variant["name"], variant["model"], variant["weight"], variant["weight"] / total if total else 0.0,
            variant.get("count", 1), containers, is_pending,
        )  # fmt: skip


def _container(service: Service, given: Mapping[str, Any]) -> Container:
    image = str(given.get("Image") or given.get("ModelPackageName") or "")
    route = service.routes.find(image) if image else None
    data = str(given.get("ModelDataUrl") or "")
    return Container(image, data, (route.url or route.command or "") if route else "")


def _monitored(
    service: Service, connection: Connection, of: Sequence[Line], spans: Spans
) -> tuple[Monitored, ...]:
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


def _deployments(connection: Connection, endpoint: Resource, since: datetime) -> tuple[Deployment, ...]:
    """By the audit log; when it came and was last changed is known without."""
    c = audit_log.c
    query = select(c.at, c.action, c.visitor).where(
        c.subject == endpoint.name, c.at >= since, c.action.in_(list(DEPLOYING)), c.outcome == "ok"
    )
    rows = connection.execute(query.order_by(c.at.desc()).limit(MOST_DEPLOYMENTS))
    found = [Deployment(at, DEPLOYING[action], by) for at, action, by in rows]
    near = timedelta(minutes=10)
    for at, words in ((endpoint.created_at, "deployed"), (endpoint.modified_at, "changed")):
        if at >= since and not any(abs(each.at - at) < near for each in found):
            found.append(Deployment(at, words))
    return tuple(sorted(found, key=lambda each: each.at))


@dataclass(frozen=True, slots=True)
class FeatureRow:
    """One feature over the windows of a range.

    Attributes:
        completeness, distance, limit, use: of the last window that has them.
        n_violations: of all windows together; n_broken: windows with any.
        distances: one a window.
    """

    name: str
    type: str | None
    completeness: float | None
    distance: float | None
    limit: float | None
    use: float | None
    n_violations: int
    n_broken: int
    distances: Sequence[float | None]
    uses: Sequence[float | None]
    completenesses: Sequence[float | None]
    violations: Sequence[int | None]

    @property
    def worst_use(self) -> float:
        return max((use for use in self.uses if use is not None), default=-1.0)


def drift_of(connection: Connection, schedule_id: int, since: datetime) -> tuple[History, list[FeatureRow]]:
    """The windows of a schedule since a time, and its features, those that drift the most first."""
    found = history(connection, [schedule_id], since=since, limit=MOST_SUMMARIES, columns=DRIFT_COLUMNS)
    rows = [_feature(name, of) for name, of in found.features.items()]
    return found, sorted(rows, key=_most_drifted)


def _most_drifted(row: FeatureRow) -> tuple[float, float, int, str]:
    return -(row.use if row.use is not None else -1.0), -row.worst_use, -row.n_violations, row.name


def _feature(name: str, of: Any) -> FeatureRow:
    violations = of["n_violations"]
    uses = [_use(*one) for one in zip(of["use"], of["distance"], of["limit"], strict=True)]
    return FeatureRow(
        name, of.type, _last(of["completeness"]), _last(of["distance"]), _last(of["limit"]), _last(uses),
        sum(n or 0 for n in violations), sum(bool(n) for n in violations),
        of["distance"], uses, of["completeness"], violations,
    )  # fmt: skip


def _use(use: float | None, distance: float | None, limit: float | None) -> float | None:
    """Summaries of other programs may not say it."""
    return distance / limit if use is None and distance is not None and limit else use


def _last(values: Sequence[Any]) -> Any:
    return next((value for value in reversed(values) if value is not None), None)


def measured(connection: Connection, schedule_id: int, since: datetime) -> History:
    """The windows of a schedule that measures no features."""
    return history(connection, [schedule_id], since=since, limit=MOST_SUMMARIES, columns=())


@dataclass(frozen=True, slots=True)
class ModelSeen:
    """A model, where it is deployed, and the folders that its batches write to."""

    model: Resource
    containers: tuple[Container, ...]
    endpoints: tuple[str, ...]
    transforms: tuple[str, ...]


def model_seen(service: Service, connection: Connection, name: str) -> ModelSeen:
    """One model.

    Raises:
        ResourceNotFoundError: there is none of that name.
    """
    model = find(connection, MODEL, name)
    if model is None:
        raise ResourceNotFoundError(f"There is no model {name} on this server.")
    c = resources.c
    query = select(c.name, c.facts).where(c.kind == ENDPOINT).order_by(c.key)
    deployed = [
        endpoint
        for endpoint, facts in connection.execute(query)
        if any(variant["model"].lower() == model.name.lower() for variant in facts.get("variants", []))
    ]
    containers = tuple(_container(service, each) for each in containers_of(model))
    return ModelSeen(model, containers, tuple(deployed), _transforms(connection, model.name))


def _transforms(connection: Connection, model: str) -> tuple[str, ...]:
    name = model.lower()
    makers = batch_makers(connection)
    return tuple(place for place, models in makers.items() if name in {each.lower() for each in models})
