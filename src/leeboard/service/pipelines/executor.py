"""Brings executions of pipelines on, from step to step, in passes that may be broken off anywhere.

A step's row is there before the step is begun, and what begins it does that once however often it is
asked; all rows are written in transactions that hold the claim of the execution.
"""

from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import Any

from leeboard.errors import LeeboardError
from leeboard.service.alerting.runs import pipeline_ended
from leeboard.service.pipelines.caching import cache_key, expiry_of
from leeboard.service.pipelines.context import asked_of, known_by
from leeboard.service.pipelines.definition import Definition, Step, definition_of
from leeboard.service.pipelines.due import due
from leeboard.service.pipelines.hold import Hold
from leeboard.service.pipelines.kept import (
    LONGEST_REASON,
    LONGEST_STEP_REASON,
    UNFINISHED,
    PipelineExecution,
    StepRow,
    add_step,
    find_cached,
    find_execution,
    set_execution,
    set_step,
    steps_of,
)
from leeboard.service.pipelines.running import RunningStep, columns_after, columns_after_failure, failed_by
from leeboard.service.pipelines.steps import STEP_KINDS
from leeboard.service.queue import put_back
from leeboard.service.refusals import RefusalError
from leeboard.state.tables import pipeline_executions

FAILED = "Step failure: One or multiple steps failed."
SOONEST_S, LATEST_S, SHARE = 0.2, 5.0, 0.05
"""How long to wait from one look to the next: a share of the time since something changed."""


def perform(task: Hold) -> None:
    """Bring an execution on as far as it goes now, then end it or put it back."""
    while not (task.is_lost or task.is_closing.is_set()):
        execution = _execution(task)
        if execution is None or execution.status not in UNFINISHED:
            with task.finishing():
                return
        if not Pass(task, execution).advance():
            return
    if not task.is_lost:
        task.later(0)


def give_up(task: Hold, failure: str) -> None:
    """The execution failed for good."""
    _stop_all(task)
    with task.finishing() as connection:
        execution = find_execution(connection, int(task.claim.subject))
        if execution is not None and execution.status in UNFINISHED:
            for row in steps_of(connection, execution.id).values():
                if row.is_running:
                    values = {"status": "Failed", "failure_reason": failure[:LONGEST_STEP_REASON]}
                    set_step(connection, row.id, now=task.now, ended_at=task.now, **values)
            reason = failure[:LONGEST_REASON]
            set_execution(
                connection,
                execution.id,
                now=task.now,
                status="Failed",
                failure_reason=reason,
                ended_at=task.now,
            )
            pipeline_ended(connection, execution.id, now=task.now)


def _stop_all(task: Hold) -> None:
    """Nothing goes on of what it has begun, as far as that can be told still."""
    execution = _execution(task)
    with suppress(LeeboardError, RefusalError):
        if execution is not None:
            Pass(task, execution).stop()


def _execution(task: Hold) -> PipelineExecution | None:
    with task.service.database.read() as connection:
        return find_execution(connection, int(task.claim.subject))


class _ChangedError(Exception):
    """The execution is another than it was when the pass began."""


class Pass:
    """One look at all that an execution has under way."""

    def __init__(self, task: Hold, execution: PipelineExecution) -> None:
        self._task, self._execution = task, execution
        self._definition: Definition = definition_of(execution.definition)
        with task.service.database.read() as connection:
            self._rows = steps_of(connection, execution.id)

    def advance(self) -> bool:
        """Whether there may be more to do at once; if not, the execution has ended or was put back."""
        changed = self._make_due_rows()
        for name in [name for name, row in self._rows.items() if row.is_running]:
            changed |= self._move(self._rows[name])
        if changed:
            return True
        if any(row.is_running for row in self._rows.values()):
            self._put_back()
            return False
        return self._end()

    def stop(self) -> None:
        """Ask all that runs to end, and do not wait for it."""
        for row in self._rows.values():
            if row.is_running and row.asked:
                RunningStep(self._task, self._execution, self._definition.steps[row.name], row).stopped()

    @property
    def _is_stopping(self) -> bool:
        return self._execution.status == "Stopping"

    def _make_due_rows(self) -> bool:
        if self._is_stopping:
            return False
        most, selected = self._execution.most_parallel, self._execution.selected
        steps = due(self._definition, self._rows, most_parallel=most, selected=selected)
        made = [self._new_row(step) for step in steps]
        if made:
            with self._task.holding() as connection:
                for columns in made:
                    add_step(connection, self._execution.id, **columns)
        return bool(made)

    def _new_row(self, step: Step) -> dict[str, Any]:
        now = self._task.now
        named = {"name": step.name, "type": step.type, "status": "Starting", "attempt": 1}
        told = {"display_name": step.fields.get("DisplayName"), "description": step.fields.get("Description")}
        return named | told | {"begin_at": now, "now": now}

    def _asked(self, step: Step, row: StepRow) -> dict[str, Any]:
        """What a step asks for now: to begin it, or why that cannot be told, or what was found earlier."""
        now, execution = self._task.now, self._execution
        known = known_by(self._task.service.settings, execution, self._definition, self._rows, now)
        try:
            asked = asked_of(known, step, execution.key, row.attempt)
        except Exception as error:  # a store that is away, or a fault of ours, is that of this step alone
            return columns_after_failure(step, row, failed_by(error, step.name), now=now)
        return {"status": "Starting", "asked": asked, **self._cached(step, asked)}

    def _cached(self, step: Step, asked: dict[str, Any]) -> dict[str, Any]:
        kind, age = STEP_KINDS.get(step.type), expiry_of(step.fields.get("CacheConfig"))
        if age is None or not kind.is_cacheable:
            return {}
        key = cache_key(self._execution.pipeline_id, asked["fields"], asked["arguments"], kind.cached_by)
        with self._task.service.database.read() as connection:
            hit = find_cached(connection, key, age, now=self._task.now)
        if hit is None:
            return {"cache_key": key}
        row, source = hit
        return {
            "cache_key": key,
            "status": "Succeeded",
            "cached_from": source.arn(self._task.service.settings),
            "properties": row.properties,
            "step_metadata": row.step_metadata,
            "ended_at": self._task.now,
        }

    def _move(self, row: StepRow) -> bool:
        """Whether a step that runs is another than before."""
        columns = self._columns_now(row)
        if not columns:
            return False
        with self._task.holding() as connection:
            set_step(connection, row.id, now=self._task.now, **columns)
        return True

    def _columns_now(self, row: StepRow) -> dict[str, Any]:
        step, now = self._definition.steps[row.name], self._task.now
        if not row.asked and self._must_stop(row):
            return {"status": "Stopped", "ended_at": now}
        if row.status == "Starting" and row.begin_at > now and not self._must_stop(row):
            return {}
        if not row.asked:
            return self._asked(step, row)
        running = RunningStep(self._task, self._execution, step, row)
        if self._must_stop(row):
            return columns_after(running, running.stopped(), is_stopping=True, now=self._task.now)
        outcome = running.begun() if row.status == "Starting" else running.looked()
        return columns_after(running, outcome, is_stopping=False, now=self._task.now)

    def _must_stop(self, row: StepRow) -> bool:
        """Somebody stops the execution, or a step that is there to fail has ended it."""
        is_failed = any(each.type == "Fail" and each.status == "Failed" for each in self._rows.values())
        return self._is_stopping or is_failed or row.status == "Stopping"

    def _put_back(self) -> None:
        """A pass that came to its end has not failed, however often others were broken off before."""
        now = self._task.now
        changed_at = max(row.modified_at for row in self._rows.values())
        age_s = (now - max(changed_at, self._execution.modified_at)).total_seconds()
        wait = timedelta(seconds=min(max(age_s * SHARE, SOONEST_S), LATEST_S))
        held = replace(self._task.claim, attempt=1, lost=0)
        with self._task.service.database.write() as connection:
            put_back(connection, held, ready_at=now + wait, counts=False)

    def _end(self) -> bool:
        """Whether there is more to do after all, as somebody stops or changes it at this moment."""
        execution, now = self._execution, self._task.now
        failures = [
            f"{row.name}: {row.failure_reason}" for row in self._rows.values() if row.status == "Failed"
        ]
        columns: dict[str, Any] = {"status": "Succeeded"}
        if self._is_stopping:
            columns = {"status": "Stopped"}
        elif failures:
            columns = {
                "status": "Failed",
                "failure_reason": f"{FAILED} {'; '.join(failures)}"[:LONGEST_REASON],
            }
        is_same = pipeline_executions.c.status == execution.status
        with suppress(_ChangedError), self._task.finishing() as connection:
            if not set_execution(connection, execution.id, is_same, now=now, ended_at=now, **columns):
                raise _ChangedError
            pipeline_ended(connection, execution.id, now=now)
            return False
        return True
