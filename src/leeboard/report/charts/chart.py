"""The chart that suits a column: bins for numbers, a bar a value for text and for few numbers."""

from dataclasses import dataclass

from markupsafe import Markup

from leeboard.formats.statistics import FeatureStatistics
from leeboard.report.charts.bars import MOST_BARS, Bar, bars
from leeboard.report.charts.bins import Histogram, Side, histogram
from leeboard.report.charts.drawing import large, pair, thumbnail
from leeboard.report.charts.points import Counted, Points, counts_of, numbers_in, points_of
from leeboard.report.words import number, percent

NOTHING = Markup("")


@dataclass(frozen=True, slots=True)
class DrawnBar:
    """A bar with its drawing."""

    bar: Bar
    drawing: Markup


@dataclass(frozen=True, slots=True)
class Chart:
    """The distribution of a column, small and large.

    Attributes:
        small: for the row of the column.
        large: the histogram of a numeric column; empty for bars.
        bars: of a column of few values, to be laid out as a table; empty for a histogram.
        notes: what the chart does not show.
    """

    small: Markup = NOTHING
    large: Markup = NOTHING
    bars: tuple[DrawnBar, ...] = ()
    notes: tuple[str, ...] = ()


NO_CHART = Chart()


def chart_of(key: str, baseline: FeatureStatistics | None, current: FeatureStatistics | None) -> Chart:
    """An empty chart if neither side has a value.

    Args:
        key: begins the ids on the page; "" if the large chart is not wanted.
    """
    numbers = points_of(baseline), points_of(current)
    counts = counts_of(baseline), counts_of(current)
    if all(side is None for side in numbers):
        return _of_bars(bars(*counts))
    if _are_few(numbers, counts):
        return _of_bars(bars(*counts, by_number=True))
    return _of_numbers(key, numbers, counts)


def _are_few(
    numbers: tuple[Points | None, Points | None], counts: tuple[Counted | None, Counted | None]
) -> bool:
    """Whether every numeric side lists all of its values, and together they are few; no side is text."""
    if any((side is None) != (listed is None) for side, listed in zip(numbers, counts, strict=True)):
        return False
    return len({value for listed in counts if listed for value in listed.counts}) <= MOST_BARS


def _of_bars(found: list[Bar]) -> Chart:
    """The rest has no drawing: of many rare values, it would make all others invisible."""
    if not found:
        return NO_CHART
    named = [bar for bar in found if bar.mark != "rest"]
    shares = [_known([bar.baseline for bar in named]), _known([bar.current for bar in named])]
    top = max((share for side in shares for share in side or ()), default=0.0)
    drawn = [DrawnBar(bar, pair(bar.baseline, bar.current, top)) for bar in named]
    rest = [DrawnBar(bar, NOTHING) for bar in found[len(named) :]]
    return Chart(small=thumbnail("", shares, gap=True), bars=(*drawn, *rest))


def _known(shares: list[float | None]) -> list[float] | None:
    """None for a side that does not have the column."""
    return None if None in shares else [share or 0.0 for share in shares]


def _of_numbers(
    key: str,
    numbers: tuple[Points | None, Points | None],
    counts: tuple[Counted | None, Counted | None],
) -> Chart:
    """A histogram; of a side that became text, the numbers among its values."""
    notes: list[str] = []
    sides = list(numbers)
    for i, name in enumerate(("baseline", "current")):
        listed = counts[i]
        if numbers[i] is None and listed is not None:
            sides[i] = numbers_in(listed)
            notes.append(_text_note(name, listed, sides[i]))
    found = histogram(sides[0], sides[1])
    if found is None:
        return Chart(notes=tuple(notes))
    return _drawn(key, found, (*notes, *_notes(found)))


def _drawn(key: str, found: Histogram, notes: tuple[str, ...]) -> Chart:
    shares = [side.shares.tolist() if side else None for side in (found.baseline, found.current)]
    big = large(key, found, _summary(found)) if key else NOTHING
    return Chart(small=thumbnail(key, shares), large=big, notes=notes)


def _text_note(name: str, listed: Counted, numbers: Points | None) -> str:
    if numbers is None:
        return f"The {name} is text here and cannot be drawn on an axis of numbers."
    share = percent(numbers.total / listed.total)
    return f"The {name} is text here: drawn are its listed values that are numbers, {share} of its cells."


def _notes(found: Histogram) -> tuple[str, ...]:
    outside = (_outside("baseline", found.baseline), _outside("current", found.current))
    bent = (
        ("The axis is bent like a logarithm, so that all magnitudes can be seen.",)
        if found.scale.bend
        else ()
    )
    return (*bent, *(note for note in outside if note))


def _outside(name: str, side: Side | None) -> str:
    """What lies beyond the axis; "" if nothing does."""
    if side is None:
        return ""
    ends = ((side.below, "below", "down to", side.lowest), (side.above, "above", "up to", side.highest))
    told = [f"{percent(share)} {where} it ({to} {number(end)})" for share, where, to, end in ends if share]
    return f"Not on the axis: of the {name}, {' and '.join(told)}." if told else ""


def _summary(found: Histogram) -> str:
    """The chart for those who cannot see it."""
    named = (("baseline", found.baseline), ("current", found.current))
    told = [f"{name} {_extent(found, side)}" for name, side in named if side is not None]
    return f"Histogram: {'; '.join(told)}."


def _extent(found: Histogram, side: Side) -> str:
    peak = number(_peak(found, side))
    return f"from {number(side.lowest)} to {number(side.highest)}, most often near {peak}"


def _peak(found: Histogram, side: Side) -> float:
    i = int(side.shares.argmax())
    return float(found.scale.values((found.edges[i : i + 1] + found.edges[i + 1 : i + 2]) / 2)[0])
