"""Counts, and keeps the chapter for the page: `python -m bench.drift_quality [--quick]`."""

import sys
from collections.abc import Sequence

from bench.drift_quality import evidently
from bench.drift_quality.catalogue import REAL, TRIVIAL, Shift
from bench.drift_quality.counting import BASELINE_ROWS, Found, in_catalogue, in_honest_windows, repeats
from bench.drift_quality.judges import JUDGES
from bench.results import Goal, Part, Table
from bench.sizes import FULL, QUICK, Sizes

EVIDENTLY = "Evidently, defaults"
EVIDENTLY_SIZES = (200, 2_000, 50_000)
TEXT = f"""\
How often a change is called drift, and how often no change is. The baseline has {BASELINE_ROWS:,} rows. Each
change is made to one column beside the twenty unchanged ones; only drift decisions are counted, though other
checks would see some of these changes too. Both lines of leeboard come from its own functions and from
sketches. The three lines below them are plain numpy and scipy on all rows, as stand-ins for common practice.
Evidently sees one window of each change."""


def measure(sizes: Sizes) -> Part:
    part = Part("drift-quality", "Drift: found, missed, false alarms", TEXT)
    found = in_catalogue(sizes.windows)
    by_evidently = {
        size: called
        for size in sizes.windows
        if size in EVIDENTLY_SIZES and (called := evidently.in_catalogue(size)) is not None
    }
    honest = _honest(sizes)
    part.tables = [
        _shares("Real changes found", REAL, found, by_evidently, sizes.windows),
        _shares("Trivial changes called drift", TRIVIAL, found, by_evidently, sizes.windows),
        honest,
        _each(found, sizes.windows),
    ]
    share = honest.rows[0][-2] / sum(sizes.honest_windows)
    part.goals = [Goal("share of honest windows with a false alarm, default settings", 0.01, share, "")]
    return part


def _shares(
    title: str, shifts: Sequence[Shift], found: Found, by_evidently: dict[int, set[str]], sizes: Sequence[int]
) -> Table:
    rows = []
    for judge in JUDGES:
        calls = [sum(found[judge.name, shift.name, size] for shift in shifts) for size in sizes]
        tried = [len(shifts) * repeats(size) for size in sizes]
        rows.append([judge.name, *(_of(n, total) for n, total in zip(calls, tried, strict=True))])
    names = {shift.name for shift in shifts}
    calls_of = {size: _of(len(called & names), len(names)) for size, called in by_evidently.items()}
    rows.append([EVIDENTLY, *(calls_of.get(size, "not run") for size in sizes)])
    return Table(title, ["", *(f"{size:,} rows" for size in sizes)], rows)


def _of(n: int, total: int) -> str:
    return f"{n / total:.0%} ({n} of {total})"


def _honest(sizes: Sizes) -> Table:
    counted = dict(zip(sizes.windows, sizes.honest_windows, strict=False))
    found = {}
    for size, n in counted.items():
        print(f"  {n} honest windows of {size:,} rows", flush=True)
        found[size] = in_honest_windows(size, n)
    rows = []
    for judge in JUDGES:
        windows = [found[size][0][judge.name] for size in counted]
        columns = sum(found[size][1][judge.name] for size in counted)
        rows.append([judge.name, *windows, sum(windows), columns])
    rows.append([EVIDENTLY, *_honest_by_evidently(counted)])
    header = ["", *(f"{n} of {size:,} rows" for size, n in counted.items()), "windows", "columns"]
    total = sum(counted.values())
    return Table(f"Windows with a false alarm, of {total:,} honest ones of 20 columns", header, rows)


def _honest_by_evidently(counted: dict[int, int]) -> list[str]:
    n_windows = 10 if len(counted) == len(FULL.windows) else 2
    called = evidently.in_honest_windows(2_000, n_windows)
    if called is None:
        return ["not run"] * (len(counted) + 2)
    shown = f"{sum(map(bool, called))} of {n_windows}"
    cells = [shown if size == 2_000 else "not run" for size in counted]
    return [*cells, shown, str(sum(map(len, called)))]


def _each(found: Found, sizes: Sequence[int]) -> Table:
    size = 2_000 if 2_000 in sizes else sizes[0]
    last = sizes[-1]
    rows = []
    for shift in (*REAL, *TRIVIAL):
        calls = [f"{found[j.name, shift.name, size]}/{found[j.name, shift.name, last]}" for j in JUDGES]
        rows.append([shift.name, "real" if shift.is_real else "trivial", *calls])
    windows = f"{repeats(size)} windows of {size:,} rows / of {repeats(last)} windows of {last:,} rows"
    text = f"How many of {windows} were called drift."
    return Table("Each change", ["", "", *(judge.name for judge in JUDGES)], rows, text)


def main() -> None:
    is_quick = "--quick" in sys.argv
    part = measure(QUICK if is_quick else FULL)
    part.is_quick = is_quick
    part.save()


if __name__ == "__main__":
    main()
