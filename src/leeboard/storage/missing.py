"""The error for something that is not stored where it was looked for."""

from collections.abc import Iterable
from difflib import get_close_matches

from leeboard.errors import NotFoundError

SHOWN = 5


def not_found(uri: str, *, parent: str, names: Iterable[str], wanted: str, place: str) -> NotFoundError:
    """Says what is there instead.

    Args:
        uri: what was looked for.
        parent: the nearest folder above it that exists.
        names: what is in `parent`, or the first of it.
        wanted: the name that was looked for in `parent`.
        place: where was looked: a working directory, an endpoint.
    """
    there = sorted(names)
    near = get_close_matches(wanted, [name.rstrip("/") for name in there], n=1)
    advice = f"did you mean {near[0]!r}?" if near else "check the spelling"
    return NotFoundError(
        f"nothing is stored at {uri} ({place}). The nearest folder that exists is {parent}, "
        f"which holds {some(there)}; {wanted!r} is not there, {advice}",
        uri,
    )


def some(names: list[str]) -> str:
    """The first of sorted names, for a message."""
    if not names:
        return "nothing"
    rest = ", ..." if len(names) > SHOWN else ""
    return ", ".join(names[:SHOWN]) + rest
