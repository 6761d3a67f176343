"""Everything that the report says about one column."""

from collections import defaultdict
from dataclasses import dataclass
from typing import Literal, Self

from leeboard.formats.constraints import FeatureConstraints
from leeboard.formats.statistics import FeatureStatistics, Statistics
from leeboard.report.charts.chart import Chart, chart_of
from leeboard.report.content import ReportContent
from leeboard.report.figures import Figure, completeness, figures
from leeboard.report.findings import Told, tell
from leeboard.report.movement import Moved, moves_of
from leeboard.report.promises import promises_of

Presence = Literal["", "new", "gone"]


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the page.

    Attributes:
        position: in the data, from 1.
        completeness, was_completeness: shares now and in the baseline; None where not known.
        presence: "new" if only the current data have it, "gone" if only the baseline has.
        promises: its constraints in words.
    """

    position: int
    name: str
    key: str
    type: str
    was_type: str
    completeness: float | None
    was_completeness: float | None
    presence: Presence
    moved: Moved | None
    findings: tuple[Told, ...]
    promises: tuple[str, ...]
    chart: Chart
    figures: tuple[Figure, ...]

    @property
    def urgency(self) -> tuple[bool, bool, float, int]:
        """Sorts what is to be looked at first to the front."""
        return not self.findings, not self.is_drifted, -self.ratio, self.position

    @property
    def ratio(self) -> float:
        return self.moved.ratio if self.moved else 0.0

    @property
    def is_drifted(self) -> bool:
        return self.moved is not None and self.moved.score.drifted


def columns_of(content: ReportContent, *, with_large: bool = True) -> list[Column]:
    """The columns of the data in their order, then those that only the baseline or the constraints name.

    Args:
        with_large: draw the large charts as well, with ids that are unique on one page.
    """
    known = _Known.of(content, with_large)
    return [_column(known, i, name, now) for i, (name, now) in enumerate(_features(content), start=1)]


def findings_of(content: ReportContent) -> list[Told]:
    """All violations in the order of the comparison, with the places of their columns on the page."""
    if content.comparison is None:
        return []
    keys: dict[str, str] = {}
    for i, (name, _) in enumerate(_features(content), start=1):
        keys.setdefault(name, _key(i))
    return [tell(finding, keys) for finding in content.comparison.findings]


def _features(content: ReportContent) -> list[tuple[str, FeatureStatistics | None]]:
    here = [(feature.name, feature) for feature in content.statistics.features]
    named_before = [feature.name for feature in (content.baseline.features if content.baseline else [])]
    promised = [feature.name for feature in (content.constraints.features if content.constraints else [])]
    gone = dict.fromkeys([*named_before, *promised])
    for name, _ in here:
        gone.pop(name, None)
    return [*here, *((name, None) for name in gone)]


def _key(position: int) -> str:
    return f"c{position}"


@dataclass(frozen=True, slots=True)
class _Known:
    """What is known about columns, by their name."""

    content: ReportContent
    with_large: bool
    baseline: dict[str, FeatureStatistics]
    constraints: dict[str, FeatureConstraints]
    findings: dict[str, list[Told]]
    drift: dict[str, Moved]

    @classmethod
    def of(cls, content: ReportContent, with_large: bool) -> Self:
        findings: dict[str, list[Told]] = defaultdict(list)
        for told in findings_of(content):
            for column in told.columns:
                findings[column.name].append(told)
        was, promised = content.baseline, content.constraints
        return cls(
            content=content,
            with_large=with_large,
            baseline={feature.name: feature for feature in (was.features if was else [])},
            constraints={feature.name: feature for feature in (promised.features if promised else [])},
            findings=findings,
            drift=moves_of(content.comparison.drift if content.comparison else []),
        )

    def presence(self, name: str, now: FeatureStatistics | None) -> Presence:
        if now is None:
            return "gone"
        expected = self.baseline or self.constraints
        return "new" if self.content.kind == "check" and expected and name not in expected else ""


def _column(known: _Known, position: int, name: str, now: FeatureStatistics | None) -> Column:
    was, promise = known.baseline.get(name), known.constraints.get(name)
    content, key = known.content, _key(position)
    return Column(
        position=position,
        name=name,
        key=key,
        type=_type(now),
        was_type=_type(was) if was else _type(promise),
        completeness=completeness(now, _n_rows(content.statistics)),
        was_completeness=completeness(was, _n_rows(content.baseline)),
        presence=known.presence(name, now),
        moved=known.drift.get(name),
        findings=tuple(known.findings.get(name, ())),
        promises=tuple(promises_of(promise)) if promise else (),
        chart=chart_of(key if known.with_large else "", was, now),
        figures=tuple(figures(was, now)),
    )


def _type(feature: FeatureStatistics | FeatureConstraints | None) -> str:
    return (feature.inferred_type or "") if feature else ""


def _n_rows(statistics: Statistics | None) -> int | None:
    return statistics.dataset.item_count if statistics else None
