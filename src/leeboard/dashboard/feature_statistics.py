"""The statistics of a feature on two sides, in words."""

from collections.abc import Iterator
from dataclasses import dataclass

from leeboard.report.words import number, percent
from leeboard.service.views.distributions import FeatureNumbers


@dataclass(frozen=True, slots=True)
class Row:
    """One statistic on both sides, in words, and how far they are apart."""

    label: str
    before: str
    now: str
    change: str = ""


def statistics_of(before: FeatureNumbers | None, now: FeatureNumbers | None) -> list[Row]:
    """Rows that at least one side has a number for."""
    if before is None and now is None:
        return []
    return [row for row in _rows(before, now) if (row.before, row.now) != ("–", "–")]


def _rows(before: FeatureNumbers | None, now: FeatureNumbers | None) -> Iterator[Row]:
    yield Row("type", before.type if before else "–", now.type if now else "–", _type_change(before, now))
    for label, name in (("present", "n_present"), ("missing", "n_missing")):
        yield Row(label, _count(getattr(before, name, None)), _count(getattr(now, name, None)))
    was, share = before.completeness if before else None, now.completeness if now else None
    yield Row("completeness", percent(was), percent(share), _difference(was, share, is_share=True))
    for label, name in (
        ("mean", "mean"), ("standard deviation", "std_dev"), ("minimum", "minimum"),
        ("maximum", "maximum"), ("distinct values", "n_distinct"),
    ):  # fmt: skip
        yield _numbers(label, getattr(before, name, None), getattr(now, name, None))
    sides = [side.quantiles if side else {} for side in (before, now)]
    for name in dict.fromkeys([*sides[0], *sides[1]]):
        yield _numbers("median" if name == "50%" else name, sides[0].get(name), sides[1].get(name))


def _numbers(label: str, before: float | None, now: float | None) -> Row:
    return Row(label, number(before), number(now), _difference(before, now))


def _type_change(before: FeatureNumbers | None, now: FeatureNumbers | None) -> str:
    return "another type" if before and now and before.type != now.type else ""


def _count(n: int | None) -> str:
    return "–" if n is None else f"{n:,}"


def _difference(before: float | None, now: float | None, *, is_share: bool = False) -> str:
    if before is None or now is None or before == now:
        return ""
    sign = "+" if now > before else "−"
    return f"{sign}{percent(abs(now - before)) if is_share else number(abs(now - before), 3)}"
