"""Notices: taken to their sinks by threads of their own, as a sink that hangs may hold up no job."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, Row

from leeboard.alerts import DeliveryError
from leeboard.service.alerting import delivering
from leeboard.service.alerting.notifying import NOTICE, put_work
from leeboard.service.queue import put_back
from leeboard.service.work.kinds import Kind
from leeboard.service.work.task import Task


def perform(task: Task) -> None:
    """Deliver what waits under one message, or put it back for a while.

    A process that dies between the answer of a receiver and the note of it lets the message go out once
    more, with the same event.
    """
    with task.holding() as connection:
        rows = delivering.take(connection, task.claim.subject)
    if not rows:
        with task.finishing():
            return
    try:
        delivering.deliver(task.service, rows[0].sink, delivering.together(rows), task.now)
    except DeliveryError as error:
        _failed(task, rows, str(error))
        return
    with task.finishing() as connection:
        delivering.arrived(connection, rows, task.now)
        _go_on(task, connection, rows[0].sink)


def _failed(task: Task, rows: Sequence[Row[Any]], error: str) -> None:
    wait_s = delivering.wait_after(rows)
    if wait_s is None:
        with task.finishing() as connection:
            delivering.failed(connection, rows, error, is_last=True)
            _go_on(task, connection, rows[0].sink)
        return
    with task.service.database.write() as connection:
        delivering.failed(connection, rows, error, is_last=False)
        ready_at = task.now + timedelta(seconds=wait_s)
        put_back(connection, task.claim, ready_at=ready_at, counts=False)


def _go_on(task: Task, connection: Connection, sink: str) -> None:
    """What came meanwhile is the next message."""
    if delivering.has_more(connection, task.claim.subject):
        put_work(connection, task.claim.subject, sink, task.now)


def give_up(task: Task, failure: str) -> None:
    """No more attempts."""
    with task.finishing() as connection:
        delivering.give_up_all(connection, task.claim.subject, failure)


ENTRY = Kind(NOTICE, perform, give_up, crew="notices")
