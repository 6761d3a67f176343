"""Sends what executions emitted to other metric stores; one that does not answer holds up nothing else."""

import logging
from functools import cache
from threading import Lock
from time import monotonic
from typing import Any

from leeboard.emit import NotSentError
from leeboard.emit.choices import Choice
from leeboard.service.emitted import EMISSION, POINTS, points_of, portions
from leeboard.service.queue import put
from leeboard.service.work.kinds import Kind
from leeboard.service.work.task import Task

FIRST_WAIT_S, LONGEST_WAIT_S = 5.0, 300.0

_log = logging.getLogger(__name__)


class _Way:
    """The way to one store, and how long it is not tried again after it failed."""

    def __init__(self, choice: Choice) -> None:
        self._choice, self._lock = choice, Lock()
        self._send: Any = None
        self._n_failures, self._until_s = 0, float("-inf")

    @property
    def wait_s(self) -> float:
        """How long to wait until it is tried; 0 if it may be now."""
        return max(0.0, self._until_s - monotonic())

    def send(self, points: Any) -> None:
        with self._lock:
            if self._send is None:
                self._send = self._choice.open()
        self._send(points)
        self._n_failures, self._until_s = 0, float("-inf")

    def failed(self) -> float:
        """It waits twice as long each time; gives how long."""
        wait_s = min(LONGEST_WAIT_S, FIRST_WAIT_S * 2**self._n_failures)
        self._n_failures = min(self._n_failures + 1, 10)
        self._until_s = monotonic() + wait_s
        return float(wait_s)


_way = cache(_Way)
"""One for each choice of this process."""


def perform(task: Task) -> None:
    """Points are given to each emitter as work of its own; that work is sent until it has arrived."""
    whose, _, numbers = task.claim.subject.partition("/")
    choices = {choice.name: choice for choice in task.service.settings.emitters}
    if whose == POINTS:
        _spread(task, list(choices), numbers)
    elif whose in choices:
        _send(task, _way(choices[whose]), whose, numbers)
    else:
        with task.finishing():
            _log.warning("there is no emitter %s here any more; its points are not sent", whose)


def _spread(task: Task, names: list[str], numbers: str) -> None:
    with task.finishing() as connection:
        for name in names:
            for portion in portions(numbers):
                subject, lane = f"{name}/{portion}", f"{EMISSION}/{name}"
                put(connection, EMISSION, subject, ready_at=task.now, lane=lane)


def _send(task: Task, way: _Way, name: str, numbers: str) -> None:
    if wait_s := way.wait_s:
        task.later(wait_s)
        return
    with task.service.database.read() as connection:
        points = points_of(connection, numbers)
    try:
        if points:
            way.send(points)
    except NotSentError as error:
        if not error.is_final:
            wait_s = way.failed()
            _log.warning("%s: %s; tried again in %.0f s", name, error, wait_s)
            task.later(wait_s)
            return
        _log.error("%s: %d points are lost: %s", name, len(points), error)
    with task.finishing():
        pass


def give_up(task: Task, failure: str) -> None:
    """It could not even be tried."""
    with task.finishing():
        _log.error("points for %s are lost: %s", task.claim.subject, failure)


ENTRY = Kind(EMISSION, perform, give_up, crew="emission")
