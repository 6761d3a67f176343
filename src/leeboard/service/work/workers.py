"""Threads that take due work to its end, and renew what they hold."""

import logging
import os
import secrets
import socket
from collections.abc import Sequence
from threading import Event, Lock, Thread
from time import monotonic

from leeboard.clock import now
from leeboard.errors import LeeboardError
from leeboard.service.model_bridge import ModelBridge
from leeboard.service.model_calls import ModelCalls
from leeboard.service.queue import Claim, LeaseLostError, claim
from leeboard.service.service import Service
from leeboard.service.work.kinds import JOBS, KINDS
from leeboard.service.work.processing import remove_leftovers
from leeboard.service.work.task import Task, keep

IDLE_S = 1.0
"""How often to look for work that other processes made."""
AFTER_ERROR_S = 2.0
SIZES = {"notices": 3}
"""Of crews that are more than one: a sink that hangs holds up its own notices, and few others."""
MOST_LOST = 10
"""How often work may take its server with it, or be left by one that is killed for other reasons."""

_log = logging.getLogger(__name__)


class Workers:
    """The workers of one process.

    Args:
        models: how tasks ask models.
        bridge: how the processes of jobs ask them.
    """

    def __init__(self, service: Service, models: ModelCalls, bridge: ModelBridge | None = None) -> None:
        self._service, self._models, self._bridge = service, models, bridge
        self._owner = f"{socket.gethostname()[:60]}/{os.getpid()}/{secrets.token_hex(4)}"
        self._closing = Event()
        self._held: list[Task] = []
        self._lock = Lock()
        self._threads: list[Thread] = []

    def start(self) -> None:
        """As many threads for jobs as the settings say, and one or some for each other crew."""
        remove_leftovers(self._service)
        others = sorted({kind.crew for kind in KINDS} - {JOBS})
        crews = [JOBS] * self._service.settings.n_workers
        crews += [crew for crew in others for _ in range(SIZES.get(crew, 1))]
        self._threads = [
            Thread(target=self._work, args=(_kinds_of(crew),), name=f"leeboard-{crew}-{n}", daemon=True)
            for n, crew in enumerate(crews)
        ]
        self._threads.append(Thread(target=self._keep, name="leeboard-leases", daemon=True))
        for thread in self._threads:
            thread.start()

    def close(self) -> None:
        """Stop what runs and give it back; others, or the next start, go on with it."""
        self._closing.set()
        with self._lock:
            for task in self._held:
                task.is_closing.set()
        self._service.bell.ring()
        for thread in self._threads:
            thread.join()

    def _work(self, kinds: Sequence[str]) -> None:
        while not self._closing.is_set():
            rung = self._service.bell.n_rung
            try:
                since_s = monotonic()
                taken = claim(
                    self._service.database,
                    self._owner,
                    kinds,
                    now=now(),
                    lease_s=self._service.settings.lease_s,
                )
                if taken is None:
                    self._service.bell.wait(IDLE_S, since=rung)
                else:
                    self._do(taken, since_s)
            except Exception:
                _log.exception("a worker could not go on; it tries again")
                self._closing.wait(AFTER_ERROR_S)

    def _do(self, taken: Claim, since_s: float) -> None:
        task = Task(self._service, self._models, taken, self._bridge)
        task.prolong(since_s)
        with self._lock:
            self._held.append(task)
            if self._closing.is_set():
                task.is_closing.set()
        try:
            self._perform(task)
        except LeaseLostError:
            _log.warning("the claim on %s %s is lost or was not renewed in time", taken.kind, taken.subject)
        finally:
            with self._lock:
                self._held = self._others(task)
            self._service.bell.ring()

    def _others(self, task: Task) -> list[Task]:
        """Another thread may hold the same work by a later claim: that one stays."""
        return [each for each in self._held if each is not task]

    def _perform(self, task: Task) -> None:
        kind = KINDS.get(task.claim.kind)
        if why := self._why_not(task.claim):
            kind.give_up(task, why)
            return
        try:
            kind.perform(task)
        except LeaseLostError:
            raise
        except Exception as error:
            _log.exception("%s %s failed", task.claim.kind, task.claim.subject)
            if task.has_attempts:
                task.retry()
            else:
                known = isinstance(error, LeeboardError)
                kind.give_up(
                    task, str(error) if known else f"internal error: {type(error).__name__}: {error}"
                )

    def _why_not(self, claim: Claim) -> str:
        """Why work is given up before it is begun once more; empty if it is not."""
        if claim.attempt > self._service.settings.attempts:
            return f"Given up: begun {claim.attempt - 1} times and never brought to its end"
        if claim.lost > MOST_LOST:
            return (
                f"Given up: the server that ran it ended or was silent for too long {claim.lost} times; it "
                "may be what ends servers, such as by the memory that it takes"
            )
        return ""

    def _keep(self) -> None:
        """Renews at a third of the lease; what is lost is told to its task."""
        lease_s = self._service.settings.lease_s
        while not self._closing.wait(lease_s / 3) or self._held:
            with self._lock:
                held = list(self._held)
            if held:
                self._renew(held)
            if self._closing.is_set():
                Event().wait(0.1)

    def _renew(self, held: list[Task]) -> None:
        try:
            keep(self._service, held)
        except Exception:
            names = ", ".join(f"{task.claim.kind} {task.claim.subject}" for task in held)
            _log.exception("the leases of %s could not be renewed", names)


def _kinds_of(crew: str) -> list[str]:
    return [kind.name for kind in KINDS if kind.crew == crew]
