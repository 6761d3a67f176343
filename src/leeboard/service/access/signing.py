"""The name under a change: its line of the audit log is written in the transaction of the change."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

from sqlalchemy import Connection

from leeboard.service.access.audit import Line, write_all
from leeboard.service.service import Service
from leeboard.state.database import Transaction


@dataclass(slots=True)
class Signature:
    """One line; whoever is killed in between leaves the change with it, or neither.

    Attributes:
        is_written: whether a change was kept with it; what changed nothing, or no database, is not.
    """

    line: Line
    is_written: bool = False

    def under(self, service: Service) -> Service:
        """The same service; the first transaction that is kept of what it changes has the line."""
        return replace(service, database=service.database.within(self._around))

    @contextmanager
    def _around(self, transaction: Transaction) -> Iterator[Connection]:
        with transaction as connection:
            yield connection
            if not self.is_written:
                write_all(connection, [self.line])
        self.is_written = True
