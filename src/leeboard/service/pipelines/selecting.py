"""Executions of some steps alone: what these need of others is taken from an earlier execution."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from graphlib import TopologicalSorter
from typing import Any, Self

from leeboard.service.pipelines.definition import Definition, Step
from leeboard.service.pipelines.due import Rows
from leeboard.service.pipelines.kept import PipelineExecution, StepRow
from leeboard.service.refusals import InvalidRequestError
from leeboard.service.resources import Resource

SOURCES = ("Succeeded", "Failed")
"""How an execution has to have ended that others take results from."""


def check_source(source: PipelineExecution, arn: str, pipeline: Resource) -> None:
    """Refuse an execution that cannot stand for the steps that do not run.

    Raises:
        InvalidRequestError: it is of another pipeline, or has not come to an end by itself.
    """
    if source.pipeline_id != pipeline.id:
        raise _invalid(arn, f"it is no execution of the pipeline {pipeline.name} as it is there now")
    if source.status not in SOURCES:
        raise _invalid(
            arn,
            f"the execution is {source.status}; one that results are taken from has {' or '.join(SOURCES)}",
        )


@dataclass(frozen=True, slots=True)
class Selection:
    """The steps that run.

    Attributes:
        steps: in the order of the definition.
        needed: what they wait for or refer to, and does not run.
        before: these, and all that comes before them.
    """

    steps: Sequence[Step]
    needed: Mapping[str, Step]
    before: Mapping[str, Step]

    @classmethod
    def of(cls, definition: Definition, selected: Sequence[Mapping[str, str]]) -> Self:
        """Read `SelectedSteps`.

        Raises:
            InvalidRequestError: one is not there or named twice, or one that lies between two is missing.
        """
        names, known = {each["StepName"] for each in selected}, definition.steps
        if unknown := sorted(names - known.keys()):
            raise InvalidRequestError(
                f"SelectedSteps has {', '.join(unknown)}, which the pipeline does not have; its steps: "
                f"{', '.join(known)}"
            )
        if len(names) < len(selected):
            raise InvalidRequestError("SelectedSteps has a step twice")
        before, behind = _around(known, names)
        if between := [name for name in known if name in (before & behind) - names]:
            raise InvalidRequestError(
                f"SelectedSteps leaves out what lies on the way from one selected step to another: select "
                f"{', '.join(between)}, too"
            )
        steps = list(_named(known, names).values())
        needed = {name for step in steps for name in step.after} - names
        return cls(steps, _named(known, needed), _named(known, before - names))

    def reused(self, rows: Rows, arn: str | None) -> list[dict[str, Any]]:
        """Rows of the steps that do not run, in the order in which they ran.

        Args:
            rows: of the source.
            arn: of the source; None if there is none.

        Raises:
            InvalidRequestError: what is needed did not succeed there, or led to none of the steps that run.
        """
        if self.needed and arn is None:
            selected = ", ".join(each.name for each in self.steps)
            told = f"The selected steps [{selected}] have dependencies on [{', '.join(self.needed)}]"
            raise _invalid("null", f"{told}: give an execution in which these have succeeded")
        there = {name for name, step in self.before.items() if _is_there(step, rows)}
        if missing := [name for name in self.needed if name not in there]:
            raise _invalid(
                arn, f"the selected steps need {', '.join(missing)}, which did not succeed in that execution"
            )
        if passed := [each.name for each in self.steps if self._is_passed_by(each, rows)]:
            raise _invalid(
                arn,
                f"its conditions went another way than to {', '.join(passed)}: select the condition, too, or "
                "give another execution",
            )
        return [_copied(self.before[name], row, arn) for name, row in rows.items() if name in there]

    def _is_passed_by(self, step: Step, rows: Rows) -> bool:
        """Whether the source says that it would never run."""
        if step.branch is None or step.branch[0] not in self.needed:
            return False
        condition, outcome = step.branch
        return bool(rows[condition].properties["Outcome"] != str(outcome))


def _copied(step: Step, row: StepRow, arn: str | None) -> dict[str, Any]:
    told = {"display_name": step.fields.get("DisplayName"), "description": step.fields.get("Description")}
    found = {"properties": row.properties, "step_metadata": row.step_metadata, "reused_from": arn}
    return {"name": step.name, "type": step.type, "status": "Succeeded", "attempt": 1} | told | found


def _named(steps: Mapping[str, Step], names: Collection[str]) -> dict[str, Step]:
    return {name: step for name, step in steps.items() if name in names}


def _around(steps: Mapping[str, Step], names: set[str]) -> tuple[set[str], set[str]]:
    """All steps before these, and all behind them."""
    order = list(TopologicalSorter({name: step.after for name, step in steps.items()}).static_order())
    before: set[str] = set()
    for name in reversed(order):
        if name in names or name in before:
            before |= steps[name].after
    behind: set[str] = set()
    for name in order:
        if not (steps[name].after.isdisjoint(names) and steps[name].after.isdisjoint(behind)):
            behind.add(name)
    return before, behind


def _is_there(step: Step, rows: Rows) -> bool:
    row = rows.get(step.name)
    return row is not None and row.status == "Succeeded" and row.type == step.type


def _invalid(arn: str | None, why: str) -> InvalidRequestError:
    return InvalidRequestError(f"Invalid SourcePipelineExecutionArn: {arn}. {why}")
