"""Executions of pipelines and what happens to them at the same moment, and what wakes them."""

from collections.abc import Callable
from contextlib import suppress
from threading import Thread
from time import sleep
from typing import Any

import pytest
from sqlalchemy import select

from leeboard.clock import now
from leeboard.service.pipelines import asking
from leeboard.service.pipelines.kept import find_by_key
from leeboard.service.refusals import InvalidRequestError
from leeboard.service.work.kinds.pipeline import ENTRY
from leeboard.state.tables import work
from pipeline_definitions import profile, training

Start = Callable[..., Any]


def ready_at(run: Any) -> Any:
    with run.service.database.read() as connection:
        is_of_run = (work.c.kind == "pipeline", work.c.subject == str(run.execution.id))
        return connection.execute(select(work.c.ready_at).where(*is_of_run)).scalar_one()


def test_the_end_of_a_job_wakes_its_execution(piped: Start) -> None:
    run = piped(profile("a"), profile("b", "a")).bring_on()
    run.claim().later(3600)
    assert ready_at(run) > now()
    assert ready_at(run.end("a")) <= now()


def test_a_job_that_ends_while_its_execution_is_looked_at_is_seen_at_once(piped: Start) -> None:
    run = piped(profile("a"), profile("b", "a")).bring_on()
    task = run.claim()
    run.end("a")
    task.later(3600)
    assert ready_at(run) <= now()


def test_an_execution_that_is_stopped_while_it_is_looked_at_is_stopped_at_once(piped: Start) -> None:
    run = piped(profile("a")).bring_on()
    task = run.claim()
    run.stop()
    task.later(3600)
    assert ready_at(run) <= now()


def test_an_execution_that_ends_as_it_is_being_stopped_has_ended(piped: Start, monkeypatch: Any) -> None:
    run = piped(training("a"))
    if run.service.database.is_sqlite:
        pytest.skip("SQLite has one writer at a time")
    ends = Thread(target=ENTRY.perform, args=(run.claim(),))

    def find(*where: Any) -> Any:
        found = find_by_key(*where)
        if not ends.ident:
            ends.start()
            ends.join()
        return found

    monkeypatch.setattr(asking, "find_by_key", find)
    with pytest.raises(InvalidRequestError, match="has ended already: Succeeded"):
        run.stop()
    assert run.now.status == "Succeeded"


def test_an_execution_that_ends_while_it_is_stopped_has_ended(piped: Start, together: Start) -> None:
    for n in range(25):
        run = piped(training("a"))
        task = run.claim()

        def end_or_stop(which: int, run: Any = run, task: Any = task, n: int = n) -> None:
            if not which:
                ENTRY.perform(task)
                return
            sleep(n * 0.001)
            with suppress(InvalidRequestError):  # it has ended already
                run.stop()

        together(2, end_or_stop)
        if run.now.status == "Stopping":
            run.bring_on()
        assert run.now.status in ("Succeeded", "Stopped")
