"""What is wrong with a request, in AWS's words."""

from collections.abc import Sequence
from typing import Any

from leeboard.service.refusals import InvalidRequestError, RefusalError

MAX_SHOWN = 1024
MAX_TOLD = 50


class MalformedRequestError(RefusalError):
    """A request that cannot be read, or a member of the wrong type."""

    code = "SerializationException"


def breach(where: str, value: Any, constraint: str) -> str:
    """The sentence about one member that is not as the service model wants it."""
    told = "null" if value is None else f"'{_shown(value)}'"
    return f"Value {told} at '{where}' failed to satisfy constraint: Member must {constraint}"


def hidden_breach(where: str, constraint: str) -> str:
    """The same about a member whose value must not be repeated."""
    return f"Value at '{where}' failed to satisfy constraint: Member must {constraint}"


def invalid(breaches: Sequence[str]) -> InvalidRequestError:
    """One refusal for all of them."""
    noun = "error" if len(breaches) == 1 else "errors"
    return InvalidRequestError(
        f"{len(breaches)} validation {noun} detected: {'; '.join(breaches[:MAX_TOLD])}"
    )


def wrong_type(where: str, wanted: str, value: Any) -> MalformedRequestError:
    """A member of another JSON type than the model's."""
    came = {dict: "an object", list: "a list", str: "a string", bool: "a boolean", type(None): "null"}
    return MalformedRequestError(
        f"'{where or 'the request'}' must be {wanted}, and {came.get(type(value), 'a number')} came"
    )


def _shown(value: Any) -> str:
    if isinstance(value, list):
        text = f"[{', '.join(map(str, value[:100]))}]"
    elif isinstance(value, dict):
        text = f"{{{', '.join(f'{k}={v}' for k, v in list(value.items())[:100])}}}"
    else:
        text = str(value)
    return text if len(text) <= MAX_SHOWN else f"{text[:MAX_SHOWN]}..."
