"""JMESPath expressions that choose cells out of JSON."""

from collections.abc import Callable
from typing import Any

from leeboard.errors import InputError


def compiled(expression: str | None, option: str) -> Callable[[Any], Any]:
    """What the expression finds in a value; without one, the value itself.

    Raises:
        InputError: the expression is not JMESPath.
    """
    if expression is None:
        return lambda value: value
    import jmespath

    try:
        return jmespath.compile(expression).search  # type: ignore[no-any-return]
    except jmespath.exceptions.JMESPathError as error:
        raise InputError(f"{option}={expression!r} is not a JMESPath expression: {error}") from error
