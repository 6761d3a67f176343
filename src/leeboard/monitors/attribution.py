"""The feature attribution monitor: what features add to a model's answers, and whether that has drifted."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from math import isfinite

import polars as pl

from leeboard.errors import InputError, NoDataError
from leeboard.formats.analysis import AnalysisResult
from leeboard.formats.metrics import Dimension, EmittedMetric
from leeboard.formats.reading import read_analysis
from leeboard.formats.violations import AnyViolation, AttributionViolation, ViolationExtension, Violations
from leeboard.measures.attribution.comparison import LabelComparison, RankChange
from leeboard.measures.attribution.explaining import Explained, explained
from leeboard.measures.attribution.outcome import (
    AttributionBaseline,
    AttributionDetails,
    compared_analyses,
    labels_in,
    numbers_of,
)
from leeboard.measures.attribution.results import (
    background_file,
    background_of,
    differences,
    labels_of,
    local_units,
    local_values,
    to_analysis,
)
from leeboard.measures.attribution.sampling import RowSample
from leeboard.measures.attribution.settings import AttributionSettings
from leeboard.measures.model import Model
from leeboard.monitors import Monitor, Order, Result, StoredFile, Text
from leeboard.tables import Block
from leeboard.tables.cells.naming import position_name
from leeboard.tables.options import ReadOptions
from leeboard.tables.parts import Parts

ANALYSIS = "analysis.json"
CHECK = "feature_attribution_drift_check"
METHOD = Dimension(Name="ExplainabilityMethod", Value="KernelShap")
MOST_MOVES_TOLD = 3
MOST_COLUMNS_ASKED = 2_000


class Attribution:
    """Keeps rows, explains them once all are there, and holds the attributions against a baseline."""

    def __init__(self, order: Order) -> None:
        self._order = order
        self._settings: AttributionSettings = order.settings
        self._baseline: AttributionBaseline | None = order.baseline
        self._is_strict = order.is_strict
        self._n_most = None if order.is_strict else self._settings.max_rows

    def reading(self, options: ReadOptions) -> ReadOptions:
        """All features, in the order in which the model takes them."""
        settings = self._settings
        label = None if settings.label is None else str(settings.label)
        parts = Parts(label=label, features=settings.headers or options.names or self._known_features())
        exclude = (*options.exclude, *map(str, settings.excluded))
        return replace(options, parts=parts, exclude=exclude)

    def _known_features(self) -> list[str] | None:
        """The baseline's, for data that have no names; None if it may have left out some."""
        if self._baseline is None or self._settings.features_to_explain is not None:
            return None
        return next((list(of.global_shap_values) for of in labels_in(self._baseline.analysis).values()), None)

    def zero(self) -> RowSample:
        return RowSample(self._n_most)

    def of(self, block: Block) -> RowSample:
        return RowSample.of(block, self._n_most, self._settings.seed)

    def conclude(self, state: RowSample) -> Result:
        """A baseline, or what has drifted from it.

        Raises:
            NoDataError: there is no row.
            InputError: no model was given, or it answers with something that is no number.
        """
        found = self._explained(self._model(), state)
        analysis = to_analysis(found, self._settings, is_strict=self._is_strict)
        comparisons = self._compared(analysis)
        baseline = self._baseline or AttributionBaseline(analysis)
        violations = self._violations(comparisons) if self._baseline else None
        return Result(
            documents={ANALYSIS: analysis},
            baseline=baseline,
            violations=violations,
            writes_violations=not self._is_strict or bool(violations and violations.violations),
            texts=self._texts(found),
            metrics=tuple(_metrics(analysis, () if self._is_strict else comparisons)),
            notes=tuple(self._notes(state, found, comparisons)),
            details=AttributionDetails(
                explained=found,
                labels=tuple(labels_of(found.explanation.n_outputs, self._settings.label_headers)),
                threshold=self._settings.threshold,
                max_relative_change=self._settings.max_relative_change,
                n_rows=state.n_rows,
            ),
        )

    def _model(self) -> Model:
        if self._order.model is None:
            raise InputError(
                "feature attributions need a model to ask, and none was given: name an endpoint or a model "
                "in the predictor of analysis_config.json, or give a model file or a function"
            )
        return self._order.model

    def _explained(self, model: Model, state: RowSample) -> Explained:
        rows = _named(state.rows)
        if not rows.height or not rows.width:
            raise NoDataError("there is no row with features to explain")
        log = self._order.log
        log(f"explaining {rows.height:,} of {state.n_rows:,} rows with {rows.width:,} features")
        found = explained(
            model,
            rows,
            self._settings,
            background=background_of(self._baseline.analysis)
            if self._baseline and not self._is_strict
            else None,
            is_strict=self._is_strict,
            progress=self._order.progress,
        )
        explanation = found.explanation
        if explanation.method == "kernel_shap":
            log(f"asked the model about {explanation.n_model_rows:,} rows in {explanation.n_calls:,} calls")
        else:
            log(f"exact attributions from inside the model ({explanation.method}), without asking it")
        return found

    def _compared(self, analysis: AnalysisResult) -> tuple[LabelComparison, ...]:
        if self._baseline is None:
            return ()
        return compared_analyses(self._baseline.analysis, analysis)

    def _violations(self, comparisons: tuple[LabelComparison, ...]) -> Violations:
        found: list[AnyViolation] = [self._violation(one) for one in comparisons if self._has_drifted(one)]
        return Violations(version="1.0", violations=found)

    def _has_drifted(self, one: LabelComparison) -> bool:
        if one.ndcg is not None and one.ndcg < self._settings.threshold:
            return True
        return self._has_other_shares(one)

    def _has_other_shares(self, one: LabelComparison) -> bool:
        limit = None if self._is_strict else self._settings.max_relative_change
        return limit is not None and one.relative_change is not None and one.relative_change > limit

    def _violation(self, one: LabelComparison) -> AttributionViolation:
        threshold = self._settings.threshold
        if one.ndcg is not None and one.ndcg < threshold:
            told = f"Feature attribution drift {one.ndcg!r} exceeds threshold {threshold!r}"
        else:
            told = (
                f"Relative change of attributions {one.relative_change!r} exceeds threshold "
                f"{self._settings.max_relative_change!r}"
            )
        extension = None if self._is_strict else ViolationExtension(hint=hint(one))
        return AttributionViolation(
            label=one.label,
            metric_name="shap",
            constraint_check_type=CHECK,
            description=told,
            leeboard=extension,
        )

    def _texts(self, found: Explained) -> dict[str, Text]:
        texts: dict[str, Text] = {}
        if self._settings.saves_local_values:
            texts["explanations_shap/out.csv"] = lambda: local_values(found, self._settings)
            if found.explanation.units:
                texts["explanations_shap/out.jsonl"] = lambda: local_units(found)
        if found.is_computed:
            texts["explanations_shap/baseline.csv"] = background_file(found)
        return texts

    def _notes(
        self, state: RowSample, found: Explained, comparisons: tuple[LabelComparison, ...]
    ) -> Iterator[str]:
        settings, explanation = self._settings, found.explanation
        if state.is_sample:
            yield (
                f"{found.rows.height:,} of {state.n_rows:,} rows were explained, a sample that is "
                "the same for the same seed; max_rows sets how many"
            )
        yield from explanation.notes
        if settings.label_headers and len(settings.label_headers) != explanation.n_outputs:
            yield (
                f"{len(settings.label_headers)} label_headers were given, but the model answers with "
                f"{explanation.n_outputs} numbers a row: they are called label0 and so on"
            )
        if self._baseline is None:
            return
        yield from differences(self._baseline.analysis, settings)
        yield from (one.note for one in comparisons if one.note)
        there = {one.label for one in comparisons}
        for label in labels_in(self._baseline.analysis):
            if label not in there:
                yield f"label {label} of the baseline was not compared: the model has no such output now"


def _named(rows: pl.DataFrame) -> pl.DataFrame:
    """Columns without names are called as AWS calls them."""
    if all(name == position_name(i) for i, name in enumerate(rows.columns)):
        return rows.rename({name: f"column_{i}" for i, name in enumerate(rows.columns)})
    return rows


def hint(one: LabelComparison) -> str:
    """Which features changed their ranks, in words."""
    moved = one.moved
    if not moved:
        return f"all features of {one.label} rank as they did, but their shares have changed"
    told = "; ".join(_move(change) for change in moved[:MOST_MOVES_TOLD])
    more = f"; {len(moved) - MOST_MOVES_TOLD} more moved" if len(moved) > MOST_MOVES_TOLD else ""
    return f"{told}{more}. Look whether these features' data have drifted, or another model answers now"


def _move(change: RankChange) -> str:
    if change.now is None:
        return f"{change.feature} was at rank {change.before} and is not in the data any more"
    if change.before is None:
        return f"{change.feature} is new, at rank {change.now}"
    verb = "rose" if change.now < change.before else "fell"
    return f"{change.feature} {verb} from rank {change.before} to {change.now}"


def _metrics(analysis: AnalysisResult, comparisons: tuple[LabelComparison, ...]) -> Iterator[EmittedMetric]:
    for label, of in labels_in(analysis).items():
        about = [Dimension(Name="Label", Value=label), METHOD]
        for name, value in numbers_of(of).items():
            yield from _metric(f"feature_{name}", value, [*about, _value_type("GlobalShapValues")])
        if isinstance(of.expected_value, float):
            yield from _metric("ExpectedValue", of.expected_value, [*about, _value_type("ExpectedValue")])
    for one in comparisons:
        about = [Dimension(Name="Label", Value=one.label), METHOD]
        for name, score in (("ndcg", one.ndcg), ("relative_change", one.relative_change)):
            if score is not None:
                yield from _metric(f"feature_attribution_{name}", score, about)


def _value_type(value: str) -> Dimension:
    return Dimension(Name="ValueType", Value=value)


def _metric(name: str, value: float, dimensions: list[Dimension]) -> Iterator[EmittedMetric]:
    if isfinite(value):
        yield EmittedMetric(MetricName=name, Value=value, Dimensions=dimensions)


def read_baseline(files: Mapping[str, StoredFile]) -> AttributionBaseline:
    """The attributions in an analysis.

    Raises:
        InputError: there is no such file, or no attribution in it.
    """
    file = files.get(ANALYSIS)
    if file is None:
        raise InputError(f"no {ANALYSIS} was given; leave the baseline out to make one")
    baseline = AttributionBaseline(read_analysis(file.content, file.uri))
    if not labels_in(baseline.analysis):
        raise InputError(
            f"{file.uri}: no attributions in it (explanations.kernel_shap); "
            "it may be the baseline of a bias monitor"
        )
    return baseline


ENTRY = Monitor(
    "attribution",
    "ModelExplainability",
    "Feature attribution",
    AttributionSettings,
    (ANALYSIS,),
    read_baseline,
    Attribution,
)
