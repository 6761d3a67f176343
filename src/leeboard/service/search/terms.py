"""Search expressions over documents in AWS's spelling."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Any

from leeboard.service.refusals import InvalidRequestError

Given = Mapping[str, Any]
MOST_FILTERS = 100
"""In one expression with all its parts; AWS takes 20."""
DEEPEST = 10


def check(expression: Given, depth: int = 1) -> int:
    """The number of filters.

    Raises:
        InvalidRequestError: it is too large, or a filter lacks its value.
    """
    filters = list(expression.get("Filters", []))
    for nested in expression.get("NestedFilters", []):
        filters += nested["Filters"]
    for each in filters:
        is_bare = each.get("Operator", "Equals") in ("Exists", "NotExists")
        if not is_bare and "Value" not in each:
            raise InvalidRequestError(
                f"The filter on {each['Name']} needs a Value for {each.get('Operator', 'Equals')}."
            )
    if depth > DEEPEST:
        raise InvalidRequestError(f"SearchExpression is nested more than {DEEPEST} deep.")
    n = len(filters) + sum(check(each, depth + 1) for each in expression.get("SubExpressions", []))
    if n > MOST_FILTERS:
        raise InvalidRequestError(f"SearchExpression has {n} filters; up to {MOST_FILTERS} are taken.")
    return n


def matches(document: Given, expression: Given) -> bool:
    """Whether a document is one that is looked for; an expression without terms finds all."""
    terms: list[Callable[[], bool]] = []
    for member, judge in (("Filters", _holds), ("NestedFilters", _nested), ("SubExpressions", matches)):
        terms += [partial(judge, document, each) for each in expression.get(member, [])]
    if not terms:
        return True
    combine = any if expression.get("Operator") == "Or" else all
    return combine(term() for term in terms)


def _nested(document: Given, given: Given) -> bool:
    """All filters hold for one and the same member of a list; their names begin with the list's."""
    name = given["NestedPropertyName"]
    for member in values_at(document, name):
        filters = [each | {"Name": _below(name, each["Name"])} for each in given["Filters"]]
        if isinstance(member, Mapping) and all(_holds(member, each) for each in filters):
            return True
    return False


def _below(list_name: str, name: str) -> str:
    return name.removeprefix(f"{list_name}.")


def _holds(document: Given, given: Given) -> bool:
    operator, found = given.get("Operator", "Equals"), list(values_at(document, given["Name"]))
    if operator in ("Exists", "NotExists"):
        return bool(found) is (operator == "Exists")
    wanted = given["Value"]
    if operator == "NotEquals":
        return not any(_compared(value, wanted) == 0 for value in found)
    return any(_JUDGES[operator](value, wanted) for value in found)


def _contains(value: Any, wanted: str) -> bool:
    return wanted.lower() in str(value).lower()


def _is_in(value: Any, wanted: str) -> bool:
    return any(_compared(value, one.strip()) == 0 for one in wanted.split(","))


_JUDGES: dict[str, Callable[[Any, str], bool]] = {
    "Equals": lambda value, wanted: _compared(value, wanted) == 0,
    "GreaterThan": lambda value, wanted: _compared(value, wanted) == 1,
    "GreaterThanOrEqualTo": lambda value, wanted: _compared(value, wanted) in (0, 1),
    "LessThan": lambda value, wanted: _compared(value, wanted) == -1,
    "LessThanOrEqualTo": lambda value, wanted: _compared(value, wanted) in (-1, 0),
    "Contains": _contains,
    "In": _is_in,
}


def _compared(value: Any, wanted: str) -> int | None:
    """-1, 0 or 1 as the value is less, equal or more; None if they cannot be compared."""
    try:
        other = _read(wanted, type(value))
        return int(value > other) - int(value < other)
    except (TypeError, ValueError):
        return None


def _read(text: str, kind: type) -> Any:
    """The text as a value of that kind."""
    if kind is bool:
        return {"true": True, "false": False}[text.lower()] if text.lower() in ("true", "false") else text
    if kind in (int, float):
        return float(text)
    if kind is datetime:
        at = datetime.fromisoformat(text)
        return at if at.tzinfo else at.replace(tzinfo=UTC)
    return text


def values_at(value: Any, name: str) -> Iterator[Any]:
    """The values of a property such as `Tags.team`; of a list, those of all its members.

    A tag is found by its key, and a name may have dots of its own.
    """
    if isinstance(value, Sequence) and not isinstance(value, str | bytes):
        for member in value:
            yield from values_at(member, name) if name else (member,)
    elif not name:
        if value is not None:
            yield value
    elif isinstance(value, Mapping):
        if set(value) == {"Key", "Value"} and name == value["Key"]:
            yield value["Value"]
        parts = name.split(".")
        for n in range(len(parts), 0, -1):
            if (head := ".".join(parts[:n])) in value:
                yield from values_at(value[head], ".".join(parts[n:]))
                return


def sort_key(document: Given, name: str) -> tuple[int, Any]:
    """By which documents are put in order: numbers, then times, then texts; nothing at all comes first."""
    value = next(iter(values_at(document, name)), None)
    if isinstance(value, bool | int | float):
        return 1, float(value)
    if isinstance(value, datetime):
        return 2, value
    return (0, 0) if value is None else (3, str(value))
