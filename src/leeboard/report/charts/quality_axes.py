"""A plane with two axes on which curves, dots, bars and cells are drawn as inline SVG."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from markupsafe import Markup

from leeboard.report.charts.drawing import round_numbers
from leeboard.report.words import number

WIDTH, HEIGHT = 400, 300
LEFT, RIGHT, TOP, BOTTOM = 56, 14, 10, 44
PLOT_WIDTH, PLOT_HEIGHT = WIDTH - LEFT - RIGHT, HEIGHT - TOP - BOTTOM
LEAST_OPACITY = 0.08
"""Of a cell that is not empty, so that it can be seen."""
Side = Literal["b", "c"]
"""As in all charts: baseline, and current."""


@dataclass(frozen=True, slots=True)
class Axis:
    """What an axis shows, from where to where."""

    label: str
    low: float = 0.0
    high: float = 1.0

    def place(self, value: float) -> float:
        """In [0, 1] for a value on the axis."""
        return (value - self.low) / (self.high - self.low)

    def ticks(self, wanted: int) -> list[float]:
        return round_numbers(self.low, self.high, wanted)


@dataclass(frozen=True, slots=True)
class Plane:
    """Two axes; x runs to the right and y upwards."""

    x: Axis
    y: Axis

    def at(self, x: float, y: float) -> tuple[float, float]:
        """Where a point is drawn."""
        return LEFT + PLOT_WIDTH * self.x.place(x), TOP + PLOT_HEIGHT * (1 - self.y.place(y))


def figure(title: str, summary: str, plane: Plane, *layers: Markup) -> Markup:
    """The plane with its layers, the last in front.

    Args:
        summary: the plot in words, for those who cannot see it.
    """
    return Markup(
        '<figure class="plot"><figcaption>{}</figcaption><svg class="plane" viewBox="0 0 {} {}" role="img" '
        'aria-label="{}">{}{}</svg></figure>'
    ).format(title, WIDTH, HEIGHT, f"{title}: {summary}", _axes(plane), Markup("").join(layers))


def _axes(plane: Plane) -> Markup:
    across = Markup("").join(_line_across(plane, value) for value in plane.y.ticks(5))
    below = Markup("").join(_tick_below(plane, value) for value in plane.x.ticks(5))
    middle_x, middle_y = LEFT + PLOT_WIDTH / 2, TOP + PLOT_HEIGHT / 2
    names = Markup(
        '<text x="{:.0f}" y="{}">{}</text><text transform="translate(13 {:.0f})rotate(-90)">{}</text>'
    ).format(middle_x, HEIGHT - 8, plane.x.label, middle_y, plane.y.label)
    return across + below + names


def _line_across(plane: Plane, value: float) -> Markup:
    _, y = plane.at(plane.x.low, value)
    return Markup(
        '<path class="grid" d="M{} {:.1f}h{}"/><text class="end" x="{}" y="{:.1f}">{}</text>'
    ).format(LEFT, y, PLOT_WIDTH, LEFT - 6, y + 4, number(value, 3))


def _tick_below(plane: Plane, value: float) -> Markup:
    x, _ = plane.at(value, plane.y.low)
    return Markup('<text x="{:.1f}" y="{}">{}</text>').format(x, TOP + PLOT_HEIGHT + 16, number(value, 3))


def line(plane: Plane, xs: Sequence[float], ys: Sequence[float], side: Side) -> Markup:
    """A curve through points."""
    places = [plane.at(x, y) for x, y in zip(xs, ys, strict=True)]
    path = "".join(f"{'L' if i else 'M'}{x:.1f} {y:.1f}" for i, (x, y) in enumerate(places))
    return Markup('<path class="line {}" d="{}"/>').format(side, path)


def diagonal(plane: Plane) -> Markup:
    """The line on which both axes have the same value."""
    low, high = max(plane.x.low, plane.y.low), min(plane.x.high, plane.y.high)
    (x1, y1), (x2, y2) = plane.at(low, low), plane.at(high, high)
    return Markup('<path class="even" d="M{:.1f} {:.1f}L{:.1f} {:.1f}"/>').format(x1, y1, x2, y2)


def upright(plane: Plane, value: float) -> Markup:
    """A line across the plane at one value of x."""
    x, _ = plane.at(value, plane.y.low)
    return Markup('<path class="even" d="M{:.1f} {}v{}"/>').format(x, TOP, PLOT_HEIGHT)


def dots(
    plane: Plane, xs: Sequence[float], ys: Sequence[float], weights: Sequence[int], side: Side
) -> Markup:
    """Points whose area grows with their weight."""
    heaviest = max(weights, default=1) or 1
    drawn = Markup("")
    for x, y, weight in zip(xs, ys, weights, strict=True):
        place_x, place_y = plane.at(x, y)
        radius = 2.5 + 4.5 * (weight / heaviest) ** 0.5
        drawn += Markup('<circle class="dot {}" cx="{:.1f}" cy="{:.1f}" r="{:.1f}"/>').format(
            side, place_x, place_y, radius
        )
    return drawn


def bars(plane: Plane, edges: Sequence[float], heights: Sequence[float], side: Side) -> Markup:
    """One bar between two edges, all in one path."""
    _, floor = plane.at(plane.x.low, plane.y.low)
    path = ""
    for low, high, height in zip(edges, edges[1:], heights, strict=False):
        if height:
            (left, top), (right, _) = plane.at(low, height), plane.at(high, height)
            path += f"M{left:.1f} {floor:.1f}V{top:.1f}H{right:.1f}V{floor:.1f}z"
    return Markup('<path class="{}" d="{}"/>').format(side, path)


def cells(plane: Plane, edges: Sequence[float], counts: Sequence[Sequence[int]]) -> Markup:
    """Cells that are the darker the more rows they hold; `counts[i][j]` is at x i and y j."""
    most = max((n for row in counts for n in row), default=0)
    return Markup("").join(
        _cell(plane, (edges[i], edges[i + 1]), (edges[j], edges[j + 1]), n / most)
        for i, row in enumerate(counts)
        for j, n in enumerate(row)
        if n
    )


def _cell(plane: Plane, across: tuple[float, float], up: tuple[float, float], share: float) -> Markup:
    (left, top), (right, bottom) = plane.at(across[0], up[1]), plane.at(across[1], up[0])
    opacity = LEAST_OPACITY + (1 - LEAST_OPACITY) * share**0.5
    path = f"M{left:.1f} {top:.1f}H{right:.1f}V{bottom:.1f}H{left:.1f}z"
    return Markup('<path class="cell" fill-opacity="{:.2f}" d="{}"/>').format(opacity, path)
