"""Definitions of pipelines, read and checked."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from graphlib import CycleError, TopologicalSorter
from itertools import islice
from typing import Any, Self

from leeboard.service.pipelines.caching import expiry_of
from leeboard.service.pipelines.conditions import check_condition
from leeboard.service.pipelines.documents import is_finite, read_document, texts_in
from leeboard.service.pipelines.parameters import Parameter
from leeboard.service.pipelines.references import JSON_GET, Reference, function_of, references_in
from leeboard.service.pipelines.retrying import Policy
from leeboard.service.pipelines.steps import STEP_KINDS
from leeboard.service.refusals import InvalidRequestError

VERSION = "2020-12-01"
CONDITION = "Condition"
BRANCHES = ("IfSteps", "ElseSteps")
VARIABLES = frozenset(
    {
        "StartDateTime",
        "CurrentDateTime",
        "PipelineName",
        "PipelineArn",
        "PipelineExecutionId",
        "PipelineExecutionArn",
        "TrainingJobName",
        "ProcessingJobName",
    }
)
MOST_STEPS, MOST_PARAMETERS, MOST_READS = 500, 200, 200
SHOWN = {"DisplayName": 256, "Description": 3072}
"""Members that are only told, and how many characters they may have."""
_NAME = re.compile(r"[A-Za-z0-9\-_]{1,64}")


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a definition, its references not resolved.

    Attributes:
        fields: all its members but `Arguments`.
        arguments: those of a condition without its branches.
        after: steps that have to be done before: those it names, and those it refers to.
        branch: the condition in whose branch it is, and which outcome leads there.
    """

    name: str
    type: str
    fields: Mapping[str, Any]
    arguments: Mapping[str, Any]
    after: frozenset[str]
    branch: tuple[str, bool] | None = None

    @property
    def policies(self) -> list[Policy]:
        return [Policy.of(each) for each in self.fields.get("RetryPolicies") or ()]

    @property
    def files(self) -> dict[str, Mapping[str, Any]]:
        """Property files by name."""
        return {each["PropertyFileName"]: each for each in self.fields.get("PropertyFiles") or ()}


@dataclass(frozen=True, slots=True)
class Definition:
    """A pipeline as it was defined."""

    parameters: Mapping[str, Parameter]
    steps: Mapping[str, Step]
    experiment: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, text: str) -> Self:
        """Read one.

        Raises:
            InvalidRequestError: it is none; says in which step what is wrong.
        """
        given = _parsed(text)
        listed = _list(given, "Parameters", "the definition")
        if len(listed) > MOST_PARAMETERS:
            raise InvalidRequestError(
                f"a pipeline has at most {MOST_PARAMETERS} parameters, not {len(listed)}"
            )
        parameters = [Parameter.of(each) for each in listed]
        steps = list(islice(_steps(given, None), MOST_STEPS + 1))
        if not 0 < len(steps) <= MOST_STEPS:
            raise InvalidRequestError(f"a pipeline has 1 to {MOST_STEPS} steps")
        _refuse_twice("parameters", [each.name for each in parameters])
        _refuse_twice("steps", [each.name for each in steps])
        made = cls(
            {each.name: each for each in parameters},
            {each.name: each for each in steps},
            _experiment(given),
        )
        made._check()
        return made

    def _check(self) -> None:
        for step in self.steps.values():
            try:
                self._check_step(step)
            except InvalidRequestError as refusal:
                raise InvalidRequestError(f"step {step.name}: {refusal.message}") from None
        try:
            TopologicalSorter({step.name: step.after for step in self.steps.values()}).prepare()
        except CycleError as error:
            raise InvalidRequestError(
                f"the steps wait for each other in a circle: {' -> '.join(reversed(error.args[1]))}"
            ) from None

    def _check_step(self, step: Step) -> None:
        if unknown := sorted(step.after - self.steps.keys()):
            raise InvalidRequestError(
                f"it depends on {', '.join(unknown)}, which the definition does not have; its steps: "
                f"{', '.join(self.steps)}"
            )
        if step.type not in STEP_KINDS:
            raise InvalidRequestError(
                f"leeboard has no steps of type {step.type!r}; known: {', '.join(STEP_KINDS.names())}"
            )
        if complaint := next(
            iter(STEP_KINDS.get(step.type).check({**step.fields, "Arguments": step.arguments})), None
        ):
            raise InvalidRequestError(complaint)
        n_reads = sum(text == JSON_GET for text in texts_in([step.fields, step.arguments]))
        if n_reads > MOST_READS:
            raise InvalidRequestError(f"it reads {n_reads} values of property files; at most {MOST_READS}")
        for reference in references_in([step.fields, step.arguments]):
            self._check_reference(reference)
        expiry_of(step.fields.get("CacheConfig"))
        list(step.policies)
        if step.type == CONDITION:
            for condition in _list(step.arguments, "Conditions", "its Arguments"):
                check_condition(condition)

    def _check_reference(self, reference: Reference) -> None:
        kinds: dict[str, Collection[str]] = {
            "Parameters": self.parameters,
            "Execution": VARIABLES,
            "Steps": self.steps,
            "PipelineExperimentConfig": self.experiment,
        }
        known = kinds[reference.kind]
        if reference.name not in known:
            there = ", ".join(sorted(known)) or "none"
            raise InvalidRequestError(f"{reference.text} refers to nothing; {reference.kind} there: {there}")
        if reference.is_file:
            files = self.steps[reference.name].files
            if len(reference.path) != 2 or reference.path[1] not in files:
                raise InvalidRequestError(
                    f"{reference.text} refers to no property file of {reference.name}; those it has: "
                    f"{', '.join(files) or 'none'}"
                )


@lru_cache(maxsize=16)
def definition_of(text: str) -> Definition:
    """One that was checked when it came."""
    return Definition.of(text)


def _parsed(text: str) -> Mapping[str, Any]:
    given = read_document(text, "the pipeline definition")
    if not isinstance(given, Mapping):
        raise InvalidRequestError("the pipeline definition is no JSON object")
    if not is_finite(given):
        raise InvalidRequestError("the pipeline definition has NaN or a number that is too large")
    if given.get("Version") != VERSION:
        raise InvalidRequestError(
            f"the pipeline definition has Version {given.get('Version')!r:.40}; expected {VERSION!r}"
        )
    return given


def _experiment(given: Mapping[str, Any]) -> Mapping[str, Any]:
    """Steps may refer to it; it refers to nothing that could lead back to itself."""
    found = given.get("PipelineExperimentConfig") or {}
    if not isinstance(found, Mapping):
        raise InvalidRequestError("PipelineExperimentConfig is no JSON object")
    for reference in references_in(found):
        if reference.kind not in ("Parameters", "Execution"):
            raise InvalidRequestError(
                f"PipelineExperimentConfig refers to {reference.text}; it may refer to Parameters and "
                "Execution alone"
            )
    return found


def _steps(holder: Mapping[str, Any], branch: tuple[str, bool] | None, key: str = "Steps") -> Iterator[Step]:
    """The steps of a list, and of the branches of the conditions among them."""
    for given in _list(holder, key, f"the branch of {branch[0]}" if branch else "the definition"):
        step = _step(given, branch)
        yield step
        if step.type == CONDITION:
            for member, outcome in zip(BRANCHES, (True, False), strict=True):
                yield from _steps(given["Arguments"], (step.name, outcome), member)


def _step(given: Any, branch: tuple[str, bool] | None) -> Step:
    if not isinstance(given, Mapping) or not isinstance(name := given.get("Name"), str):
        raise InvalidRequestError(f"a step needs a Name: {given!r:.100}")
    if not _NAME.fullmatch(name):
        raise InvalidRequestError(f"the step name {name!r:.100} is not 1 to 64 letters, digits, - and _")
    try:
        return _read_step(name, given, branch)
    except InvalidRequestError as refusal:
        raise InvalidRequestError(f"step {name}: {refusal.message}") from None


def _read_step(name: str, given: Mapping[str, Any], branch: tuple[str, bool] | None) -> Step:
    kind, arguments = given.get("Type"), given.get("Arguments")
    if not isinstance(kind, str) or not isinstance(arguments, Mapping):
        raise InvalidRequestError("it needs a Type and Arguments")
    if function_of(arguments) is not None:
        raise InvalidRequestError(f"its Arguments are {dict(arguments)!r:.100}; expected members")
    if kind == CONDITION:
        arguments = {key: value for key, value in arguments.items() if key not in BRANCHES}
    fields = {key: value for key, value in given.items() if key != "Arguments"}
    for member, longest in SHOWN.items():
        if not isinstance(shown := fields.get(member) or "", str) or len(shown) > longest:
            raise InvalidRequestError(f"its {member} is no text of up to {longest} characters")
    named = _list(fields, "DependsOn", "the step")
    for key, members in (("PropertyFiles", FILE_MEMBERS), ("RetryPolicies", ())):
        for each in _list(fields, key, "the step"):
            if not isinstance(each, Mapping) or not all(isinstance(each.get(one), str) for one in members):
                raise InvalidRequestError(f"{key} has {each!r:.100}; expected {', '.join(members) or key}")
    if not all(isinstance(each, str) for each in named):
        raise InvalidRequestError("DependsOn is no list of names")
    referred = {each.name for each in references_in([fields, arguments]) if each.kind == "Steps"}
    after = {*named, *referred, *([branch[0]] if branch else [])}
    return Step(name, kind, fields, arguments, frozenset(after), branch)


FILE_MEMBERS = ("PropertyFileName", "OutputName", "FilePath")


def _list(holder: Mapping[str, Any], key: str, where: str) -> list[Any]:
    value = holder.get(key) or []
    if not isinstance(value, list):
        raise InvalidRequestError(f"{key} of {where} is no list")
    return value


def _refuse_twice(noun: str, names: Sequence[str]) -> None:
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise InvalidRequestError(f"two {noun} have the same name: {', '.join(twice)}")
