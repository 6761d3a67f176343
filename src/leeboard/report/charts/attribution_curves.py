"""Partial dependence as small pictures: a line for numbers, bars for categories."""

from collections.abc import Sequence
from typing import Any

from markupsafe import Markup

from leeboard.formats.analysis import PartialDependence
from leeboard.report.charts.drawing import round_numbers
from leeboard.report.words import clipped, number, visible

WIDTH, HEIGHT = 300, 190
LEFT, RIGHT, TOP, BASE = 48, 290, 12, 140
SHARES = 22
"""Height of the tallest bar of the distribution."""
MOST_CATEGORIES = 8
LONGEST_VALUE = 9


def curve(of: PartialDependence, output: int) -> Markup:
    """The mean answer by the feature's value, with how many rows have such values below."""
    answers, values, shares = _parts(of, output)
    if not answers:
        return Markup("")
    low, high = min(answers), max(answers)
    if low == high:
        low, high = low - 0.5, high + 0.5
    xs = _places(of, values)
    ys = [BASE - (BASE - TOP) * (answer - low) / (high - low) for answer in answers]
    is_line = of.data_type == "numerical" and len(values) > 1
    drawn = _line(xs, ys) if is_line else _dots(xs, ys)
    return Markup(
        '<svg class="curve" viewBox="0 0 {} {}" role="img" aria-label="{}">{}{}{}{}</svg>'
    ).format(
        WIDTH, HEIGHT, _summary(of, values, answers), _answer_ticks(low, high), _bars(xs, shares), drawn,
        _value_ticks(of, xs, values),
    )  # fmt: skip


def _parts(of: PartialDependence, output: int) -> tuple[list[float], list[Any], list[float]]:
    answers, values, shares = of.model_predictions or [], of.feature_values or [], of.data_distribution or []
    chosen = [float(answer) for answer in (answers[output] if output < len(answers) else [])]
    if of.data_type == "numerical":
        return chosen, values, shares
    return chosen[:MOST_CATEGORIES], values[:MOST_CATEGORIES], shares[:MOST_CATEGORIES]


def _places(of: PartialDependence, values: Sequence[Any]) -> list[float]:
    width = RIGHT - LEFT
    if of.data_type != "numerical":
        return [LEFT + width * (i + 0.5) / len(values) for i in range(len(values))]
    low, high = float(values[0]), float(values[-1])
    if low == high:
        return [LEFT + width / 2] * len(values)
    return [LEFT + 8 + (width - 16) * (float(value) - low) / (high - low) for value in values]


def _line(xs: Sequence[float], ys: Sequence[float]) -> Markup:
    points = " ".join(f"{x:.1f},{y:.1f}" for x, y in zip(xs, ys, strict=True))
    return Markup('<polyline points="{}"/>').format(points) + _dots(xs, ys)


def _dots(xs: Sequence[float], ys: Sequence[float]) -> Markup:
    return Markup("").join(
        Markup('<circle cx="{:.1f}" cy="{:.1f}" r="2.6"/>').format(x, y) for x, y in zip(xs, ys, strict=True)
    )


def _bars(xs: Sequence[float], shares: Sequence[float]) -> Markup:
    top = max(shares, default=0.0) or 1.0
    width = min(24.0, (RIGHT - LEFT) / max(1, len(xs)) * 0.7)
    return Markup("").join(
        Markup('<rect class="share" x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}"/>').format(
            x - width / 2, BASE + 8 + SHARES * (1 - share / top), width, SHARES * share / top
        )
        for x, share in zip(xs, shares, strict=False)
    )


def _answer_ticks(low: float, high: float) -> Markup:
    return Markup("").join(
        Markup('<path class="grid" d="M{} {:.1f}h{}"/><text class="end" x="{}" y="{:.1f}">{}</text>').format(
            LEFT, y, RIGHT - LEFT, LEFT - 6, y + 4, number(value, 3)
        )
        for value in round_numbers(low, high, 3)
        for y in [BASE - (BASE - TOP) * (value - low) / (high - low)]
    )


def _value_ticks(of: PartialDependence, xs: Sequence[float], values: Sequence[Any]) -> Markup:
    if of.data_type == "numerical":
        chosen = sorted({0, len(values) // 2, len(values) - 1})
        texts = [(xs[i], number(float(values[i]), 3)) for i in chosen]
    else:
        length = max(3, LONGEST_VALUE * 4 // max(4, len(values)))
        texts = [(x, clipped(str(value), length)) for x, value in zip(xs, values, strict=True)]
    return Markup("").join(
        Markup('<text class="mid" x="{:.1f}" y="{}">{}</text>').format(x, HEIGHT - 4, visible(text))
        for x, text in texts
    )


def _summary(of: PartialDependence, values: Sequence[Any], answers: Sequence[float]) -> str:
    ends = [answers.index(min(answers)), answers.index(max(answers))]
    lowest, highest = (f"{number(answers[i])} at {values[i]}" for i in ends)
    return visible(f"Mean answer by {of.feature_name}: least {lowest}, most {highest}.")
