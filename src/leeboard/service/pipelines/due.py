"""Which steps of an execution can begin, and which never will."""

from collections.abc import Collection, Mapping

from leeboard.service.pipelines.definition import Definition, Step
from leeboard.service.pipelines.kept import StepRow

Rows = Mapping[str, StepRow]


def skipped(definition: Definition, rows: Rows) -> set[str]:
    """Steps in branches that were not taken, and what depends on them."""
    found: set[str] = set()
    while True:
        more = {
            step.name
            for step in definition.steps.values()
            if step.name not in found and (step.after & found or _is_passed_by(step, rows))
        }
        if not more:
            return found
        found |= more


def _is_passed_by(step: Step, rows: Rows) -> bool:
    """Whether its condition has gone the other way."""
    if step.branch is None:
        return False
    condition, outcome = step.branch
    row = rows.get(condition)
    return row is not None and row.status == "Succeeded" and row.properties["Outcome"] != str(outcome)


def due(
    definition: Definition, rows: Rows, *, most_parallel: int | None, selected: Collection[str] | None = None
) -> list[Step]:
    """Steps to begin now, in the order of the definition; none once a step has failed or was stopped.

    Args:
        selected: the only ones that may begin; None for all.
    """
    if any(row.status in ("Failed", "Stopped", "Stopping") for row in rows.values()):
        return []
    never = skipped(definition, rows)
    done = {name for name, row in rows.items() if row.status == "Succeeded"}
    found = [
        step
        for step in definition.steps.values()
        if step.name not in rows
        and step.name not in never
        and step.after <= done
        and (selected is None or step.name in selected)
    ]
    if most_parallel is None:
        return found
    n_running = sum(row.is_running for row in rows.values())
    return found[: max(most_parallel - n_running, 0)]
