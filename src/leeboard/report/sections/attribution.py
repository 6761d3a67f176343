"""What a report shows of feature attributions: ranks, sizes, local values and curves."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from leeboard.formats.analysis import AnalysisResult, KernelShap
from leeboard.measures.attribution.comparison import LabelComparison, RankChange
from leeboard.measures.attribution.outcome import (
    AttributionDetails,
    compared_analyses,
    labels_in,
    numbers_of,
)
from leeboard.measures.attribution.ranks import THRESHOLD, ranks
from leeboard.report.charts.attribution_curves import curve
from leeboard.report.charts.attribution_slope import MOST_FEATURES, slope
from leeboard.report.charts.attribution_spread import bands_of, spread
from leeboard.report.charts.drawing import pair
from leeboard.report.page import environment
from leeboard.report.report import SectionContent
from leeboard.report.sections import Section
from leeboard.report.words import clipped, named, number

if TYPE_CHECKING:
    from rich.table import Table

MOST_ROWS = 40
MOST_LABELS = 10
MOST_UNITS = 20
WIDE_OF_SCORE = 300


@dataclass(frozen=True, slots=True)
class FeatureRow:
    """One feature in the table.

    Attributes:
        was, now: the attribution; None on a side where the feature is not.
        move: how its rank has changed, in words; "" if it has not.
    """

    name: str
    was: float | None
    now: float | None
    rank: int | None
    move: str
    bars: Markup


@dataclass(frozen=True, slots=True)
class LabelView:
    """One label of the model.

    Attributes:
        comparison: None for a baseline.
        units: of its texts, the heaviest first.
    """

    label: str
    expected: float | None
    comparison: LabelComparison | None
    has_drifted: bool
    rows: tuple[FeatureRow, ...]
    n_more: int
    score: Markup
    ranks: Markup
    spread: Markup
    curves: tuple[tuple[str, Markup], ...]
    units: Mapping[str, Sequence[tuple[str, float, Markup]]]


def html(content: SectionContent) -> Markup:
    """The whole section."""
    details: AttributionDetails | None = content.details
    views = _views(content)
    template = environment().get_template("sections/attribution.html")
    return Markup(  # noqa: S704 - a template of ours, which escapes
        template.render(
            views=views[:MOST_LABELS],
            n_more_labels=max(0, len(views) - MOST_LABELS),
            is_check=content.is_check,
            threshold=_threshold(content),
            max_change=details.max_relative_change if details else None,
            method=_method(details),
            most_ranks=MOST_FEATURES,
        )
    )


def _threshold(content: SectionContent) -> float:
    return content.details.threshold if content.details else THRESHOLD


def _method(details: AttributionDetails | None) -> str:
    """How the numbers came about, in a sentence."""
    if details is None:
        return ""
    found = details.explained
    explanation, n_rows = found.explanation, found.rows.height
    rows = f"{n_rows:,} rows" if n_rows == details.n_rows else f"{n_rows:,} of {details.n_rows:,} rows"
    against = f"against a background of {found.background.height:,}"
    if explanation.method == "kernel_shap":
        asked = f"{explanation.n_model_rows:,} predictions in {explanation.n_calls:,} calls"
        return f"Kernel SHAP over {rows} {against}: {asked}."
    return f"Exact Shapley values from inside the model ({explanation.method}) over {rows} {against}."


def _views(content: SectionContent) -> list[LabelView]:
    analysis: Any = content.documents["analysis.json"]
    comparisons: dict[str, LabelComparison] = {}
    if content.is_check and content.baseline is not None:
        found = compared_analyses(content.baseline.analysis, analysis)
        comparisons = {one.label: one for one in found}
    drifted = {
        getattr(one, "label", "") for one in (content.violations.violations if content.violations else [])
    }
    return [
        _view(content, analysis, i, label, shap, comparisons.get(label), label in drifted)
        for i, (label, shap) in enumerate(labels_in(analysis).items())
    ]


def _view(
    content: SectionContent,
    analysis: AnalysisResult,
    output: int,
    label: str,
    shap: KernelShap,
    comparison: LabelComparison | None,
    has_drifted: bool,
) -> LabelView:
    rows = _rows(numbers_of(shap), comparison)
    return LabelView(
        label=label,
        expected=shap.expected_value if isinstance(shap.expected_value, float) else None,
        comparison=comparison,
        has_drifted=has_drifted,
        rows=tuple(rows[:MOST_ROWS]),
        n_more=max(0, len(rows) - MOST_ROWS),
        score=_score(comparison, _threshold(content)),
        ranks=slope(comparison) if comparison and len(rows) > 1 else Markup(""),
        spread=_spread(content.details, output, label),
        curves=tuple(_curves(analysis, output)),
        units=_units(shap),
    )


def _rows(now: Mapping[str, float], comparison: LabelComparison | None) -> list[FeatureRow]:
    was = comparison.baseline if comparison else {}
    places, moves = ranks(now), {change.feature: change for change in comparison.moved} if comparison else {}
    names = sorted(
        dict.fromkeys([*now, *was]), key=lambda name: -max(abs(now.get(name, 0.0)), abs(was.get(name, 0.0)))
    )
    top = max((abs(value) for side in (now, was) for value in side.values()), default=0.0)
    return [
        FeatureRow(
            name, was.get(name), now.get(name), places.get(name), _move(moves.get(name)),
            pair(abs(was[name]) if name in was else None, abs(now[name]) if name in now else None, top),
        )
        for name in sorted(names, key=lambda name: places.get(name, len(names)))
    ]  # fmt: skip


def _move(change: RankChange | None) -> str:
    if change is None:
        return ""
    if change.now is None:
        return "gone"
    if change.before is None:
        return "new"
    arrow = "▲" if change.now < change.before else "▼"
    return f"{arrow} {abs(change.before - change.now)}"


def _score(comparison: LabelComparison | None, threshold: float) -> Markup:
    """NDCG on its scale from 0 to 1, with the threshold."""
    if comparison is None or comparison.ndcg is None:
        return Markup("")
    is_low = comparison.ndcg < threshold
    reach, limit = WIDE_OF_SCORE * comparison.ndcg, WIDE_OF_SCORE * threshold
    return Markup(
        '<svg class="score {}" viewBox="0 0 {} 34" role="img" aria-label="NDCG {}, threshold {}">'
        '<path class="track" d="M0 6h{}v10H0z"/><path class="level" d="M0 6h{:.1f}v10H0z"/>'
        '<path class="limit" d="M{:.1f} 2h2v18h-2z"/><text class="start" x="0" y="31">0</text>'
        '<text class="mid" x="{:.1f}" y="31">{}</text><text class="end" x="{}" y="31">1</text></svg>'
    ).format(
        "over" if is_low else "under", WIDE_OF_SCORE, number(comparison.ndcg), number(threshold),
        WIDE_OF_SCORE, reach, limit - 1, min(limit, WIDE_OF_SCORE - 26), number(threshold), WIDE_OF_SCORE,
    )  # fmt: skip


def _spread(details: AttributionDetails | None, output: int, label: str) -> Markup:
    if details is None or not details.explained.rows.height:
        return Markup("")
    found = details.explained
    local = found.explanation.local[:, :, output]
    return spread(bands_of(found.rows, found.explanation.features, local), clipped(named(label), 40))


def _curves(analysis: AnalysisResult, output: int) -> list[tuple[str, Markup]]:
    wanted = analysis.explanations.pdp if analysis.explanations else None
    drawn = [(one.feature_name, curve(one, output)) for one in wanted or []]
    return [(name, picture) for name, picture in drawn if picture]


def _units(shap: KernelShap) -> dict[str, list[tuple[str, float, Markup]]]:
    own = (shap.model_extra or {}).get("leeboard")
    tops = own.get("top_units", {}) if isinstance(own, dict) else {}
    return {
        name: [
            (unit, value, pair(None, value, max(units.values())))
            for unit, value in list(units.items())[:MOST_UNITS]
        ]
        for name, units in tops.items()
        if units
    }


def terminal(content: SectionContent) -> Sequence[Any]:
    """A table a label: the features with their ranks."""
    return [_table(view, content) for view in _views(content)[:MOST_LABELS]]


def _table(view: LabelView, content: SectionContent) -> "Table":
    from rich.table import Table
    from rich.text import Text

    table = Table(title=Text(_heading(view, content)), title_justify="left", title_style="bold")
    columns = (
        ["Rank", "Feature", "Baseline", "Now", "Moved"] if content.is_check else ["Rank", "Feature", "Adds"]
    )
    for name in columns:
        table.add_column(name, justify="left" if name == "Feature" else "right")
    for row in view.rows[:MOST_FEATURES]:
        cells = [str(row.rank or "–"), clipped(named(row.name), 60)]
        cells += [number(row.was), number(row.now), row.move] if content.is_check else [number(row.now)]
        table.add_row(*map(Text, cells))
    return table


def _heading(view: LabelView, content: SectionContent) -> str:
    label = clipped(named(view.label), 60)
    if view.comparison is None or view.comparison.ndcg is None:
        return f"Feature attributions of {label}"
    state = "drift" if view.has_drifted else "no drift"
    score, threshold = number(view.comparison.ndcg), number(_threshold(content))
    return f"Feature attributions of {label}: NDCG {score}, threshold {threshold}, {state}"


ENTRY = Section("attribution", html, terminal)
