"""Parameters of pipelines: their types, defaults and allowed values."""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

from leeboard.service.refusals import InvalidRequestError

Value = str | int | float | bool
TYPES = ("String", "Integer", "Float", "Boolean")
LARGEST = 2**63
BOOLEANS = {"true": True, "false": False}


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of a definition."""

    name: str
    type: str
    default: Value | None = None
    enum: tuple[str, ...] = ()

    @classmethod
    def of(cls, given: Any) -> Self:
        """Read one.

        Raises:
            InvalidRequestError: it is none.
        """
        if not isinstance(given, Mapping) or not isinstance(given.get("Name"), str):
            raise InvalidRequestError(f"a parameter needs a Name: {given!r:.100}")
        name, kind, default = given["Name"], given.get("Type"), given.get("DefaultValue")
        if kind not in TYPES:
            raise InvalidRequestError(f"parameter {name} has the type {kind!r}; known: {', '.join(TYPES)}")
        listed = given.get("EnumValues") or []
        if not isinstance(listed, list) or not all(isinstance(each, str) for each in listed):
            raise InvalidRequestError(f"parameter {name} has EnumValues {listed!r:.100}; expected texts")
        enum = tuple(listed)
        parameter = cls(name, kind, None, enum)
        if default is None:
            return parameter
        return cls(name, kind, parameter.checked(default), enum)

    def read(self, text: str) -> Value:
        """The value that a text stands for.

        Raises:
            InvalidRequestError: it is none of this type, or not one of those allowed.
        """
        try:
            return self.checked(_READ[self.type](text))
        except (ValueError, KeyError):
            raise self._wrong(text) from None

    def checked(self, value: Any) -> Value:
        """The value, if it is of the type and allowed."""
        is_number = isinstance(value, int) and not isinstance(value, bool) and abs(value) < LARGEST
        is_right = {
            "String": isinstance(value, str),
            "Boolean": isinstance(value, bool),
            "Integer": is_number,
            "Float": is_number or (isinstance(value, float) and math.isfinite(value)),
        }[self.type]
        if not is_right:
            raise self._wrong(value)
        if self.enum and value not in self.enum:
            raise InvalidRequestError(
                f"parameter {self.name} is {value!r}, which is not one of {', '.join(self.enum)}"
            )
        checked: Value = value
        return checked

    def _wrong(self, value: Any) -> InvalidRequestError:
        return InvalidRequestError(f"parameter {self.name} is of type {self.type}, and {value!r:.100} is not")


def _whole(text: str) -> int:
    """`int` takes spaces, underscores and the digits of all scripts, too."""
    if _WHOLE.fullmatch(text) is None:
        raise ValueError(text)
    return int(text)


def _number(text: str) -> int | float:
    """A whole number stays one, as a default does."""
    if _WHOLE.fullmatch(text) and abs(number := int(text)) < LARGEST:
        return number
    if _NUMBER.fullmatch(text) is None:
        raise ValueError(text)
    return float(text)


_WHOLE = re.compile(r"[+-]?[0-9]{1,19}")
_NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?")
_READ: dict[str, Any] = {
    "String": str,
    "Integer": _whole,
    "Float": _number,
    "Boolean": lambda text: BOOLEANS[text.lower()],
}


def text_of(value: Value) -> str:
    """A value as the API tells it."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def values_of(parameters: Mapping[str, Parameter], given: Sequence[Mapping[str, str]]) -> dict[str, Value]:
    """The values of an execution, by name: given ones, else defaults.

    Raises:
        InvalidRequestError: one is not known, wrong, given twice, or missing.
    """
    texts = {each["Name"]: each["Value"] for each in given}
    if len(texts) < len(given):
        raise InvalidRequestError("a parameter is given twice")
    if unknown := sorted(texts.keys() - parameters.keys()):
        known = ", ".join(parameters) or "none"
        raise InvalidRequestError(
            f"the pipeline has no parameters {', '.join(unknown)}; its parameters: {known}"
        )
    values = {name: _value(each, texts.get(name)) for name, each in parameters.items()}
    if missing := [name for name, value in values.items() if value is None]:
        raise InvalidRequestError(
            f"the parameters {', '.join(missing)} have no default: give them values in PipelineParameters"
        )
    return {name: value for name, value in values.items() if value is not None}


def _value(parameter: Parameter, text: str | None) -> Value | None:
    return parameter.default if text is None else parameter.read(text)
