"""Transactions that somebody may wait for."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection

from leeboard.service.service import Service


@contextmanager
def changing(service: Service) -> Iterator[Connection]:
    """One transaction for all of a change; those who wait for changes look once it is kept."""
    with service.database.write() as connection:
        yield connection
    service.bell.ring()
