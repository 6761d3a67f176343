"""The bias monitor: whether groups of people get less than they got, in the data or from the model."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from math import isfinite

import polars as pl

from leeboard.errors import InputError
from leeboard.formats.analysis import AnalysisResult
from leeboard.formats.metrics import Dimension, EmittedMetric
from leeboard.formats.reading import read_analysis
from leeboard.formats.violations import BiasViolation, ViolationExtension, Violations
from leeboard.measures.bias.analysis import to_analysis
from leeboard.measures.bias.bootstrap import Intervals
from leeboard.measures.bias.comparison import BiasComparison, Judged, compare, was_interval
from leeboard.measures.bias.findings import find
from leeboard.measures.bias.measures import Measure, Stage
from leeboard.measures.bias.results import Ask, Findings, Measured
from leeboard.measures.bias.settings import BiasSettings, Locator
from leeboard.measures.bias.state import BiasRecipe, BiasState
from leeboard.measures.bias.words import meaning
from leeboard.measures.model import Model, Predictions
from leeboard.monitors import Monitor, Order, Result, StoredFile
from leeboard.tables import Block
from leeboard.tables.options import ReadOptions
from leeboard.tables.parts import LABEL, PREDICTION, PROBABILITY, Parts

ANALYSIS = "analysis.json"
CHECK = "bias_drift_check"
INFINITE = 2.348543e108
"""Stands for infinity in a metric store, as AWS has it."""


@dataclass(frozen=True, slots=True)
class BiasBaseline:
    """What bias is held against."""

    analysis: AnalysisResult


@dataclass(frozen=True, slots=True)
class BiasDetails:
    """What the report shows beyond the documents.

    Attributes:
        comparison: None if nothing was compared.
        level: of the intervals; None if there are none.
    """

    findings: Findings
    comparison: BiasComparison | None
    level: float | None
    confidence: float | None


class Bias:
    """Counts what groups get, and holds that against a baseline."""

    def __init__(self, order: Order) -> None:
        self._settings: BiasSettings = order.settings
        self._baseline: BiasBaseline | None = order.baseline
        self._is_strict = order.is_strict
        self._model = order.model
        if not self._settings.facets:
            raise InputError("bias is measured between groups; name a facet, such as --facet sex=female")
        self._recipe = BiasRecipe(self._settings.question(is_strict=order.is_strict))

    def reading(self, options: ReadOptions) -> ReadOptions:
        """The label and the answer beside all columns; in traffic they are where the caller says."""
        settings, given = self._settings, options.parts
        if given is not None and given.label is None:
            return options
        parts = given or Parts(features=settings.headers)
        return replace(
            options,
            names=options.names or settings.headers,
            parts=replace(
                parts,
                label=parts.label or _text(settings.label),
                prediction=parts.prediction or _text(settings.prediction),
                probability=parts.probability or _text(settings.probability),
            ),
        )

    def zero(self) -> BiasState:
        return self._recipe.zero()

    def of(self, block: Block) -> BiasState:
        return self._recipe.of(self._with_answers(block))

    def _with_answers(self, block: Block) -> Block:
        """A block without answers gets the model's, if there is one and they are wanted."""
        frame = block.frame
        has_answers = PREDICTION in frame.columns or PROBABILITY in frame.columns
        wants = bool(self._settings.measures(Stage.POST_TRAINING))
        if self._model is None or has_answers or not wants or not frame.height:
            return block
        return Block(frame.with_columns(_answers(self._model, block)), block.tally)

    def conclude(self, state: BiasState) -> Result:
        """A baseline, or what is worse than it."""
        settings, baseline = self._settings, self._baseline
        level = settings.level if not self._is_strict else None
        ask = Ask(
            measures=self._measures(state),
            intervals=Intervals(level, settings.n_resamples) if level else None,
            was_interval=was_interval(baseline.analysis) if baseline else {},
            is_strict=self._is_strict,
        )
        findings = find(state, ask)
        analysis = to_analysis(findings, level, is_strict=self._is_strict)
        comparison = self._compared(findings)
        violations = self._violations(findings, comparison)
        return Result(
            documents={ANALYSIS: analysis},
            baseline=baseline or BiasBaseline(analysis),
            violations=violations,
            writes_violations=not self._is_strict or bool(violations and violations.violations),
            metrics=tuple(_metrics(findings)),
            notes=tuple(self._notes(state, findings, comparison)),
            details=BiasDetails(findings, comparison, level, settings.confidence),
        )

    def _measures(self, state: BiasState) -> list[Measure]:
        post = self._settings.measures(Stage.POST_TRAINING) if state.has_predictions else []
        return [*post, *self._settings.measures(Stage.PRE_TRAINING)]

    def _compared(self, findings: Findings) -> BiasComparison | None:
        if self._baseline is None:
            return None
        confidence = None if self._is_strict else self._settings.confidence
        return compare(findings, self._baseline.analysis, confidence=confidence, is_strict=self._is_strict)

    def _violations(self, findings: Findings, comparison: BiasComparison | None) -> Violations | None:
        if comparison is None:
            return None
        tell = partial(_violation, findings, is_strict=self._is_strict)
        return Violations(version="1.0", violations=[tell(one) for one in comparison.worse])

    def _notes(
        self, state: BiasState, findings: Findings, comparison: BiasComparison | None
    ) -> Iterator[str]:
        if not state.has_predictions and self._settings.measures(Stage.POST_TRAINING):
            yield "the data do not say what the model answered: only the bias of the labels is measured"
        yield from findings.notes
        if comparison is None:
            return
        yield from comparison.notes
        n_uncertain = sum(one.verdict == "uncertain" for one in comparison.judged)
        if n_uncertain and (confidence := self._settings.confidence):
            yield (
                f"{n_uncertain} measures are worse than the baseline, but not beyond their intervals of "
                f"{100 * confidence:g}%; they are no violations"
            )


def _answers(model: Model, block: Block) -> pl.Series:
    said: Predictions = model.predict(block.frame.drop(LABEL, strict=False))
    if said.labels is not None:
        return pl.Series(PREDICTION, said.labels)
    if said.scores is None:
        raise InputError("the model gave neither labels nor scores, so that its bias cannot be measured")
    if said.scores.shape[1] == 1:
        return pl.Series(PROBABILITY, said.scores[:, 0])
    rows: Sequence[Sequence[float]] = said.scores.tolist()
    return pl.Series(PROBABILITY, [f"[{','.join(map(repr, row))}]" for row in rows])


def _text(locator: Locator | None) -> str | None:
    return None if locator is None else str(locator)


def _violation(findings: Findings, one: Judged, *, is_strict: bool) -> BiasViolation:
    """One measure that is worse, in AWS's words."""
    now, was = (_number(value) for value in (one.measured.value, one.was))
    return BiasViolation.model_validate(
        {
            "facet": one.group.facet,
            "facet_value": one.group.text,
            "metric_name": one.measure.name,
            "constraint_check_type": CHECK,
            "description": f"Metric value {now} doesn't meet the baseline constraint requirement {was}",
            **({} if is_strict else {"leeboard": ViolationExtension(hint=hint(findings, one))}),
        }
    )


def _number(value: float | None) -> str:
    if value is None or isfinite(value):
        return repr(value)
    return "Infinity" if value > 0 else "-Infinity"


def hint(findings: Findings, one: Judged) -> str:
    """Which group gets what share, how sure that is, and where to look."""
    told = meaning(findings, one.group, one.measured)
    was = f"{one.was:.4g}" if one.was is not None else "unknown"
    now = f"{one.measured.value:.4g}{_sureness(one.measured)}"
    return f"{told}; {one.measure.name} is {now}, and was {was} in the baseline"


def _sureness(measured: Measured) -> str:
    if measured.low is None or measured.high is None:
        return ""
    return f" (between {measured.low:.4g} and {measured.high:.4g})"


def _metrics(findings: Findings) -> Iterator[EmittedMetric]:
    for group in findings.groups:
        for one in group.measured:
            if one.value is None or one.value != one.value:
                continue
            value = one.value if isfinite(one.value) else INFINITE if one.value > 0 else -INFINITE
            yield EmittedMetric(
                MetricName=f"bias_metric_{one.measure.name}",
                Value=value,
                Dimensions=[
                    Dimension(Name="BiasStage", Value=one.measure.stage),
                    Dimension(Name="Label", Value=findings.label),
                    Dimension(Name="LabelValue", Value=findings.positive),
                    Dimension(Name="Facet", Value=group.facet),
                    Dimension(Name="FacetValue", Value=group.text),
                ],
            )


def read_baseline(files: Mapping[str, StoredFile]) -> BiasBaseline:
    """The measures in an analysis.

    Raises:
        InputError: there is no such file, or no measure of bias in it.
    """
    file = files.get(ANALYSIS)
    if file is None:
        raise InputError(f"no {ANALYSIS} was given; leave the baseline out to make one")
    analysis = read_analysis(file.content, file.uri)
    if analysis.pre_training_bias_metrics is None and analysis.post_training_bias_metrics is None:
        raise InputError(
            f"{file.uri}: no measures of bias in it (pre_training_bias_metrics, post_training_bias_metrics); "
            "it may be the baseline of an attribution monitor"
        )
    return BiasBaseline(analysis)


ENTRY = Monitor("bias", "ModelBias", "Bias", BiasSettings, (ANALYSIS,), read_baseline, Bias)
