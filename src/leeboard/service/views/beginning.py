"""What the form of a new schedule begins with: what is captured, and what is known of its source."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from leeboard.service.arns import ENDPOINT
from leeboard.service.endpoints import capture_places
from leeboard.service.refusals import InvalidRequestError, ResourceNotFoundError
from leeboard.service.resources import Resource, find
from leeboard.service.service import Service
from leeboard.service.views.baselines import Baseline
from leeboard.service.views.captured_data import CapturedData, data_of_batches, data_of_endpoint
from leeboard.service.views.precedents import columns_of, is_of, known_baselines, usual
from leeboard.storage.layout import HOUR

MOST_OFFERED = 50


@dataclass(frozen=True, slots=True)
class Begin:
    """What a form begins with.

    Attributes:
        values: of fields, by name.
        files: (type, URI of constraints, URI of statistics) of baselines that are there, those of this
            source first.
        columns: names of the features, in their order, as a baseline has them.
    """

    seen: CapturedData
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
        found = _existing(connection, endpoint) if endpoint else None
        name = found.name if found else ""
        values = usual(connection, name)
        known = known_baselines(connection, name)
    seen = data_of_endpoint(service, found) if found else data_of_batches(batch)
    own = [one for one in known if is_of(one, name)]
    columns, label = columns_of(own)
    told = {"model": seen.model, "headers": ", ".join(columns), "label": label}
    values = _of_source(service, found, batch) | values | _of_baselines(own) | _of_hours(seen)
    values |= {field: value for field, value in told.items() if value}
    values["baseline"] = "files" if own else "hours" if seen.hours else "data"
    files = tuple((one.monitoring_type, one.constraints, one.statistics) for one in known[:MOST_OFFERED])
    return Begin(seen, values, files, columns)


def _existing(connection: Connection, name: str) -> Resource:
    found = find(connection, ENDPOINT, name)
    if found is None:
        raise ResourceNotFoundError(f"there is no endpoint {name[:80]}")
    return found


def _of_source(service: Service, endpoint: Resource | None, batch: str) -> dict[str, str]:
    """Where reports could go, into the bucket of the data; and a role, of which the form alone counts."""
    places = capture_places(endpoint.facts) if endpoint else [batch]
    bucket = "/".join(next(iter(places), "").split("/")[:3])
    role = f"arn:aws:iam::{service.settings.account}:role/leeboard"
    return {"output": f"{bucket}/reports" if bucket.startswith("s3://") else "", "role": role}


def _of_baselines(own: Sequence[Baseline]) -> dict[str, str]:
    """Files of the latest of each type."""
    latest = {one.monitoring_type: one for one in reversed(own)}
    values = {f"file_{kind}": one.constraints for kind, one in latest.items()}
    if "DataQuality" in latest:
        values["file_Statistics"] = latest["DataQuality"].statistics
    return values


def _of_hours(seen: CapturedData) -> dict[str, str]:
    if not seen.hours:
        return {}
    first, last = seen.hours[-1][0], seen.hours[0][0] + HOUR
    return {"hours_from": f"{first:%Y-%m-%dT%H:%M}", "hours_to": f"{last:%Y-%m-%dT%H:%M}"}
