"""Rules of pipelines, from the pass that ends an execution to the alert."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest

from leeboard.clock import now
from leeboard.service.alerting import editing, reading, watching
from leeboard.service.alerting.incidents import Incident
from leeboard.service.alerting.runs import pipeline_ended
from leeboard.service.pipelines import executor, pipelines
from leeboard.service.pipelines.kept import set_execution
from leeboard.service.service import Service
from leeboard.service.work.kinds.pipeline import ENTRY
from pipeline_definitions import fail, profile

Start = Callable[..., Any]


def rule(service: Service, **document: Any) -> None:
    with service.database.write() as connection:
        given = {"name": "mine", "when": "pipeline-failed"} | document
        editing.put_rule(connection, given, now=now())


def in_force(service: Service) -> list[Incident]:
    with service.database.read() as connection:
        return reading.in_force(connection)


def ended(run: Any, status: str) -> Any:
    """It ends so; gives it back."""
    run.bring_on().end("a", status, **({"failure": "no rows"} if status == "Failed" else {})).bring_on()
    return run


def test_a_pipeline_that_fails_is_in_alert_until_it_succeeds(service: Service, piped: Start) -> None:
    rule(service, severity="critical", description="Ask ana.")
    run = ended(piped(profile("a")), "Failed")
    (found,) = in_force(service)
    name, key = run.execution.pipeline_name, run.execution.key
    assert (found.pipeline, found.schedule_name, found.severity) == (name, None, "critical")
    assert found.title == f"{name}: failed at a"
    assert found.document["text"].startswith(f"Ask ana. Execution {key}, started at ")
    assert found.document["text"].endswith("UTC, failed. a: no rows")
    assert found.document["pipeline_execution"] == key
    job = run.job_of("a").name
    assert found.document["failed_steps"] == [
        {"step": "a", "type": "Processing", "reason": "no rows", "job": job}
    ]
    ended(run.again(), "Completed")
    assert in_force(service) == []


def test_a_second_failure_is_the_same_alert_with_its_newest_execution(service: Service, piped: Start) -> None:
    rule(service)
    first = ended(piped(profile("a")), "Failed")
    second = ended(first.again(), "Failed")
    (found,) = in_force(service)
    assert (found.id, found.document["pipeline_execution"]) == (1, second.execution.key)


def test_so_many_of_the_last_executions_have_to_fail(service: Service, piped: Start) -> None:
    rule(service, windows=2, of=3)
    run, seen = piped(profile("a")), []
    for status in ("Failed", "Completed", "Failed", "Completed", "Completed"):
        ended(run, status)
        seen.append(len(in_force(service)))
        run = run.again()
    assert seen == [0, 0, 1, 0, 0]


def test_an_execution_that_was_stopped_says_nothing(service: Service, piped: Start) -> None:
    rule(service)
    run = ended(piped(profile("a")), "Failed")
    run.again().bring_on().stop().bring_on()
    assert len(in_force(service)) == 1


def test_a_retry_that_succeeds_ends_the_alert(service: Service, piped: Start) -> None:
    rule(service)
    run = ended(piped(profile("a")), "Failed")
    ended(run.retry(), "Completed")
    assert in_force(service) == []


def test_rules_choose_their_pipelines(service: Service, piped: Start) -> None:
    rule(service, match={"pipeline": "other*"})
    run = ended(piped(profile("a")), "Failed")
    assert in_force(service) == []
    rule(service, match={"pipeline": ["x", "P*"]})
    ended(run.again(), "Failed")
    assert len(in_force(service)) == 1
    rule(service, match={"pipeline": "x"})
    ended(run.again(), "Failed")
    assert in_force(service) == []


def test_what_fails_for_good_by_a_fault_of_ours_is_told_too(service: Service, piped: Start) -> None:
    rule(service)
    run = piped(profile("a")).bring_on()
    ENTRY.give_up(run.claim(), "the worker died 5 times")
    (found,) = in_force(service)
    assert found.document["failed_steps"][0]["reason"] == "the worker died 5 times"


def test_a_pipeline_that_is_deleted_leaves_nothing_in_force(service: Service, piped: Start) -> None:
    rule(service)
    run = ended(piped(profile("a")), "Failed")
    pipelines.delete(service, run.execution.pipeline_name, now())
    assert in_force(service) == []


def test_an_end_that_is_rolled_back_alerts_nobody(
    service: Service, piped: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    rule(service)
    run = piped(fail("a"))
    task = run.claim()

    @contextmanager
    def breaking_off() -> Iterator[Any]:
        with type(task).finishing(task) as connection:
            yield connection
            raise RuntimeError("pulled the plug")

    class Broken:
        finishing = staticmethod(breaking_off)

        def __getattr__(self, name: str) -> Any:
            return getattr(task, name)

    with pytest.raises(RuntimeError, match="pulled"):
        executor.perform(Broken())
    assert (in_force(service), run.now.status) == ([], "Executing")
    run.bring_on()
    assert (len(in_force(service)), run.now.status) == (1, "Failed")


def test_an_execution_that_does_not_end_is_overdue_until_it_ends(service: Service, piped: Start) -> None:
    rule(service, when="pipeline-overdue", after_s=600)
    run = piped(profile("a")).bring_on()
    began_at = run.execution.created_at
    watching.watch(service, began_at + timedelta(minutes=9))
    assert in_force(service) == []
    for minutes in (11, 12):
        watching.watch(service, began_at + timedelta(minutes=minutes))
    (found,) = in_force(service)
    assert found.document["text"].endswith("UTC has not ended 10 minutes later.")
    assert found.document["pipeline_execution"] == run.execution.key
    run.end("a").bring_on()
    watching.watch(service, began_at + timedelta(minutes=13))
    assert in_force(service) == []


def test_executions_of_one_pipeline_that_end_at_once_leave_one_alert_or_none(
    service: Service, piped: Start, together: Callable[..., list[Any]]
) -> None:
    rule(service)
    first = piped(profile("a"))
    runs = [first, *(first.again() for _ in range(3))]

    def end(n: int) -> None:
        number, status = runs[n].execution.id, "Succeeded" if n == 1 else "Failed"
        with service.database.write() as connection:
            set_execution(connection, number, now=now(), status=status, ended_at=now())
            pipeline_ended(connection, number, now=now())

    together(4, end)
    last = max((run.now for run in runs), key=lambda each: each.ended_at)
    assert len(in_force(service)) == (last.status == "Failed")
