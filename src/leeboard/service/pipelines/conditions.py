"""Conditions of condition steps."""

from collections.abc import Callable, Mapping
from typing import Any

from leeboard.service.refusals import InvalidRequestError

COMPARED: dict[str, Callable[[Any, Any], bool]] = {
    "Equals": lambda left, right: bool(left == right),
    "GreaterThan": lambda left, right: bool(left > right),
    "GreaterThanOrEqualTo": lambda left, right: bool(left >= right),
    "LessThan": lambda left, right: bool(left < right),
    "LessThanOrEqualTo": lambda left, right: bool(left <= right),
}
MEMBERS = {
    **dict.fromkeys(COMPARED, ("LeftValue", "RightValue")),
    "In": ("QueryValue", "Values"),
    "Not": ("Condition",),
    "Or": ("Conditions",),
}


def check_condition(condition: Any) -> None:
    """Whether it is one, whatever its references lead to.

    Raises:
        InvalidRequestError: it is none.
    """
    kind = condition.get("Type") if isinstance(condition, Mapping) else None
    if not isinstance(kind, str) or kind not in MEMBERS:
        raise InvalidRequestError(f"there is no condition of type {kind!r}; known: {', '.join(MEMBERS)}")
    if missing := [name for name in MEMBERS[kind] if name not in condition]:
        raise InvalidRequestError(f"the condition {kind} needs {', '.join(missing)}")
    for name in ("Values", "Conditions"):
        if name in MEMBERS[kind] and not isinstance(condition[name], list):
            raise InvalidRequestError(f"{name} of the condition {kind} is no list")
    inner = [condition["Condition"]] if kind == "Not" else condition["Conditions"] if kind == "Or" else []
    for each in inner:
        check_condition(each)


def is_met(condition: Mapping[str, Any]) -> bool:
    """Whether it holds, once its references are resolved.

    Raises:
        InvalidRequestError: its two values cannot be compared.
    """
    kind = condition["Type"]
    if kind == "Not":
        return not is_met(condition["Condition"])
    if kind == "Or":
        return any(is_met(each) for each in condition["Conditions"])
    if kind == "In":
        return any(_compared("Equals", condition["QueryValue"], each) for each in condition["Values"])
    return _compared(kind, condition["LeftValue"], condition["RightValue"])


def _compared(kind: str, left: Any, right: Any) -> bool:
    """Numbers with numbers, texts with texts; a text that is a number counts as one beside a number."""
    left, right = _beside(left, right), _beside(right, left)
    try:
        return COMPARED[kind](left, right)
    except TypeError:
        raise InvalidRequestError(
            f"{left!r:.100} and {right!r:.100} cannot be compared with {kind}: one is "
            f"{type(left).__name__}, the other {type(right).__name__}"
        ) from None


def _beside(value: Any, other: Any) -> Any:
    is_number = isinstance(other, (int, float)) and not isinstance(other, bool)
    if isinstance(value, str) and is_number:
        try:
            return float(value)
        except ValueError:
            return value
    return value
