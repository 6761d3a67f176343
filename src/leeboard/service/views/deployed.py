"""What answers for an endpoint or a model: variants with their containers, and when that was changed."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, select

from leeboard.service.resources import Resource
from leeboard.service.service import Service
from leeboard.state.access_tables import audit_log

DEPLOYING = {"CreateEndpoint": "deployed", "UpdateEndpoint": "updated",
             "UpdateEndpointWeightsAndCapacities": "other weights"}  # fmt: skip
MOST_DEPLOYMENTS = 50
SAME = timedelta(minutes=10)
"""How far a line of the audit log and a time of the endpoint are apart at most that tell of one change."""


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
        is_pending: it is not yet; its endpoint is being updated.
    """

    name: str
    model: str
    weight: float
    share: float
    count: int
    containers: tuple[Container, ...]
    is_pending: bool = False


@dataclass(frozen=True, slots=True)
class Deployment:
    """A time at which something else began to answer."""

    at: datetime
    words: str
    by: str = ""


def variants_in(service: Service, facts: Mapping[str, Any]) -> tuple[Variant, ...]:
    """Those of an endpoint's facts, then those that are to come."""
    pending = facts.get("pending") or {}
    return (*_variants(service, facts), *_variants(service, pending, is_pending=True))


def _variants(service: Service, facts: Mapping[str, Any], *, is_pending: bool = False) -> Iterator[Variant]:
    deployed = facts.get("variants", [])
    total = sum(variant["weight"] for variant in deployed)
    for variant in deployed:
        weight = variant["weight"]
        containers = tuple(container_of(service, each) for each in variant.get("containers", []))
        yield Variant(
            variant["name"], variant["model"], weight, weight / total if total else 0.0,
            variant.get("count", 1), containers, is_pending,
        )  # fmt: skip


def container_of(service: Service, given: Mapping[str, Any]) -> Container:
    """One container as its document describes it."""
    image = str(given.get("Image") or given.get("ModelPackageName") or "")
    route = service.routes.find(image) if image else None
    data = str(given.get("ModelDataUrl") or "")
    return Container(image, data, (route.url or route.command or "") if route else "")


def deployments_of(connection: Connection, endpoint: Resource, since: datetime) -> tuple[Deployment, ...]:
    """By the audit log; when it came and was last changed is known without. The oldest first."""
    c = audit_log.c
    query = select(c.at, c.action, c.visitor).where(
        c.subject == endpoint.name, c.at >= since, c.action.in_(list(DEPLOYING)), c.outcome == "ok"
    )
    rows = connection.execute(query.order_by(c.at.desc()).limit(MOST_DEPLOYMENTS))
    found = [Deployment(at, DEPLOYING[action], by) for at, action, by in rows]
    for at, words in ((endpoint.created_at, "deployed"), (endpoint.modified_at, "changed")):
        if at >= since and not any(abs(each.at - at) < SAME for each in found):
            found.append(Deployment(at, words))
    return tuple(sorted(found, key=lambda each: each.at))
