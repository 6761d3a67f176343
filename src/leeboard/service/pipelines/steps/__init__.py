"""What step types there are, one a module: a type begins a step, looks how it goes, and stops it.

The executor makes many short passes over an execution and may be killed in each of them. It calls
`begin` until it once came back, then `look` in each pass until the step has ended. All three are
called outside of any transaction and must come back soon, as other executions wait meanwhile: what
takes time is a job, begun by `StepRun.start_job`.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from leeboard.roster import Roster
from leeboard.service.pipelines.attempts import Outcome, StepRun, executing, failed, succeeded

__all__ = [
    "STEP_KINDS",
    "Outcome",
    "StepKind",
    "StepRun",
    "executing",
    "failed",
    "no_complaints",
    "succeeded",
]


def no_complaints(_step: Mapping[str, Any]) -> Iterable[str]:
    """Nothing is wrong with it."""
    return ()


@dataclass(frozen=True, slots=True)
class StepKind:
    """One type of step.

    Args:
        name: as `Type` in a definition.
        begin: starts it; may be called again with the same run after a crash, and then begins nothing
            twice. A `RefusalError` or `LeeboardError` is a step that failed.
        look: how it is now; may begin what follows within the step (`start_job` with another `part`).
        stop: asks what it began to end; `look` then tells `Stopped`, or how else it ended.
        check: what is wrong with a step as a definition has it, references not resolved, a sentence each.
        is_cacheable: whether `CacheConfig` counts for it.
        cached_by: arguments that have to be equal for a result to be used again; if none are named, all
            arguments and fields.
    """

    name: str
    begin: Callable[[StepRun], None]
    look: Callable[[StepRun], Outcome]
    stop: Callable[[StepRun], None]
    check: Callable[[Mapping[str, Any]], Iterable[str]] = no_complaints
    is_cacheable: bool = True
    cached_by: tuple[str, ...] = ()


STEP_KINDS = Roster("step type", __name__, StepKind)
