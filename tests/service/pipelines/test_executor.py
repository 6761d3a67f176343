"""Executions are brought on pass by pass, and go on wherever a pass was broken off."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from leeboard.clock import now
from leeboard.errors import UnreachableError
from leeboard.service.arns import MODEL, MODEL_PACKAGE, TRAINING_JOB
from leeboard.service.pipelines import context, executor, retrying
from leeboard.service.pipelines.retrying import Policy
from leeboard.service.queue import LeaseLostError
from leeboard.service.resources import find_all
from leeboard.service.work.kinds.pipeline import ENTRY
from leeboard.state.tables import pipeline_steps, work
from pipeline_definitions import (
    BUCKET,
    compared,
    condition,
    fail,
    get,
    json_get,
    model,
    profile,
    register,
    training,
)

Start = Callable[..., Any]
FAULT = "SageMaker.JOB_INTERNAL_ERROR"


def test_steps_begin_when_those_before_them_are_done(piped: Start) -> None:
    run = piped(profile("a"), profile("b", "a"), profile("c", "b", "a")).bring_on()
    assert run.statuses == {"a": "Executing"}
    assert run.end("a").bring_on().statuses == {"a": "Succeeded", "b": "Executing"}
    run.end("b").bring_on().end("c").bring_on()
    assert set(run.statuses.values()) == {"Succeeded"}
    assert (run.now.status, run.now.failure_reason, len(run.jobs)) == ("Succeeded", None, 3)
    assert run.now.ended_at is not None


def test_branches_run_side_by_side_as_many_as_are_allowed(piped: Start) -> None:
    steps = [profile(name) for name in "abcd"]
    assert piped(*steps).bring_on().statuses == dict.fromkeys("abcd", "Executing")
    run = piped(*steps, ParallelismConfiguration={"MaxParallelExecutionSteps": 2}).bring_on()
    assert run.statuses == dict.fromkeys("ab", "Executing")
    assert run.end("b").bring_on().statuses == {"a": "Executing", "b": "Succeeded", "c": "Executing"}


def test_what_steps_have_found_arrives_in_the_arguments_of_later_ones(piped: Start) -> None:
    uri = get("Steps.a.ProcessingOutputConfig.Outputs['result'].S3Output.S3Uri")
    run = piped(profile("a"), profile("b", source=uri)).bring_on().end("a").bring_on()
    read = run.job_of("b").document["ProcessingInputs"][0]["S3Input"]["S3Uri"]
    assert read == f"s3://{BUCKET}/out/{run.execution.key}/a"


def test_one_branch_of_a_condition_runs_and_what_hangs_on_the_other_never_does(piped: Start) -> None:
    number = {"Name": "N", "Type": "Integer", "DefaultValue": 3}
    inner = condition("inner", yes=[fail("never")])
    run = piped(
        condition(
            "c", compared("LessThan", get("Parameters.N"), 2), yes=[training("a"), inner], no=[training("b")]
        ),
        training("after-a", "a"),
        training("after-b", "b"),
        training("after-c", "c"),
        parameters=[number],
    ).bring_on()
    assert set(run.statuses) == {"c", "b", "after-b", "after-c"}
    assert run.now.status == "Succeeded"
    assert run.steps["c"].step_metadata == {"Condition": {"Outcome": "False"}}
    assert run.steps["c"].properties == {"Outcome": "False"}


def test_a_step_that_fails_lets_others_end_and_none_begin(piped: Start) -> None:
    run = piped(profile("a"), profile("b"), profile("c", "a"), profile("d", "b")).bring_on()
    run.end("a", "Failed", failure="no rows").bring_on()
    assert (run.statuses, run.now.status) == ({"a": "Failed", "b": "Executing"}, "Executing")
    run.end("b").bring_on()
    assert run.statuses == {"a": "Failed", "b": "Succeeded"}
    assert run.now.failure_reason == "Step failure: One or multiple steps failed. a: no rows"
    assert run.steps["a"].step_metadata["ProcessingJob"]["Arn"] == run.job_of("a").arn


def test_a_fail_step_ends_the_execution_with_its_jobs(piped: Start) -> None:
    run = piped(profile("a"), fail("f", "out of rows")).bring_on()
    assert run.statuses == {"a": "Stopped", "f": "Failed"}
    assert (run.now.status, run.job_of("a").status) == ("Failed", "Stopped")
    assert run.steps["f"].step_metadata == {"Fail": {"ErrorMessage": "out of rows"}}


def test_a_reference_that_leads_to_nothing_fails_its_step_in_words(piped: Start) -> None:
    run = piped(training("a"), fail("b", get("Steps.a.Nothing"))).bring_on()
    assert run.statuses == {"a": "Succeeded", "b": "Failed"}
    assert run.steps["b"].failure_reason.startswith("ClientError: Steps.a.Nothing leads to nothing: ")


def test_arguments_that_break_the_operation_fail_the_step(piped: Start) -> None:
    run = piped(profile("a", source=3)).bring_on()
    assert run.statuses == {"a": "Failed"}
    assert "s3uri" in run.steps["a"].failure_reason.lower()
    assert run.jobs == []


def test_stopping_ends_the_jobs_that_run(piped: Start) -> None:
    run = piped(profile("a"), profile("b", "a")).bring_on().stop()
    assert run.now.status == "Stopping"
    run.bring_on()
    assert (run.statuses, run.now.status) == ({"a": "Stopped"}, "Stopped")
    assert run.job_of("a").status == "Stopped"


def test_an_execution_that_is_stopped_before_its_first_pass_begins_nothing(piped: Start) -> None:
    run = piped(profile("a")).stop().bring_on()
    assert (run.statuses, run.now.status, run.jobs) == ({}, "Stopped", [])


def test_a_job_that_somebody_else_stops_fails_its_step(piped: Start) -> None:
    run = piped(profile("a")).bring_on().end("a", "Stopped").bring_on()
    assert (run.now.status, run.steps["a"].failure_reason) == ("Failed", "The job was stopped")


def test_a_retry_keeps_what_succeeded_and_begins_the_rest_again(piped: Start) -> None:
    run = piped(profile("a"), profile("b", "a"), profile("c", "b")).bring_on().end("a").bring_on()
    run.end("b", "Failed", failure="x").bring_on()
    assert run.now.status == "Failed"
    run.retry().bring_on().end("b").bring_on().end("c").bring_on()
    assert (run.now.status, run.now.failure_reason) == ("Succeeded", None)
    assert [(row.name, row.attempt) for row in run.steps.values()] == [("a", 1), ("b", 2), ("c", 1)]
    assert len(run.jobs) == 4


def test_a_policy_begins_a_step_again_after_its_wait(piped: Start, service: Any) -> None:
    policy = {"ExceptionType": [FAULT], "IntervalSeconds": 600, "MaxAttempts": 1}
    run = piped(profile("a", RetryPolicies=[policy])).bring_on()
    run.end("a", "Failed", failure="gone", is_our_fault=True).bring_on()
    assert (run.statuses, run.steps["a"].attempt, len(run.jobs)) == ({"a": "Starting"}, 2, 1)
    with service.database.write() as connection:
        connection.execute(update(pipeline_steps).values(begin_at=now() - timedelta(seconds=1)))
    run.bring_on()
    assert (run.statuses, len(run.jobs)) == ({"a": "Executing"}, 2)
    run.end("a", "Failed", failure="gone", is_our_fault=True).bring_on()
    assert run.now.status == "Failed"


def test_somebody_who_retries_gives_the_policies_all_their_retries_again(piped: Start, service: Any) -> None:
    policy = {"ExceptionType": [FAULT], "IntervalSeconds": 0, "MaxAttempts": 1}
    run = piped(profile("a", RetryPolicies=[policy])).bring_on()
    for _ in range(2):
        run.end("a", "Failed", failure="gone", is_our_fault=True).bring_on()
    assert (run.now.status, run.steps["a"].attempt, len(run.jobs)) == ("Failed", 2, 2)
    run.retry().bring_on().end("a", "Failed", failure="gone", is_our_fault=True).bring_on()
    assert (run.statuses, run.steps["a"].attempt, len(run.jobs)) == ({"a": "Executing"}, 4, 4)
    run.end("a", "Failed", failure="gone", is_our_fault=True).bring_on()
    assert (run.now.status, run.steps["a"].attempt) == ("Failed", 4)


def test_a_result_is_used_again_within_its_time(piped: Start, service: Any) -> None:
    cache = {"Enabled": True, "ExpireAfter": "T1H"}
    first = piped(profile("a", CacheConfig=cache), profile("b", "a")).bring_on().end("a").bring_on()
    second = first.again().bring_on()
    row = second.steps["a"]
    assert second.statuses == {"a": "Succeeded", "b": "Executing"}
    assert row.cached_from == first.execution.arn(service.settings)
    assert row.step_metadata == first.steps["a"].step_metadata
    with service.database.write() as connection:
        old_at = now() - timedelta(hours=2)
        connection.execute(
            update(pipeline_steps).values(ended_at=old_at).where(pipeline_steps.c.cached_from.is_(None))
        )
    assert first.again().bring_on().statuses == {"a": "Executing"}


def test_a_pass_that_breaks_off_between_row_and_job_is_made_up_for(piped: Start, monkeypatch: Any) -> None:
    run = piped(profile("a"), profile("b"))
    broken = run.claim()
    with monkeypatch.context() as patched:
        patched.setattr(executor, "RunningStep", Exception)
        with pytest.raises(AttributeError):
            ENTRY.perform(broken)
    assert run.statuses == {"a": "Starting", "b": "Starting"}
    assert run.jobs == []
    run.bring_on()
    assert (run.statuses, len(run.jobs)) == ({"a": "Executing", "b": "Executing"}, 2)


def test_a_pass_that_breaks_off_between_job_and_row_begins_nothing_twice(piped: Start, service: Any) -> None:
    run = piped(profile("a"), training("t"), model("m")).bring_on()
    with service.database.write() as connection:
        connection.execute(update(pipeline_steps).values(status="Starting", ended_at=None))
    run.bring_on()
    assert (run.statuses, len(run.jobs)) == ({"a": "Executing", "t": "Succeeded", "m": "Succeeded"}, 1)
    with service.database.read() as connection:
        assert len(find_all(connection, TRAINING_JOB)) == len(find_all(connection, MODEL)) == 1


def test_a_version_is_registered_once_however_often_its_pass_breaks_off(piped: Start, service: Any) -> None:
    run = piped(register("r")).bring_on()
    assert run.now.status == "Succeeded"
    again = run.again()
    for _ in range(2):
        held = again.claim()
        execution = again.now
        executor.Pass(held, execution).advance()
        with service.database.write() as connection:
            connection.execute(update(pipeline_steps).values(status="Starting", ended_at=None))
    again.bring_on()
    with service.database.read() as connection:
        versions = [each.facts["version"] for each in find_all(connection, MODEL_PACKAGE)]
    assert (again.now.status, versions) == ("Succeeded", [1, 2])


def test_who_has_lost_the_execution_begins_and_writes_nothing(piped: Start) -> None:
    run = piped(profile("a"))
    lost = run.claim()
    run.bring_on()
    before = (run.statuses, len(run.jobs))
    with pytest.raises(LeaseLostError):
        ENTRY.perform(lost)
    assert (run.statuses, len(run.jobs)) == before


def test_who_has_lost_the_execution_makes_no_model_either(piped: Start, service: Any) -> None:
    run = piped(model("m"))
    lost, execution = run.claim(), run.now
    for _ in range(2):  # so far that the model is to be made next
        executor.Pass(run.claim(), execution).advance()
    slow = executor.Pass(lost, execution)
    run.stop().bring_on()
    with pytest.raises(LeaseLostError):
        slow.advance()
    with service.database.read() as connection:
        assert find_all(connection, MODEL) == []
    assert (run.now.status, run.statuses) == ("Stopped", {"m": "Stopped"})


def test_a_model_knows_the_step_that_made_it(piped: Start, service: Any) -> None:
    run = piped(model("m")).bring_on()
    with service.database.read() as connection:
        (made,) = find_all(connection, MODEL)
    told = {"pipeline_execution": run.execution.arn(service.settings), "pipeline_step": "m"}
    assert (run.now.status, made.facts) == ("Succeeded", told)


def no_answer(*_: object) -> bytes:
    raise UnreachableError("no answer from the store")


def test_a_store_that_is_away_holds_up_what_reads_from_it_alone(
    piped: Start, service: Any, monkeypatch: Any
) -> None:
    run = piped(profile("a"), profile("b", "a"), fail("f", json_get("a", "stats", "x"))).bring_on()
    run.end("a")
    with monkeypatch.context() as patched:
        patched.setattr(context, "read_range", no_answer)
        run.bring_on()
    assert run.statuses == {"a": "Succeeded", "b": "Executing", "f": "Starting"}
    assert (run.steps["f"].attempt, run.steps["f"].asked) == (2, {})
    monkeypatch.setattr(context, "read_range", lambda *_: b'{"x": "read at last"}')
    with service.database.write() as connection:
        connection.execute(update(pipeline_steps).values(begin_at=now() - timedelta(seconds=1)))
    run.bring_on()
    assert (run.steps["f"].status, run.steps["f"].failure_reason) == ("Failed", "read at last")


def test_a_store_that_stays_away_fails_the_step_that_reads_from_it(piped: Start, monkeypatch: Any) -> None:
    monkeypatch.setattr(context, "read_range", no_answer)
    monkeypatch.setattr(retrying, "OURS", Policy(frozenset({retrying.SERVICE_FAULT}), most=1, interval_s=0))
    run = piped(profile("a"), fail("f", json_get("a", "stats", "x"))).bring_on().end("a").bring_on()
    assert run.now.status == "Failed"
    assert run.steps["f"].failure_reason == "internal error: UnreachableError: no answer from the store"
    assert run.steps["f"].attempt == 2


def test_passes_that_came_to_their_end_do_not_count_as_attempts(piped: Start, service: Any) -> None:
    run = piped(profile("a"))
    run.claim()
    run.claim()
    run.bring_on()
    with service.database.read() as connection:
        row = connection.execute(select(work).where(work.c.kind == "pipeline")).one()
    assert (row.attempt, row.lost, row.state) == (0, 0, "Ready")


def test_an_execution_that_is_given_up_has_failed_and_its_jobs_are_stopped(piped: Start) -> None:
    run = piped(profile("a")).bring_on()
    ENTRY.give_up(run.claim(), "Given up: begun 5 times")
    assert (run.now.status, run.now.failure_reason) == ("Failed", "Given up: begun 5 times")
    assert (run.statuses, run.job_of("a").status) == ({"a": "Failed"}, "Stopped")


def test_a_start_that_comes_twice_begins_one_execution(piped: Start) -> None:
    first = piped(training("a"))
    token = {"ClientRequestToken": "same" * 10}
    assert first.again(**token).execution.id == first.again(**token).execution.id != first.execution.id
