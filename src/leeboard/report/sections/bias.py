"""What a report shows of bias: what groups get, and every measure with its meaning and its verdict."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import isinf
from typing import TYPE_CHECKING, Any, Literal

from markupsafe import Markup

from leeboard.measures.bias.comparison import BiasComparison, Judged
from leeboard.measures.bias.measures import Stage
from leeboard.measures.bias.results import Findings, Group, Measured
from leeboard.measures.bias.words import Rates, meaning
from leeboard.report.charts.bias_bars import BarGroup, facet_bars
from leeboard.report.charts.bias_dots import Dot, dots
from leeboard.report.page import environment
from leeboard.report.report import SectionContent
from leeboard.report.sections import Section
from leeboard.report.words import clipped, counted, named, number, visible

if TYPE_CHECKING:
    from rich.table import Table
    from rich.text import Text

MOST_GROUPS = 40
"""Groups of a facet that have a table of their own: those that are worse come first."""
MOST_OPEN = 3
MOST_BARS = 8
MOST_ROWS = 60
UNBOUNDED = frozenset({"DI", "DCA", "DCR", "TE", "KL", "JS", "GE", "LP"})
"""Measures on scales of their own, which no common axis can show."""
RATES = {
    "observed": "observed with the good outcome",
    "predicted": "predicted the good outcome",
    "recall": "recall",
    "precision": "precision",
    "accuracy": "accuracy",
}
VERDICTS = {
    "worse": "worse",
    "uncertain": "worse, but within chance",
    "kept": "no worse",
    "not compared": "",
    "": "",
}


@dataclass(frozen=True, slots=True)
class MeasureRow:
    """One measure of one group as a row of a table."""

    name: str
    title: str
    says: str
    value: str
    interval: str
    was: str
    kind: str
    verdict: str


@dataclass(frozen=True, slots=True)
class GroupCard:
    """One group: its table and chart."""

    name: str
    n_rows: int
    n_worse: int
    stages: tuple[tuple[str, tuple[MeasureRow, ...]], ...]
    chart: Markup
    is_open: bool


@dataclass(frozen=True, slots=True)
class FacetCard:
    """One facet: its groups side by side, then one by one."""

    name: str
    chart: Markup
    groups: tuple[GroupCard, ...]
    n_groups: int


def _html(content: SectionContent) -> Markup:
    details = content.details
    found: Findings = details.findings
    judged = _judged(details.comparison)
    cards = tuple(_facet(found, name, groups, judged) for name, groups in found.by_facet().items())
    made = (
        environment()
        .get_template("sections/bias.html")
        .render(
            cards=cards,
            label=found.label,
            positive=found.positive,
            level=details.level,
            confidence=details.confidence,
            is_check=details.comparison is not None,
        )
    )
    return Markup(made)  # noqa: S704 - an escaped template


def _judged(comparison: BiasComparison | None) -> Mapping[int, Judged]:
    """By the identity of what was measured."""
    return {id(one.measured): one for one in comparison.judged} if comparison else {}


def _facet(found: Findings, name: str, groups: Sequence[Group], judged: Mapping[int, Judged]) -> FacetCard:
    ranked = sorted(groups, key=lambda group: -_n_worse(group, judged))[:MOST_GROUPS]
    cards = tuple(_group(found, group, judged, is_open=i < MOST_OPEN) for i, group in enumerate(ranked))
    return FacetCard(name, _bars(name, groups), cards, len(groups))


def _n_worse(group: Group, judged: Mapping[int, Judged]) -> int:
    return sum(_verdict(one, judged) == "worse" for one in group.measured)


def _verdict(one: Measured, judged: Mapping[int, Judged]) -> str:
    return judged[id(one)].verdict if id(one) in judged else ""


def _bars(facet: str, groups: Sequence[Group]) -> Markup:
    """The largest groups; a single one beside everybody else."""
    largest = sorted(groups, key=lambda group: -Rates.of(group.counts.members).n_rows)[:MOST_BARS]
    bars = [BarGroup(group.text, _shares(Rates.of(group.counts.members))) for group in largest]
    if len(groups) == 1:
        bars.append(BarGroup("all others", _shares(Rates.of(groups[0].counts.others)), is_rest=True))
    return facet_bars(tuple(RATES.values()), bars, f"Groups of {named(facet)}")


def _shares(rates: Rates) -> dict[str, float | None]:
    return {words: getattr(rates, name) for name, words in RATES.items()}


def _group(found: Findings, group: Group, judged: Mapping[int, Judged], *, is_open: bool) -> GroupCard:
    stages = ((stage, group.of(stage)) for stage in (Stage.POST_TRAINING, Stage.PRE_TRAINING))
    titles = {Stage.POST_TRAINING: "Answers of the model", Stage.PRE_TRAINING: "Labels of the data"}
    return GroupCard(
        name=group.text,
        n_rows=int(Rates.of(group.counts.members).n_rows),
        n_worse=_n_worse(group, judged),
        stages=tuple(
            (titles[stage], tuple(_row(found, group, one, judged) for one in measured))
            for stage, measured in stages
            if measured
        ),
        chart=dots(list(_dots(group, judged)), f"Bias of {named(group.facet)} {named(group.text)}"),
        is_open=is_open,
    )


def _row(found: Findings, group: Group, one: Measured, judged: Mapping[int, Judged]) -> MeasureRow:
    known = judged.get(id(one))
    return MeasureRow(
        name=one.measure.name,
        title=one.measure.title,
        says=meaning(found, group, one),
        value=_told(one.value),
        interval="" if one.low is None else f"{_told(one.low)} to {_told(one.high)}",
        was=_told(known.was) if known else "–",
        kind=_verdict(one, judged).replace(" ", "-"),
        verdict=VERDICTS[_verdict(one, judged)],
    )


def _told(value: float | None) -> str:
    if value is not None and isinf(value):
        return "∞" if value > 0 else "−∞"
    return number(value, 3)


def _dots(group: Group, judged: Mapping[int, Judged]) -> Iterator[Dot]:
    for one in group.measured:
        if one.value is None or one.measure.name in UNBOUNDED:
            continue
        known = judged.get(id(one))
        limit = abs(known.was) if known and known.was is not None else None
        kind = _verdict(one, judged).replace(" ", "-") or "plain"
        yield Dot(one.measure.name, one.value, one.low, one.high, limit, kind)


def _terminal(content: SectionContent) -> Sequence[Any]:
    found: Findings = content.details.findings
    comparison = content.details.comparison
    shown = [_groups_table(found)]
    if comparison is not None and comparison.worse:
        shown.append(_worse_table(found, comparison))
    return shown


def _groups_table(found: Findings) -> "Table":
    """One row a group: its share of the good outcome beside that of the others."""
    title = f"Good outcome: {visible(found.label)} {visible(found.positive)}"
    headings = ["Facet", "Group", "Rows", "Observed", "Predicted", "DPL", "DPPL", "DI", "AD"]
    table = _table(title, headings)
    for group in found.groups[:MOST_ROWS]:
        members, others = Rates.of(group.counts.members), Rates.of(group.counts.others)
        values = {one.measure.name: one.value for one in group.measured}
        table.add_row(
            _text(clipped(named(group.facet), 30)),
            _text(clipped(named(group.text), 30)),
            f"{members.n_rows:,.0f}",
            _against(members.observed, others.observed),
            _against(members.predicted, others.predicted),
            *(_told(values.get(name)) for name in ("DPL", "DPPL", "DI", "AD")),
        )
    if len(found.groups) > MOST_ROWS:
        table.caption = f"and {counted(len(found.groups) - MOST_ROWS, 'group')} more"
    return table


def _against(mine: float | None, theirs: float | None) -> str:
    return "–" if mine is None or theirs is None else f"{mine:.1%}, others {theirs:.1%}"


def _worse_table(found: Findings, comparison: BiasComparison) -> "Table":
    n = len(comparison.worse)
    table = _table(f"{counted(n, 'measure')} farther from no bias than the baseline", [
        "Group", "Measure", "Baseline", "Now", "What it says"
    ])  # fmt: skip
    for one in comparison.worse[:MOST_ROWS]:
        table.add_row(
            _text(clipped(f"{named(one.group.facet)} {named(one.group.text)}", 40)),
            _text(one.measure.name),
            _told(one.was),
            _told(one.measured.value),
            _text(meaning(found, one.group, one.measured)),
        )
    if n > MOST_ROWS:
        table.caption = f"and {counted(n - MOST_ROWS, 'measure')} more"
    return table


def _text(words: str) -> "Text":
    """Never a string, which rich would read as markup."""
    from rich.text import Text

    return Text(visible(words))


def _table(title: str, headings: Sequence[str]) -> "Table":
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    table = Table(
        title=_text(title), title_justify="left", title_style="bold", box=SIMPLE_HEAD, pad_edge=False
    )
    for heading in headings:
        is_text = heading in ("Facet", "Group", "Measure", "What it says")
        justify: Literal["right", "left"] = "left" if is_text else "right"
        table.add_column(_text(heading), justify=justify, overflow="fold")
    return table


ENTRY = Section("bias", _html, _terminal)
