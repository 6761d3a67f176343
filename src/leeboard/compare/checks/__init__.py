"""Checks, one a module: which promises of a kind are broken."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from leeboard.compare.case import Case
from leeboard.compare.results import Finding
from leeboard.roster import Roster


@dataclass(frozen=True, slots=True)
class Check:
    """A test of one kind of promise.

    Args:
        name: the check type in the violations file.
        find: the broken promises of that kind.
    """

    name: str
    find: Callable[[Case], Iterator[Finding]]


CHECKS = Roster("check", __name__, Check)
