"""Which files make up a data set."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from os import PathLike, fspath
from typing import TypeAlias

from leeboard import storage
from leeboard.errors import NoDataError

Location: TypeAlias = str | PathLike[str]


@dataclass(frozen=True, slots=True)
class Source:
    """One file that is to be read."""

    uri: str
    size_bytes: int


def find_sources(
    locations: Sequence[Location], skip: Callable[[str], str | None] = lambda uri: None
) -> list[Source]:
    """The files at and below the locations, in the order of the locations and of the names below.

    Args:
        locations: files, folders or prefixes.
        skip: (URI) -> why it is left out, or None.

    Raises:
        NoDataError: no file is left.
        NotFoundError: a location is not there.
    """
    found: list[Source] = []
    skipped: Counter[str] = Counter()
    for root in (fspath(location) for location in locations):
        for item in storage.list_objects(root):
            reason = "empty" * (not item.size_bytes) or _hidden(root, item.uri) or skip(item.uri)
            if reason:
                skipped[reason] += 1
            else:
                found.append(Source(item.uri, item.size_bytes))
    if not found:
        raise NoDataError(_nothing(locations, skipped))
    return found


def _hidden(root: str, uri: str) -> str | None:
    below = uri.removeprefix("file://").removeprefix(root.removeprefix("file://").rstrip("/"))
    is_hidden = any(part.startswith(("_", ".")) for part in below.split("/"))
    return "with a name that begins with _ or ." if is_hidden else None


def _nothing(locations: Iterable[Location], skipped: Counter[str]) -> str:
    where = ", ".join(fspath(location) for location in locations) or "an empty list of places"
    if not skipped:
        return f"no data to read: looked at {where}, there are no objects at all"
    kinds = ", ".join(f"{n} {reason}" for reason, n in skipped.items())
    return f"no data to read: looked at {where}, {skipped.total()} objects there, none of use: {kinds}"
