"""What was looked at, kept promises included; one monitor a module."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from leeboard.report.report import Report, SectionContent
from leeboard.roster import Roster


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """One check of one subject, whatever came out of it.

    Attributes:
        check: its type, as violations have it.
        subject: as violations have it; "" for the whole data set.
        label: the check in plain words.
        names: by which a user may choose it; the check's type is one.
        why_not: why it could not be made; "" if it was.
    """

    check: str
    subject: str
    label: str
    names: frozenset[str]
    why_not: str = ""


@dataclass(frozen=True, slots=True)
class Checked:
    """How one monitor tells what it looked at.

    Args:
        name: the monitor's.
        looks: what was looked at in one run.
        names: by which a user may choose checks of this monitor.
    """

    name: str
    looks: Callable[[Report, SectionContent], Iterator[Looked]]
    names: Callable[[], Iterable[str]]


CHECKED = Roster("list of checks", __name__, Checked)
