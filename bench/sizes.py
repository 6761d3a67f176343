"""How much data a run of the bench uses."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Sizes:
    """Rows of each data set, and how often a quick contestant runs."""

    rows: int = 1_000_000
    many_rows: int = 10_000_000
    many_captured: int = 3_000_000
    wide_rows: int = 20_000
    windows: tuple[int, ...] = (200, 2_000, 50_000, 1_000_000)
    honest_windows: tuple[int, ...] = (400, 500, 90, 10)
    repeats: int = 5
    requests: int = 4_000
    turns: int = 9
    window_records: int = 100_000

    @property
    def name(self) -> str:
        """Folder of the data of this size."""
        return f"{self.rows}"


FULL = Sizes()
QUICK = Sizes(
    rows=50_000,
    many_rows=200_000,
    many_captured=150_000,
    wide_rows=1_000,
    windows=(200, 2_000, 20_000),
    honest_windows=(20, 20, 5),
    repeats=2,
    requests=400,
    turns=2,
    window_records=20_000,
)
