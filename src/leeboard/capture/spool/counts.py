"""What became of the requests of each endpoint and variant."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from leeboard.capture.spool.file import Label

MAX_KEPT = 1000
"""Endpoints with numbers of their own, so that strange names cannot fill the memory."""
OTHER = "(other)"

Fate = Literal["captured", "sampled_out", "skipped_disk", "skipped_size", "failed", "off"]


@dataclass(slots=True)
class Counts:
    """Since the start of this process, but for the last two, which are of now.

    Attributes:
        captured: requests written to the spool.
        sampled_out: left out by chance, as the sampling percentage asks.
        skipped_disk: left out because the disk is too full.
        skipped_size: left out because a body is too long.
        failed: could not be written.
        shipped: records that are at their destination, those of earlier processes included.
        bytes: length of all that was captured.
        cut: half-written records of killed processes, never acknowledged, taken away.
        upload_failures: uploads that failed and are tried again.
        lag_s: age of the oldest file that is not at its destination.
        pending_files: files that are not at their destination, the open one included.
    """

    endpoint: str
    variant: str
    captured: int = 0
    sampled_out: int = 0
    skipped_disk: int = 0
    skipped_size: int = 0
    failed: int = 0
    shipped: int = 0
    bytes: int = 0
    cut: int = 0
    upload_failures: int = 0
    lag_s: float = 0.0
    pending_files: int = 0

    def add(self, fate: Fate, n_bytes: int) -> None:
        """One request more."""
        match fate:
            case "captured":
                self.captured += 1
                self.bytes += n_bytes
            case "sampled_out":
                self.sampled_out += 1
            case "skipped_disk":
                self.skipped_disk += 1
            case "skipped_size":
                self.skipped_size += 1
            case "failed":
                self.failed += 1


class Tally:
    """The counts of a spool; its owner guards it against threads."""

    def __init__(self) -> None:
        self._counts: dict[tuple[str, str], Counts] = {}

    def of(self, endpoint: str, variant: str) -> Counts:
        """The counts to add to."""
        key = (endpoint, variant)
        if key not in self._counts:
            if len(self._counts) >= MAX_KEPT:
                key = (OTHER, OTHER)
            self._counts.setdefault(key, Counts(*key))
        return self._counts[key]

    def with_waiting(self, waiting: Iterable[Label], at: datetime) -> list[Counts]:
        """All counts as they are at that time; the labels are those of the files that have not arrived."""
        found = {id(counts): replace(counts) for counts in self._counts.values()}
        for label in waiting:
            counts = self.of(label.endpoint, label.variant)
            copy = found.setdefault(id(counts), replace(counts))
            copy.pending_files += 1
            copy.lag_s = max(copy.lag_s, (at - label.opened_at).total_seconds())
        return list(found.values())
