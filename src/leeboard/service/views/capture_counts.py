"""What became of the requests of endpoints since the server started."""

from collections.abc import Iterable
from dataclasses import dataclass

from leeboard.capture.spool.counts import Counts


@dataclass(frozen=True, slots=True)
class Captured:
    """What became of requests since the server started."""

    captured: int = 0
    dropped: int = 0
    sampled_out: int = 0
    lag_s: float = 0.0
    pending_files: int = 0

    @property
    def seen(self) -> int:
        return self.captured + self.dropped + self.sampled_out


NOTHING_CAPTURED = Captured()


def captured_by_endpoint(counts: Iterable[Counts]) -> dict[str, Captured]:
    """Those of all variants of an endpoint together, by its name in lower case."""
    found: dict[str, Captured] = {}
    for one in counts:
        so_far = found.get(one.endpoint.lower(), NOTHING_CAPTURED)
        found[one.endpoint.lower()] = Captured(
            so_far.captured + one.captured,
            so_far.dropped + one.skipped_disk + one.skipped_size + one.failed,
            so_far.sampled_out + one.sampled_out,
            max(so_far.lag_s, one.lag_s),
            so_far.pending_files + one.pending_files,
        )
    return found
