"""What became of the records and labels of a merge."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from leeboard.tables import Tally

MAX_SAMPLES = 20
"""Ids without a partner that are kept to be shown; the others are only counted."""
MAX_NOTED = 3
_NOTHING = Tally()


@dataclass(frozen=True, slots=True)
class Unmatched:
    """A record or label without a partner, and where it stands."""

    id: str
    uri: str
    line: int

    def __str__(self) -> str:
        return f"{self.id} ({self.uri}, line {self.line})"


@dataclass(frozen=True, slots=True, kw_only=True)
class MergeSummary:
    """How many records and labels found each other.

    Attributes:
        n_captured: records that belong to the window.
        n_labels: different ids that have a label.
        n_matched: merged records.
        n_replaced_labels: labels that a later one for the same id took the place of.
        n_late: merged records whose label came after the window or, without one, after the last hour of
            the records; AWS, which looks in the hours of the window alone, would have dropped them.
        captured_without_label, labels_without_capture: the first of each.
        malformed_captures, malformed_labels: lines that could not be read.
    """

    n_captured: int = 0
    n_labels: int = 0
    n_matched: int = 0
    n_labels_without_capture: int = 0
    n_replaced_labels: int = 0
    n_late: int = 0
    captured_without_label: tuple[Unmatched, ...] = ()
    labels_without_capture: tuple[Unmatched, ...] = ()
    malformed_captures: Tally = _NOTHING
    malformed_labels: Tally = _NOTHING
    files: tuple[str, ...] = ()

    @property
    def n_captured_without_label(self) -> int:
        return self.n_captured - self.n_matched

    def to_document(self) -> dict[str, Any]:
        """As JSON has it."""
        return {
            "captured": self.n_captured,
            "labels": self.n_labels,
            "matched": self.n_matched,
            "captured_without_label": self.n_captured_without_label,
            "labels_without_capture": self.n_labels_without_capture,
            "replaced_labels": self.n_replaced_labels,
            "late_labels": self.n_late,
            "samples": {
                "captured_without_label": [_document(one) for one in self.captured_without_label],
                "labels_without_capture": [_document(one) for one in self.labels_without_capture],
            },
            "malformed": {
                "captures": _malformed(self.malformed_captures),
                "labels": _malformed(self.malformed_labels),
            },
            "files": list(self.files),
        }

    @property
    def headline(self) -> str:
        """How many found each other."""
        return (
            f"{self.n_matched:,} of {self.n_captured:,} captured records have a label; "
            f"{self.n_labels - self.n_labels_without_capture:,} of {self.n_labels:,} labels have a record"
        )

    def notes(self) -> Iterator[str]:
        """The same in a few sentences, for a report."""
        yield self.headline
        for what, samples in (
            ("records without a label", self.captured_without_label),
            ("labels without a record", self.labels_without_capture),
        ):
            if samples:
                yield f"{what}, for example: {', '.join(str(one) for one in samples[:MAX_NOTED])}"
        if self.n_replaced_labels:
            yield f"{self.n_replaced_labels:,} labels were replaced by a later one for the same id"

    def lines(self) -> Iterator[str]:
        """The same in plain words, for a log."""
        yield self.headline
        yield from _told(
            self.n_captured_without_label, "captured record", "label", self.captured_without_label
        )
        yield from _told(
            self.n_labels_without_capture, "label", "captured record", self.labels_without_capture
        )
        if self.n_replaced_labels:
            yield f"{self.n_replaced_labels:,} labels were replaced by a later one for the same id"
        if self.n_late:
            yield f"{self.n_late:,} records have a label that came after the window"
        yield from _complaints("captured records", self.malformed_captures)
        yield from _complaints("labels", self.malformed_labels)
        if not self.n_matched:
            yield _nothing_matched(self)


def _told(n: int, what: str, partner: str, samples: tuple[Unmatched, ...]) -> Iterator[str]:
    if n:
        yield f"{n:,} {what}{'s' * (n != 1)} without a {partner}, the first of them:"
        yield from (f"  {one}" for one in samples)


def _complaints(what: str, tally: Tally) -> Iterator[str]:
    if tally.n_malformed:
        yield f"{tally.n_malformed:,} malformed {what}, the first of them:"
        yield from (f"  {bad}: {bad.sample!r}" for bad in tally.samples)


def _nothing_matched(summary: MergeSummary) -> str:
    if not summary.n_labels:
        return "nothing was merged: there is no label; were they written to the folders that were read?"
    if not summary.n_captured:
        return "nothing was merged: there is no captured record in the window"
    return (
        "nothing was merged: no eventId of a label is the inferenceId of a record, "
        "or the eventId of one that has no inferenceId; compare the ids above"
    )


def _document(one: Unmatched) -> dict[str, Any]:
    return {"id": one.id, "file": one.uri, "line": one.line}


def _malformed(tally: Tally) -> dict[str, Any]:
    samples = [{"file": one.uri, "line": one.line, "reason": one.reason} for one in tally.samples]
    return {"count": tally.n_malformed, "samples": samples}
