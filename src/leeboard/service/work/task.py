"""One claimed piece of work in the hands of its worker."""

import logging
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Event
from time import monotonic

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from leeboard.clock import now
from leeboard.service.model_bridge import ModelBridge
from leeboard.service.model_calls import ModelCalls
from leeboard.service.queue import Claim, finishing, holding, put_back, renew
from leeboard.service.service import Service

RETRY_S = (1.0, 5.0, 30.0, 60.0)
LOOK_S = 0.5
"""How often to ask the database whether somebody wants work to end."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Task:
    """What a kind of work needs to do one piece.

    Attributes:
        bridge: how the processes of jobs ask models; None where there are no models.
        is_lost: set when the claim is another's: nothing may be written any more.
        is_closing: set when this process ends: work is put back for others.
    """

    service: Service
    models: ModelCalls
    claim: Claim
    bridge: ModelBridge | None = None
    is_lost: Event = field(default_factory=Event)
    is_closing: Event = field(default_factory=Event)

    @property
    def now(self) -> datetime:
        return now()

    def finishing(self) -> AbstractContextManager[Connection]:
        """The transaction that ends the work; LeaseLostError if it is another's."""
        return finishing(self.service.database, self.claim)

    def holding(self) -> AbstractContextManager[Connection]:
        """A transaction in the midst of the work; LeaseLostError if it is another's."""
        return holding(self.service.database, self.claim)

    def renew(self) -> bool:
        """Keep the claim for another lease; False if it is another's."""
        until = self.now + timedelta(seconds=self.service.settings.lease_s)
        return renew(self.service.database, self.claim, until=until)

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
            if self.is_lost.is_set() or self.is_closing.is_set():
                return True
            if not seen and monotonic() - looked_at_s > LOOK_S:
                looked_at_s = monotonic()
                try:
                    seen = is_unwanted()
                except DBAPIError as error:
                    _log.warning("%s: the database does not answer: %s", self.claim.subject, error.orig)
            return seen

        return should_stop
