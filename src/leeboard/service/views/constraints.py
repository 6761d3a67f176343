"""The constraints of a schedule as a page edits them, and what its last windows would have raised."""

from collections.abc import Sequence
from dataclasses import dataclass

from leeboard.service import scheduling
from leeboard.service.resources import Resource
from leeboard.service.service import Service
from leeboard.service.setup import tuning, versions
from leeboard.service.setup.tunable import FILE, Documents, Edits, Row, Tunable, differing, edited
from leeboard.service.setup.tuning import Seen
from leeboard.service.setup.versions import Version

MOST_JUDGED = 3_000
"""Features times windows of a preview."""
FEWEST_WINDOWS = 4
WINDOWS = (12, 24, 48)


@dataclass(frozen=True, slots=True)
class Tuned:
    """Constraints with edits that nobody has saved yet.

    Attributes:
        before, after: the files as they are, and with the edits.
        edits: those that change something.
        mark: tells one state of the files from another.
    """

    schedule: Resource
    tunable: Tunable
    before: Documents
    after: Documents
    edits: dict[str, dict[str, object]]
    versions: tuple[Version, ...]
    mark: str

    @property
    def file_row(self) -> Row | None:
        return next((row for row in self._rows if row.subject == FILE), None)

    @property
    def rows(self) -> list[Row]:
        """Features, measures or groups, with the edits in them."""
        return [row for row in self._rows if row.subject != FILE]

    @property
    def _rows(self) -> list[Row]:
        return self.tunable.rows(self.after)


def tuned(service: Service, name: str, edits: Edits) -> Tuned:
    """The constraints of a schedule.

    Raises:
        ResourceNotFoundError: there is no such schedule.
        InvalidRequestError: it has no constraints, or the edits are of something else.
        LeeboardError: a file cannot be read, or would be none with the edits.
    """
    with service.database.read() as connection:
        schedule = scheduling.existing(connection, name)
    tunable, before = tuning.tunable_of(schedule), tuning.documents_of(service, schedule)
    kept = differing(tunable, before, edits)
    after = edited(tunable, before, kept) if kept else before
    tunable.rows(after)
    told = tuple(versions.versions_of(schedule))
    return Tuned(schedule, tunable, before, after, kept, told, versions.mark_of(before))


@dataclass(frozen=True, slots=True)
class Change:
    """One check of one subject over the windows: whether it was broken, before and after the edits."""

    subject: str
    check: str
    before: tuple[bool, ...]
    after: tuple[bool, ...]

    @property
    def n_before(self) -> int:
        return sum(self.before)

    @property
    def n_after(self) -> int:
        return sum(self.after)


@dataclass(frozen=True, slots=True)
class Preview:
    """What the last windows would have raised.

    Attributes:
        counts: violations of each window, before and after.
        changes: what was broken in any window, what changes most first.
        suggested: limits that would have left calm windows alone, by subject.
        covers: which checks are made here, in words.
    """

    windows: tuple[Seen, ...]
    counts: tuple[tuple[int, int], ...]
    changes: tuple[Change, ...]
    suggested: dict[str, float]
    covers: str

    @property
    def n_windows_before(self) -> int:
        return sum(before > 0 for before, _ in self.counts)

    @property
    def n_windows_after(self) -> int:
        return sum(after > 0 for _, after in self.counts)

    @property
    def skipped(self) -> list[Seen]:
        return [one for one in self.windows if one.before is None]


def preview(service: Service, told: Tuned, n_windows: int) -> Preview:
    """Judges the files of so many windows anew, fewer of very many features."""
    n_rows = max(1, len(told.rows))
    limit = max(FEWEST_WINDOWS, min(n_windows, tuning.MOST_WINDOWS, MOST_JUDGED // n_rows))
    windows = tuning.seen(service, told.schedule, told.before, told.after, limit=limit)
    return Preview(
        tuple(windows),
        tuple(tuning.counts(windows)),
        tuple(_changes(windows)),
        tuning.suggestions(told.tunable, told.before, windows),
        told.tunable.covers,
    )


def _changes(windows: Sequence[Seen]) -> list[Change]:
    found = [
        Change(subject, check, tuple(before), tuple(after))
        for (subject, check), (before, after) in tuning.all_broken(windows).items()
    ]
    return sorted(found, key=lambda one: (-abs(one.n_before - one.n_after), -one.n_before, one.subject))
