"""One step of an execution in the hands of its type: begun, looked at, stopped."""

import logging
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.exc import SQLAlchemyError

from leeboard.errors import LeeboardError
from leeboard.jobs.runners import may_pass
from leeboard.service.pipelines.definition import Step
from leeboard.service.pipelines.hold import Hold
from leeboard.service.pipelines.kept import LONGEST_STEP_REASON, PipelineExecution, StepRow
from leeboard.service.pipelines.retrying import SERVICE_FAULT, again_at
from leeboard.service.pipelines.steps import (
    STEP_KINDS,
    Outcome,
    StepKind,
    StepRun,
    executing,
    failed,
)
from leeboard.service.queue import LeaseLostError
from leeboard.service.refusals import RefusalError

_log = logging.getLogger(__name__)
_PASSED_ON = (LeaseLostError, SQLAlchemyError)
"""The pass itself cannot go on; what it was about is as it was."""


@dataclass(frozen=True, slots=True)
class RunningStep:
    """A step that was begun and has not ended."""

    task: Hold
    execution: PipelineExecution
    step: Step
    row: StepRow

    @property
    def kind(self) -> StepKind:
        return STEP_KINDS.get(self.step.type)

    @property
    def run(self) -> StepRun:
        return StepRun(
            service=self.task.service,
            holding=self.task.holding,
            waiting=(self.task.claim.kind, self.task.claim.subject),
            pipeline_name=self.execution.pipeline_name,
            execution_arn=self.execution.arn(self.task.service.settings),
            execution_key=self.execution.key,
            role=self.execution.role,
            name=self.step.name,
            attempt=self.row.attempt,
            fields=self.row.asked["fields"],
            arguments=self.row.asked["arguments"],
            now=self.task.now,
        )

    def begun(self) -> Outcome:
        """Begin it, and look."""
        try:
            self.kind.begin(self.run)
        except _PASSED_ON:
            raise
        except Exception as error:
            outcome = failed_by(error, self.step.name)
            if outcome.fault:  # so that no job of this attempt runs beside the next one's
                with suppress(RefusalError):
                    self.kind.stop(self.run)
            return outcome
        return self.looked()

    def looked(self) -> Outcome:
        """As it is now; still running if that cannot be told just now."""
        return self._told(self.kind.look)

    def stopped(self) -> Outcome:
        """Ask it to end, and look."""
        with suppress(RefusalError):
            self.kind.stop(self.run)
        return self._told(self.kind.look)

    def _told(self, look: Callable[[StepRun], Outcome]) -> Outcome:
        try:
            return look(self.run)
        except _PASSED_ON:
            raise
        except Exception as error:
            if isinstance(error, LeeboardError) and may_pass(error):
                _log.warning("step %s cannot be looked at now: %s", self.step.name, error)
                return executing(self.row.step_metadata)
            return failed_by(error, self.step.name, may_begin_again=False)


def failed_by(error: Exception, step: str, *, may_begin_again: bool = True) -> Outcome:
    """How a step turned out that could not be begun or looked at."""
    if isinstance(error, RefusalError):
        return failed(f"ClientError: {error.message}")
    if isinstance(error, LeeboardError) and not may_pass(error):
        return failed(f"ClientError: {error}")
    _log.error("step %s failed by a fault of ours", step, exc_info=error)
    told = f"internal error: {type(error).__name__}: {error}"
    return failed(told, fault=SERVICE_FAULT if may_begin_again else None)


def columns_after(
    running: RunningStep, outcome: Outcome, *, is_stopping: bool, now: datetime
) -> dict[str, Any]:
    """What changes in the step's row; nothing if it is as it was."""
    row, metadata = running.row, dict(outcome.metadata) or running.row.step_metadata
    if outcome.status == "Executing":
        status = "Stopping" if is_stopping else "Executing"
        if (row.status, row.step_metadata) == (status, metadata):
            return {}
        return {"status": status, "step_metadata": metadata}
    if outcome.status == "Succeeded":
        found = {"status": "Succeeded", "properties": dict(outcome.properties), "failure_reason": None}
        return found | {"step_metadata": metadata, "ended_at": now}
    if is_stopping:
        return {"status": "Stopped", "step_metadata": metadata, "ended_at": now}
    return columns_after_failure(running.step, row, outcome, now=now)


def columns_after_failure(step: Step, row: StepRow, outcome: Outcome, *, now: datetime) -> dict[str, Any]:
    """What changes in the row of a step that failed: it is begun again later, or it is over."""
    metadata, n_attempts = dict(outcome.metadata) or row.step_metadata, row.attempt - row.first_attempt + 1
    again = again_at(step.policies, outcome.fault, n_attempts, started_at=row.started_at, now=now)
    if again is not None:
        return {"status": "Starting", "attempt": row.attempt + 1, "begin_at": again, "asked": {}}
    reason = (outcome.reason or "no reason was told").replace("\0", "")[:LONGEST_STEP_REASON]
    return {"status": "Failed", "failure_reason": reason, "step_metadata": metadata, "ended_at": now}
