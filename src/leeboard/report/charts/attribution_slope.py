"""Ranks of features then and now, as lines from one side to the other."""

from collections.abc import Mapping, Sequence

from markupsafe import Markup

from leeboard.measures.attribution.comparison import LabelComparison
from leeboard.measures.attribution.ranks import ranks
from leeboard.report.words import clipped, visible

MOST_FEATURES = 14
WIDTH, STEP, TOP, LEFT, RIGHT = 520, 22, 34, 190, 330
LONGEST_NAME = 22


def slope(one: LabelComparison) -> Markup:
    """The features that lead on either side, the heaviest first.

    A feature that is on one side only has no line. Those at another rank stand out.
    """
    before, now = ranks(one.baseline), ranks(one.current)
    names = shown_features(before, now)
    rows = max((min(before.get(n, 0), _lowest(names)) for n in names), default=0)
    rows = max(rows, *(min(now.get(n, 0), _lowest(names)) for n in names), 1)
    drawn = Markup("").join(_feature(name, before.get(name), now.get(name), rows) for name in names)
    height = TOP + STEP * rows
    return Markup(
        '<svg class="slope" viewBox="0 0 {} {}" role="img" aria-label="{}">'
        '<text class="head end" x="{}" y="14">rank in the baseline</text>'
        '<text class="head" x="{}" y="14">rank now</text>{}</svg>'
    ).format(WIDTH, height, _summary(one, names), LEFT - 14, RIGHT + 14, drawn)


def shown_features(before: Mapping[str, int], now: Mapping[str, int]) -> list[str]:
    """At most so many, by their better rank."""
    best = {
        name: min(side.get(name, len(before) + len(now)) for side in (before, now))
        for name in dict.fromkeys([*before, *now])
    }
    return sorted(best, key=lambda name: best[name])[:MOST_FEATURES]


def _lowest(names: Sequence[str]) -> int:
    """The lowest place that is drawn; a feature that fell below it ends there."""
    return len(names) + 1


def _feature(name: str, before: int | None, now: int | None, rows: int) -> Markup:
    moved = before != now
    ends = [None if rank is None else _y(rank, rows) for rank in (before, now)]
    line = Markup("")
    if ends[0] is not None and ends[1] is not None:
        line = Markup('<path d="M{} {}L{} {}"/>').format(LEFT, ends[0], RIGHT, ends[1])
    marks = Markup("").join(
        Markup('<circle cx="{}" cy="{}" r="3.5"/>').format(x, y)
        for x, y in zip((LEFT, RIGHT), ends, strict=True)
        if y is not None
    )
    texts = Markup("").join(
        Markup('<text class="{}" x="{}" y="{}">{}</text>').format(side, x, y + 4, text)
        for side, x, y, text in _texts(name, before, now, ends)
    )
    kind = "moved" if moved else "same"
    return Markup('<g class="{}"><title>{}</title>{}{}{}</g>').format(kind, visible(name), line, marks, texts)


def _y(rank: int, rows: int) -> int:
    return TOP + STEP * (min(rank, rows) - 1)


def _texts(
    name: str, before: int | None, now: int | None, ends: Sequence[int | None]
) -> list[tuple[str, int, int, str]]:
    short = visible(clipped(name, LONGEST_NAME))
    found = []
    if before is not None and ends[0] is not None:
        found.append(("end", LEFT - 14, ends[0], f"{short}  {before}"))
    if now is not None and ends[1] is not None:
        found.append(("start", RIGHT + 14, ends[1], f"{now}  {short}"))
    return found


def _summary(one: LabelComparison, names: Sequence[str]) -> str:
    shown = set(names)
    told = [
        f"{c.feature} from {c.before or 'none'} to {c.now or 'none'}" for c in one.moved if c.feature in shown
    ]
    return visible(f"Ranks of features, baseline and now: {'; '.join(told) or 'none has moved'}.")
