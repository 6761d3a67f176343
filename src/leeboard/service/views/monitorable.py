"""What could be monitored: endpoints, and folders that transform jobs write to."""

from dataclasses import dataclass

from sqlalchemy import Connection, select

from leeboard.service.arns import ENDPOINT
from leeboard.service.endpoints import capture_places, captures
from leeboard.service.views.batch_data import batch_makers
from leeboard.state.tables import resources

MOST_ENDPOINTS = 500


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
    query = select(c.name, c.facts).where(c.kind == ENDPOINT).order_by(c.key).limit(MOST_ENDPOINTS)
    endpoints = tuple(
        (name, captures(facts), next(iter(capture_places(facts)), ""))
        for name, facts in connection.execute(query)
    )
    return Possible(endpoints, tuple(sorted(batch_makers(connection))))
