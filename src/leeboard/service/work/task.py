"""One claimed piece of work in the hands of its worker."""

import logging
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from math import inf
from threading import Event
from time import monotonic

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from leeboard.clock import now
from leeboard.service.model_bridge import ModelBridge
from leeboard.service.model_calls import ModelCalls
from leeboard.service.queue import Claim, LeaseLostError, finishing, holding, put_back, renew
from leeboard.service.service import Service

RETRY_S = (1.0, 5.0, 30.0, 60.0)
LOOK_S = 0.5
"""How often to ask the database whether somebody wants work to end."""
SURE = 0.8
"""Share of a lease after which work is left alone: what it started has ended before others begin it."""

_log = logging.getLogger(__name__)


@dataclass(slots=True)
class Task:
    """What a kind of work needs to do one piece.

    Attributes:
        bridge: how the processes of jobs ask models; None where there are no models.
        is_closing: set when this process ends: work is put back for others.
    """

    service: Service
    models: ModelCalls
    claim: Claim
    bridge: ModelBridge | None = None
    is_closing: Event = field(default_factory=Event)
    _lost: Event = field(default_factory=Event)
    _sure_until_s: float = inf

    @property
    def now(self) -> datetime:
        return now()

    @property
    def is_lost(self) -> bool:
        """Whether the claim is another's, or may be by now: nothing may go on or be written for it."""
        if monotonic() > self._sure_until_s:
            self.lose()  # for good, as what went on for it has been stopped
        return self._lost.is_set()

    def lose(self) -> None:
        """The claim is another's."""
        self._lost.set()

    def prolong(self, since_s: float) -> None:
        """The lease was written anew, at that time of the monotonic clock or later."""
        self._sure_until_s = since_s + SURE * self.service.settings.lease_s

    def finishing(self) -> AbstractContextManager[Connection]:
        """The transaction that ends the work; LeaseLostError if it is another's."""
        return finishing(self.service.database, self.claim)

    def holding(self) -> AbstractContextManager[Connection]:
        """A transaction in the midst of the work; LeaseLostError if it is another's."""
        return holding(self.service.database, self.claim)

    def hold(self) -> None:
        """Keep the claim for another lease.

        Raises:
            LeaseLostError: it is another's, or may have been.
        """
        keep(self.service, [self])
        if self.is_lost:
            raise LeaseLostError(self.claim.subject)

    def later(self, wait_s: float, *, counts: bool = False) -> None:
        """Put it back for a while."""
        with self.service.database.write() as connection:
            ready_at = self.now + timedelta(seconds=wait_s)
            put_back(connection, self.claim, ready_at=ready_at, counts=counts)

    @property
    def has_attempts(self) -> bool:
        """Whether it may fail once more."""
        return self.claim.attempt < self.service.settings.attempts

    def retry(self) -> None:
        """Put it back after a failure that may pass."""
        self.later(RETRY_S[min(self.claim.attempt, len(RETRY_S)) - 1], counts=True)

    def stopper(self, is_unwanted: Callable[[], bool]) -> Callable[[], bool]:
        """Whether to stop: at once if the claim is lost or the process ends; by the database now and then.

        A database that does not answer for a while is no reason to stop.
        """
        looked_at_s, seen = float("-inf"), False

        def should_stop() -> bool:
            nonlocal looked_at_s, seen
            if self.is_lost or self.is_closing.is_set():
                return True
            if not seen and monotonic() - looked_at_s > LOOK_S:
                looked_at_s = monotonic()
                try:
                    seen = is_unwanted()
                except DBAPIError as error:
                    _log.warning("%s: the database does not answer: %s", self.claim.subject, error.orig)
            return seen

        return should_stop


def keep(service: Service, tasks: Sequence[Task]) -> None:
    """Renew the leases of these tasks, and tell those whose claim is another's."""
    since_s, until = monotonic(), now() + timedelta(seconds=service.settings.lease_s)
    renewed = renew(service.database, [task.claim for task in tasks], until=until)
    for task in tasks:
        if task.claim in renewed.kept:
            task.prolong(since_s)
        elif task.claim in renewed.lost:
            task.lose()
