"""Charts as inline SVG: short paths on whole coordinates, coloured by the style sheet alone.

Markup is filled in by `%`, which escapes as `format` does in a third of the time.
"""

from collections.abc import Iterable, Sequence

import numpy as np
from markupsafe import Markup

from leeboard.report.charts.bins import Histogram, Scale
from leeboard.report.words import number, percent

HEIGHT = 120
"""Units from the base to the top of a chart; a path is drawn once and scaled to every size."""
WIDTH, TALL, LEFT, TOP = 640, 196, 46, 12
PLOT_WIDTH, PLOT_HEIGHT = WIDTH - LEFT - 26, 150
TICKS = 7
SLACK = 1e-9


def heights(sides: Iterable[Sequence[float] | None]) -> list[list[int] | None]:
    """The shares of all sides in whole units of the same height; what is not 0 can be seen."""
    given = list(sides)
    top = max((max(side) for side in given if side), default=0.0)
    return [None if side is None else [_height(share, top) for share in side] for side in given]


def _height(share: float, top: float) -> int:
    return max(1, round(HEIGHT * share / top)) if share > 0 else 0


def steps(tall: Sequence[int], *, gap: bool = False) -> str:
    """The path of bars that are one unit wide.

    >>> steps([60, 60, 120])
    'M0 120V60h2V0h1V120z'
    """
    if gap:
        return "".join(f"M{i} {HEIGHT}v-{h}h.8v{h}z" for i, h in enumerate(tall) if h)
    path, run = f"M0 {HEIGHT}", 0
    for here, following in zip(tall, [*tall[1:], -1], strict=True):
        run += 1
        if here != following:
            path, run = f"{path}V{HEIGHT - here}h{run}", 0
    return f"{path}V{HEIGHT}z"


def thumbnail(key: str, sides: Sequence[Sequence[float] | None], *, gap: bool = False) -> Markup:
    """A chart the size of a word: baseline behind, current in front.

    Args:
        key: begins the ids of the paths, so that a large chart can use them; "" for no ids.
        sides: shares of baseline and current.
    """
    paths = Markup("").join(
        _path(f"{key}{side}" if key else "", side, steps(tall, gap=gap))
        for side, tall in zip("bc", heights(sides), strict=True)
        if tall is not None
    )
    n_bars = max((len(side) for side in sides if side is not None), default=1)
    return Markup(
        '<svg class="thumb" viewBox="0 0 %d %d" preserveAspectRatio="none" aria-hidden="true">%s</svg>'
    ) % (n_bars, HEIGHT, paths)


def _path(key: str, side: str, path: str) -> Markup:
    named = Markup(' id="%s"') % key if key else Markup("")
    return Markup('<path%s class="%s" d="%s"/>') % (named, side, path)


def large(key: str, chart: Histogram, summary: str) -> Markup:
    """The histogram with its axes; its bars are the paths that `thumbnail` drew under the same key.

    Args:
        summary: the chart in words, for those who cannot see it.
    """
    sides = [side for side in (chart.baseline, chart.current) if side is not None]
    top = max(float(side.shares.max()) for side in sides)
    bars = Markup("").join(
        Markup('<use href="#%s%s"/>') % (key, side)
        for side, given in (("b", chart.baseline), ("c", chart.current))
        if given is not None
    )
    n_bins = len(chart.edges) - 1
    return Markup(
        '<svg class="large" viewBox="0 0 %d %d" role="img" aria-label="%s">%s'
        '<g transform="translate(%d %d)scale(%.4g %.4g)">%s</g>%s</svg>'
    ) % (
        WIDTH, TALL, summary, _share_lines(top),
        LEFT, TOP, PLOT_WIDTH / n_bins, PLOT_HEIGHT / HEIGHT, bars, _value_ticks(chart),
    )  # fmt: skip


def _share_lines(top: float) -> Markup:
    return Markup("").join(
        Markup('<path class="grid" d="M%d %.0fh%d"/><text class="end" x="%d" y="%.0f">%s</text>')
        % (LEFT, y, PLOT_WIDTH, LEFT - 6, y + 4, percent(share))
        for share in round_numbers(0.0, top, 3)
        for y in [TOP + PLOT_HEIGHT * (1 - share / top)]
    )


def _value_ticks(chart: Histogram) -> Markup:
    low, high = float(chart.edges[0]), float(chart.edges[-1])
    return Markup("").join(
        Markup('<text x="%.0f" y="%d">%s</text>')
        % (LEFT + PLOT_WIDTH * (place - low) / (high - low), TOP + PLOT_HEIGHT + 18, number(value))
        for place, value in _ticks(chart.scale, low, high)
    )


def _ticks(scale: Scale, low: float, high: float) -> list[tuple[float, float]]:
    """Places on the axis with the values that stand there."""
    if not scale.bend:
        return [(value, value) for value in round_numbers(low, high, TICKS)]
    powers = 10.0 ** np.arange(-16, 308)
    values = np.concatenate([-powers[::-1], [0.0], powers])
    places = scale.places(values)
    inside = (places >= low) & (places <= high)
    ticks = _apart(list(zip(places[inside].tolist(), values[inside].tolist(), strict=True)), (high - low) / 9)
    if len(ticks) > 1:
        return ticks
    ends = np.linspace(low, high, 4)
    return list(zip(ends.tolist(), scale.values(ends).tolist(), strict=True))


def _apart(ticks: list[tuple[float, float]], distance: float) -> list[tuple[float, float]]:
    """The ticks that are far enough from each other; zero first, as everything turns on it."""
    kept: list[tuple[float, float]] = []
    for place, value in sorted(ticks, key=lambda tick: abs(tick[0])):
        if all(abs(place - other) >= distance for other, _ in kept):
            kept.append((place, value))
    return sorted(kept)


def round_numbers(low: float, high: float, wanted: int) -> list[float]:
    """Multiples of 1, 2 or 5 times a power of ten from `low` to `high`, about so many as wanted.

    >>> round_numbers(0.0, 0.37, 4)
    [0.0, 0.1, 0.2, 0.3]
    """
    rough = high / wanted - low / wanted
    if not np.isfinite(rough) or rough <= 0:
        return [low]
    power = 10.0 ** np.floor(np.log10(rough))
    step = next(power * m for m in (1, 2, 5, 10) if power * m >= rough * (1 - SLACK))
    first, last = int(np.ceil(low / step - SLACK)), int(np.floor(high / step + SLACK))
    return [float(f"{step * i:.12g}") for i in range(first, last + 1)]


def pair(baseline: float | None, current: float | None, top: float) -> Markup:
    """Two thin bars, one above the other, against the longest of their chart."""
    return Markup(
        '<svg class="pair" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">%s%s</svg>'
    ) % (_bar("b", 0, baseline, top), _bar("c", 4, current, top))


def _bar(side: str, y: int, share: float | None, top: float) -> Markup:
    if not share or not top:
        return Markup("")
    return Markup('<path class="%s" d="M0 %dh%.1fv4H0z"/>') % (side, y, max(0.5, 100 * share / top))


def gauge(ratio: float, state: str) -> Markup:
    """A distance against its limit, which is drawn in the middle of the track.

    Args:
        ratio: distance over limit, 0.0 or more; from 2.0 on the track is full.
        state: "over" or "under", for the colour.
    """
    return Markup(
        '<svg class="gauge %s" viewBox="0 0 100 12" preserveAspectRatio="none" aria-hidden="true">'
        '<path class="track" d="M0 3h100v6H0z"/><path class="level" d="M0 3h%.1fv6H0z"/>'
        '<path class="limit" d="M49.2 0h1.6v12h-1.6z"/></svg>'
    ) % (state, 50 * min(ratio, 2.0))
