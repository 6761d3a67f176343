"""Writes the page from what the parts found."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from bench.results import Cell, Goal, Part

OPENING = """\
# Benchmarks

Written by `make bench`; do not edit. All data are made from a seed: 12 floats of several shapes, 4 integers,
4 strings of 4 to 20,000 values, 1% of the cells null, Parquet in row groups of 100,000.

Every contestant is a process of its own in its own environment, timed from its start to its end. Contestants
take turns, after one round that is not counted; peers that need long run once, without that round. Times are
medians, ratios the median over the turns, memory is the largest peak of one process of the tree in
10^6 bytes. No two of these programs compute the same: the tables say what each does. Deequ was not run: it
needs a Java machine and Spark.
"""
SERVER_OPENING = """\
# Benchmarks of the server

Written by `make bench`; do not edit. Servers of leeboard and what they are held against run at the same time
and are loaded in turns by one generator with kept-alive connections; numbers are medians over the turns,
ratios the median of paired turns. Requests are made from a seed.
"""

MODELS_OPENING = """\
# Benchmarks of labels and models

Written by `make bench`; do not edit. Data are made from a seed. Every contestant is a process of its own,
timed from its start to its end; they take turns. Times are medians, ratios the median over the turns, memory
is the largest peak of one process of the tree in 10^6 bytes.
"""


def write_page(parts: Sequence[Part], page: Path, opening: str) -> None:
    """Render the parts that have been run, in their order."""
    page.parent.mkdir(exist_ok=True)
    page.write_text("\n".join(_lines(parts, opening)).rstrip() + "\n")


def _lines(parts: Sequence[Part], opening: str) -> Iterator[str]:
    yield opening
    if any(part.is_quick for part in parts):
        yield "**Small sizes (`--quick`): these numbers say only that the bench runs.**\n"
    yield from _goals(parts)
    for part in parts:
        yield from _part(part)
    yield from _machines(parts)


def _goals(parts: Sequence[Part]) -> Iterator[str]:
    yield "## Numbers to reach\n"
    rows = [[part.title, *_goal(goal)] for part in parts for goal in part.goals]
    yield from _table(["", "", "at most", "measured", ""], rows)


def _goal(goal: Goal) -> list[Cell]:
    limit = _amount(goal.at_most, goal.unit)
    if goal.measured is None:
        return [goal.what, limit, "not measured", ""]
    verdict = "reached" if goal.measured <= goal.at_most else "**missed**"
    return [goal.what, limit, _amount(goal.measured, goal.unit), verdict]


def _amount(value: float, unit: str) -> str:
    shown = f"{value:.2f}" if unit in ("x", "s", "ms") else f"{value:,.0f}" if value >= 10 else f"{value:g}"
    return f"{shown}x" if unit == "x" else f"{shown} {unit}".rstrip()


def _part(part: Part) -> Iterator[str]:
    yield f"## {part.title}\n"
    if part.text:
        yield part.text + "\n"
    for table in part.tables:
        yield f"### {table.title}\n"
        if table.text:
            yield table.text + "\n"
        yield from _table(table.header, table.rows)


def _machines(parts: Sequence[Part]) -> Iterator[str]:
    yield "## Machine and versions\n"
    if parts:
        steady = {key: value for key, value in parts[-1].machine.items() if not key.startswith("load")}
        yield from _table(["", ""], [[key, value] for key, value in steady.items()])
    rows = [[part.title, part.measured_at, part.machine["load before the run"]] for part in parts]
    yield from _table(["part", "measured", "load of the machine before it"], rows)


def _table(header: Sequence[str], rows: Sequence[Sequence[Cell]]) -> Iterator[str]:
    yield "| " + " | ".join(header) + " |"
    yield "|" + " --- |" * len(header)
    for row in rows:
        yield "| " + " | ".join(str(cell).replace("|", "\\|") for cell in row) + " |"
    yield ""
