"""Endpoints: what is deployed under a name, and how that changes."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from leeboard.service.arns import ENDPOINT, ENDPOINT_CONFIG, MODEL, SCHEDULE, arn_of, key_of
from leeboard.service.queue import hold_up, put, take_back
from leeboard.service.refusals import InvalidRequestError
from leeboard.service.resources import Resource, add, change, find, find_all, remove, set_tags
from leeboard.service.service import Service
from leeboard.state.tables import resources
from leeboard.storage import join

DEPLOYMENT = "deployment"
SETTLE_S = 2.0
"""How long a request waits for what it started, so that most clients never see a state in between."""
IN_BETWEEN = ("Creating", "Updating")
DEFAULT_STARTUP_S = 60.0
MOST_PLACES = 5
"""Destinations of captures that are remembered."""


def create(service: Service, params: dict[str, Any], now: datetime) -> Resource:
    """Deploy a configuration under a new name."""
    with service.database.write() as connection:
        endpoint = create_in(connection, service, params, now)
    return settled(service, endpoint)


def create_in(connection: Connection, service: Service, params: dict[str, Any], now: datetime) -> Resource:
    """The same in a transaction that does more; it is not waited for."""
    tags, name = params.pop("Tags", []), params["EndpointName"]
    pending = _snapshot(service, connection, params["EndpointConfigName"])
    facts = {"config": pending["config"], "capture": pending["capture"], "pending": pending}
    endpoint = add(
        connection, service.settings, ENDPOINT, name, params, now=now, status="Creating", facts=facts
    )
    if endpoint is None:
        arn = arn_of(service.settings, ENDPOINT, name)
        raise InvalidRequestError(f'Cannot create already existing endpoint "{arn}".')
    set_tags(connection, endpoint.arn, tags)
    put(connection, DEPLOYMENT, endpoint.name, ready_at=now)
    hold_up(connection, DEPLOYMENT, endpoint.name)
    return endpoint


def update(service: Service, params: dict[str, Any], now: datetime) -> Resource:
    """Deploy another configuration under a name; the old one answers until the new one is ready."""
    with service.database.write() as connection:
        endpoint = _existing(service, connection, params["EndpointName"])
        if endpoint.status not in ("InService", "Failed"):
            raise InvalidRequestError(
                f'Cannot update endpoint "{endpoint.arn}" in status {endpoint.status}: '
                "wait until it is InService"
            )
        is_same = key_of(endpoint.facts.get("config", "")) == key_of(params["EndpointConfigName"])
        if is_same and endpoint.status == "InService":
            raise InvalidRequestError(
                f'Cannot update endpoint "{endpoint.arn}": it has the configuration '
                f"{params['EndpointConfigName']} already. Name another one"
            )
        pending = _snapshot(service, connection, params["EndpointConfigName"])
        if params.get("RetainAllVariantProperties"):
            _retain(pending, endpoint, params.get("ExcludeRetainedVariantProperties", []))
        facts = endpoint.facts | {"pending": pending}
        change(connection, endpoint, now=now, status="Updating", facts=facts)
        put(connection, DEPLOYMENT, endpoint.name, ready_at=now)
    return settled(service, endpoint)


def _retain(pending: dict[str, Any], endpoint: Resource, excluded: list[dict[str, str]]) -> None:
    dropped = {each["VariantPropertyType"] for each in excluded}
    kept = {variant["name"]: variant for variant in endpoint.facts.get("variants", [])}
    for variant in pending["variants"]:
        old = kept.get(variant["name"], variant)
        if "DesiredWeight" not in dropped:
            variant["weight"] = old["weight"]
        if "DesiredInstanceCount" not in dropped:
            variant["count"] = old["count"]


def set_weights(service: Service, name: str, wanted: list[dict[str, Any]], now: datetime) -> Resource:
    """Change which share of the requests goes to which variant."""
    with service.database.write() as connection:
        endpoint = _existing(service, connection, name)
        variants = {variant["name"]: dict(variant) for variant in endpoint.facts.get("variants", [])}
        for each in wanted:
            if each["VariantName"] not in variants:
                known = ", ".join(variants) or "none yet"
                raise InvalidRequestError(
                    f"Endpoint {name} has no variant {each['VariantName']}; its variants: {known}"
                )
            variant = variants[each["VariantName"]]
            variant["weight"] = each.get("DesiredWeight", variant["weight"])
            variant["count"] = each.get("DesiredInstanceCount", variant["count"])
        change(connection, endpoint, now=now, facts=endpoint.facts | {"variants": list(variants.values())})
    service.bell.ring()
    return endpoint


def delete(service: Service, name: str, now: datetime) -> None:
    """Remove an endpoint that no schedule watches."""
    with service.database.write() as connection:
        endpoint = _existing(service, connection, name)
        schedules = find_all(connection, SCHEDULE, resources.c.endpoint == endpoint.name)
        if schedules:
            names = ", ".join(schedule.name for schedule in schedules)
            raise InvalidRequestError(
                f'Cannot delete endpoint "{endpoint.arn}" with monitoring schedules attached: {names}. '
                "Delete them first (DeleteMonitoringSchedule), stopped ones too"
            )
        take_back(connection, DEPLOYMENT, endpoint.name)
        remove(connection, endpoint)
    service.bell.ring()


def deployed(connection: Connection, endpoint: Resource, *, now: datetime) -> None:
    """The pending configuration answers from now on."""
    pending = endpoint.facts["pending"]
    facts = {**pending, "captured_to": _captured_to(endpoint.facts, pending)}
    change(connection, endpoint, now=now, status="InService", facts=facts)


def _captured_to(*deployments: dict[str, Any]) -> list[str]:
    """Where captures went and go, the latest first: a window may reach back before an update."""
    places = [place for each in deployments[::-1] for place in capture_places(each)]
    return list(dict.fromkeys(places))[:MOST_PLACES]


def captures(facts: dict[str, Any]) -> bool:
    """Whether an endpoint with these facts captures what it is asked."""
    config = facts.get("capture")
    return bool(config and config.get("EnableCapture", True))


def capture_places(facts: dict[str, Any]) -> list[str]:
    """The destinations of an endpoint's captures, the latest first; none if it never had one."""
    config = facts.get("capture")
    now = [config["DestinationS3Uri"].rstrip("/")] if config else []
    return list(dict.fromkeys([*now, *facts.get("captured_to", [])]))


def capture_folders(endpoint: Resource) -> list[str]:
    """Prefixes below which there is a folder for each of its variants, that of the latest captures first."""
    return [join(place, endpoint.name) for place in capture_places(endpoint.facts)]


def not_deployed(connection: Connection, endpoint: Resource, reason: str, *, now: datetime) -> None:
    """The pending configuration cannot answer; what answered before goes on."""
    facts = {name: fact for name, fact in endpoint.facts.items() if name != "pending"}
    change(connection, endpoint, now=now, status="Failed", facts=facts | {"failure": reason[:1024]})


def _snapshot(service: Service, connection: Connection, config_name: str) -> dict[str, Any]:
    """What a configuration says now, as it and its models may be deleted while they are in use."""
    config = find(connection, ENDPOINT_CONFIG, config_name)
    if config is None:
        arn = arn_of(service.settings, ENDPOINT_CONFIG, config_name)
        raise InvalidRequestError(f'Could not find endpoint configuration "{arn}".')
    variants = [_variant(service, connection, variant) for variant in config.document["ProductionVariants"]]
    return {
        "config": config.name,
        "capture": config.document.get("DataCaptureConfig"),
        "variants": variants,
    }


def _variant(service: Service, connection: Connection, given: dict[str, Any]) -> dict[str, Any]:
    model = find(connection, MODEL, given.get("ModelName", ""))
    if model is None:
        arn = arn_of(service.settings, MODEL, given.get("ModelName", ""))
        raise InvalidRequestError(f'Could not find model "{arn}".')
    return {
        "name": given["VariantName"],
        "model": model.name,
        "weight": given.get("InitialVariantWeight", 1.0),
        "count": given.get("InitialInstanceCount", 1),
        "containers": containers_of(model),
        "startup_s": given.get("ContainerStartupHealthCheckTimeoutInSeconds", DEFAULT_STARTUP_S),
    }


def containers_of(model: Resource) -> list[dict[str, Any]]:
    """The containers of a model in the order in which they are asked, those of its packages among them."""
    if resolved := model.facts.get("containers"):
        return list(resolved)
    primary = model.document.get("PrimaryContainer")
    return [primary] if primary else list(model.document["Containers"])


def _existing(service: Service, connection: Connection, name: str) -> Resource:
    endpoint = find(connection, ENDPOINT, name)
    if endpoint is None:
        arn = arn_of(service.settings, ENDPOINT, name)
        raise InvalidRequestError(f'Could not find endpoint "{arn}".')
    return endpoint


def settled(service: Service, endpoint: Resource) -> Resource:
    """Waits a little for what was started."""

    def is_settled() -> bool:
        with service.database.read() as connection:
            there = find(connection, ENDPOINT, endpoint.name)
        return there is None or there.status not in IN_BETWEEN

    service.bell.ring()
    service.bell.wait_until(is_settled, SETTLE_S)
    return endpoint
