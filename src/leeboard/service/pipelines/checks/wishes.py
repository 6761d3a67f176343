"""What a check step wants, read from its fields."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Self

from leeboard.service.packages.names import group_name
from leeboard.service.pipelines.checks.types import CHECK_TYPES, CheckType, types_of
from leeboard.service.refusals import InvalidRequestError

_FLAGS = {"true": True, "false": False}


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """One check step.

    Attributes:
        skips: no drift is looked for.
        fails: found violations fail the step.
        registers: the new baseline is told as the one to check against from now on.
        group: of model packages; None for none.
        constraints, statistics: URIs of the supplied baseline.
        model: the name of the model that is asked.
    """

    check_type: CheckType
    skips: bool
    fails: bool
    registers: bool
    group: str | None
    constraints: str | None
    statistics: str | None
    model: str | None

    @classmethod
    def of(cls, fields: Mapping[str, Any]) -> Self:
        """From the fields of a step, references resolved.

        Raises:
            InvalidRequestError: a field is not as it has to be.
        """
        name = fields.get("CheckType")
        if name not in CHECK_TYPES:
            raise InvalidRequestError(f"CheckType is {name!r}; known: {', '.join(CHECK_TYPES)}")
        check_type, group = CHECK_TYPES[name], _text(fields, "ModelPackageGroupName")
        model = _text(fields, "ModelName")
        if check_type.asks_model and model is None:
            raise InvalidRequestError(f"a {name} check asks a model: give its name as ModelName of the step")
        statistics = _uri(fields, "SuppliedBaselineStatistics") if check_type.statistics_file else None
        return cls(
            check_type=check_type,
            skips=_flag(fields, "SkipCheck", default=False),
            fails=_flag(fields, "FailOnViolation", default=True),
            registers=_flag(fields, "RegisterNewBaseline", default=False),
            group=group_name(group) if group else None,
            constraints=_uri(fields, "SuppliedBaselineConstraints"),
            statistics=statistics,
            model=model if check_type.asks_model else None,
        )

    @property
    def told(self) -> dict[str, Any]:
        """As the metadata of the step have it."""
        told = {
            "CheckType": self.check_type.name,
            "SkipCheck": self.skips,
            "RegisterNewBaseline": self.registers,
        }
        return told | ({"ModelPackageGroupName": self.group} if self.group else {})


def complaints(step: Mapping[str, Any], kind: str) -> Iterator[str]:
    """What is wrong with a check step as its definition has it."""
    known, given = types_of(kind), step.get("CheckType")
    if given not in known:
        yield f"CheckType is {given!r}; a {kind} step has one of {', '.join(known)}"
    elif CHECK_TYPES[given].asks_model and not step.get("ModelName"):
        yield f"a {given} check asks a model, and ModelName is not given"


def _text(fields: Mapping[str, Any], name: str) -> str | None:
    """Parameters cannot be null, so that an empty one is none."""
    value = fields.get(name)
    if value is None or value == "":
        return None
    if not isinstance(value, str):
        raise InvalidRequestError(f"{name} is {value!r}; expected a text")
    return value


def _uri(fields: Mapping[str, Any], name: str) -> str | None:
    """A place in the store: a path would be one of the server's disk."""
    uri = _text(fields, name)
    if uri is not None and not uri.startswith("s3://"):
        raise InvalidRequestError(f"{name} is {uri!r:.100}; expected the S3 URI of a file, s3://BUCKET/KEY")
    return uri


def _flag(fields: Mapping[str, Any], name: str, *, default: bool) -> bool:
    value = fields.get(name)
    if value is None or isinstance(value, bool):
        return default if value is None else value
    if str(value).lower() not in _FLAGS:
        raise InvalidRequestError(f"{name} is {value!r}; expected true or false")
    return _FLAGS[str(value).lower()]
