"""Rosters: folders whose modules each hold one thing under the name `ENTRY`."""

from collections.abc import Iterator
from functools import cached_property
from importlib import import_module
from importlib.metadata import entry_points
from pkgutil import iter_modules
from typing import Generic, TypeVar

from leeboard.errors import UnknownNameError

T = TypeVar("T")


class Roster(Generic[T]):
    """The things of one kind, found by scanning their folder at first use.

    Args:
        noun: what one entry is called in messages.
        package: the package whose modules hold the entries; also the entry-point group
            by which other distributions add theirs.
        kind: the class of an entry, which has a `name`.

    Raises:
        UnknownNameError: from `get`, for a name that is not there.
    """

    def __init__(self, noun: str, package: str, kind: type[T]) -> None:
        self.noun = noun
        self.package = package
        self.kind = kind

    @cached_property
    def _entries(self) -> dict[str, T]:
        folder = import_module(self.package)
        modules = (import_module(f"{self.package}.{m.name}") for m in iter_modules(folder.__path__))
        found = [module.ENTRY for module in modules if hasattr(module, "ENTRY")]
        found += [point.load() for point in entry_points(group=self.package)]
        for entry in found:
            if not isinstance(entry, self.kind):
                raise TypeError(f"{entry!r} in {self.package} is not a {self.kind.__name__}")
        return {entry.name: entry for entry in found}

    def get(self, name: str) -> T:
        """The entry of that name."""
        try:
            return self._entries[name]
        except KeyError:
            raise UnknownNameError(self.noun, name, self._entries) from None

    def names(self) -> list[str]:
        """All names, sorted."""
        return sorted(self._entries)

    def __iter__(self) -> Iterator[T]:
        return iter(self._entries[name] for name in self.names())

    def __contains__(self, name: object) -> bool:
        return name in self._entries
