"""The model quality monitor: predictions against labels, and each measure against its limit."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC
from math import isfinite, isnan
from typing import Any, get_args

from leeboard.compare.limits import is_above, is_below
from leeboard.errors import InputError, UnknownNameError
from leeboard.formats.metrics import EmittedMetric
from leeboard.formats.model_quality import (
    Measured,
    MetricConstraint,
    ProblemType,
    QualityConstraints,
    QualityConstraintsExtension,
    QualityExtension,
    QualityStatistics,
    metric_text,
    violation_name,
)
from leeboard.formats.reading import read_quality_constraints, read_quality_statistics
from leeboard.formats.violations import MetricViolation, ViolationExtension, Violations
from leeboard.measures.quality import QualityRecipe, QualityState, QualityTask, to_statistics
from leeboard.measures.quality.evidence import is_explained
from leeboard.measures.quality.hints import hint_on
from leeboard.measures.quality.limits import suggest_limits
from leeboard.measures.quality.notes import notes_on
from leeboard.measures.quality.slack import NONE, Slack
from leeboard.measures.quality.task import TRUE
from leeboard.monitors import Monitor, Order, Result, StoredFile
from leeboard.tables import Block
from leeboard.tables.options import ReadOptions
from leeboard.tables.parts import Parts

CONSTRAINTS = "constraints.json"
STATISTICS = "statistics.json"
SILENT = frozenset({"f0_5"})
"""AWS never reports these, however bad they are: strict mode neither."""


@dataclass(frozen=True, slots=True)
class QualityBaseline:
    """What a model is held against.

    Attributes:
        constraints: the limits.
        statistics: the measures that they came from; they only help to say what changed.
    """

    constraints: QualityConstraints
    statistics: QualityStatistics | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class QualitySettings:
    """What the user says of the data and of the limits.

    Attributes:
        problem_type: `Regression`, `BinaryClassification` or `MulticlassClassification`; None for that
            of the baseline.
        label, prediction, probability: locators, see `Parts`; of the last two one is enough.
        probability_threshold: a greater score is the positive class; None for the baseline's, else 0.5.
        positive_label: of a binary problem whose labels are not 1 and 0; None for the baseline's.
        label_headers: the classes in the order of a list of scores.
        slack: of suggested limits: `none`, `0.02`, `5%` or `6sd`.
        confidence: a window breaks limits only if it is worse at this level, all limits together; None for
            the baseline's, else its values decide.
    """

    problem_type: str | None = None
    label: str | None = None
    prediction: str | None = None
    probability: str | None = None
    probability_threshold: float | None = None
    positive_label: str | None = None
    label_headers: tuple[str, ...] = ()
    slack: str = NONE
    confidence: float | None = None

    def __post_init__(self) -> None:
        if self.problem_type is not None and self.problem_type not in get_args(ProblemType):
            raise UnknownNameError("problem type", self.problem_type, get_args(ProblemType))
        if self.probability_threshold is not None and not isfinite(self.probability_threshold):
            raise InputError(f"probability_threshold is {self.probability_threshold}; expected a number")
        if self.confidence is not None and not 0 < self.confidence < 1:
            raise InputError(f"confidence is {self.confidence:g}; it is a share, such as 0.95")
        Slack.parse(self.slack)


class ModelQuality:
    """Measures a model's predictions; holds the measures against limits if there are some."""

    def __init__(self, order: Order) -> None:
        self._settings: QualitySettings = order.settings
        self._baseline: QualityBaseline | None = order.baseline
        self._is_strict = order.is_strict
        self._at = order.at.astimezone(UTC) if order.at else None
        if self._settings.prediction is None and self._settings.probability is None:
            raise InputError(
                "neither prediction nor probability is given: say in which column or at which place of the "
                "model's output the predicted label or its probability is (--prediction, --probability)"
            )
        self._task = _task(self._settings, self._baseline)
        self._recipe = QualityRecipe(self._task)

    def reading(self, options: ReadOptions) -> ReadOptions:
        """Strict mode reads whatever was mounted and matches a script's cells by position."""
        settings = self._settings
        parts = Parts(
            label=settings.label,
            prediction=settings.prediction,
            probability=settings.probability,
            reads_features=False,
        )
        options = replace(options, parts=parts)
        return replace(options, window=None, by_position=True) if self._is_strict else options

    def zero(self) -> QualityState:
        return self._recipe.zero()

    def of(self, block: Block) -> QualityState:
        return self._recipe.of(block)

    def conclude(self, state: QualityState) -> Result:
        """A baseline, or which measures are beyond their limits."""
        statistics = to_statistics(state, self._task, is_strict=self._is_strict)
        if self._at is not None:
            statistics.dataset.evaluation_time = f"{self._at:%Y-%m-%dT%H:%M:%S}.{self._at:%f}"[:23] + "Z"
        notes = tuple(notes_on(state, statistics))
        if self._baseline is None:
            constraints, told = self._suggest(statistics)
            baseline = QualityBaseline(constraints, statistics)
            documents = {STATISTICS: statistics, CONSTRAINTS: constraints}
            return Result(documents=documents, baseline=baseline, notes=(*notes, *told))
        found = Comparison(self._baseline, statistics, self._is_strict, self._confidence)
        return Result(
            documents={STATISTICS: statistics, CONSTRAINTS: suggest_limits(statistics, Slack())},
            baseline=self._baseline,
            violations=Violations(violations=list(found.violations())),
            metrics=tuple(_metrics(statistics)),
            notes=(*notes, *found.notes()),
        )

    @property
    def _confidence(self) -> float | None:
        """Of the settings, else of the baseline; strict mode knows none."""
        if self._is_strict:
            return None
        told = self._baseline.constraints.leeboard if self._baseline else None
        return self._settings.confidence or (told.confidence if told else None)

    def _suggest(self, statistics: QualityStatistics) -> tuple[QualityConstraints, list[str]]:
        slack, confidence = Slack.parse(self._settings.slack), self._settings.confidence
        if self._is_strict:
            is_asked = slack.size or confidence is not None
            told = "slack and confidence are not used in strict mode: limits are the measures, as with AWS"
            return suggest_limits(statistics, Slack()), [told] if is_asked else []
        own = {
            **({"slack": self._settings.slack.strip()} if slack.size else {}),
            **({"confidence": confidence} if confidence is not None else {}),
        }
        extension = QualityConstraintsExtension.model_validate(own) if own else None
        limits = suggest_limits(statistics, slack, extension)
        measured = statistics.metrics.measured()
        without = [name for name in limits.limits if isnan(measured[name].standard_deviation)]
        if slack.kind == "deviations" and without:
            told = f"no slack for {', '.join(without)}: they have no standard deviation, which needs 200 rows"
            return limits, [told]
        return limits, []


def _task(settings: QualitySettings, baseline: QualityBaseline | None) -> QualityTask:
    """The settings, completed by what the baseline says."""
    known = baseline.constraints.problem_type if baseline is not None else None
    statistics = baseline.statistics if baseline is not None else None
    problem: Any = settings.problem_type or known or (statistics and statistics.problem_type)
    if problem is None:
        raise InputError(f"problem_type is not given; it is one of {', '.join(get_args(ProblemType))}")
    if known is not None and problem != known:
        raise InputError(f"the data are to be measured as {problem}, but the constraints are of {known}")
    own = statistics.leeboard if statistics is not None else None
    threshold = settings.probability_threshold
    if threshold is None:
        threshold = own.probability_threshold if own is not None else None
    return QualityTask(
        problem_type=problem,
        probability_threshold=0.5 if threshold is None else threshold,
        positive_label=settings.positive_label or _other_positive_label(own),
        label_headers=tuple(settings.label_headers),
    )


def _other_positive_label(own: QualityExtension | None) -> str | None:
    """The baseline's, if it is not the usual one."""
    label = own.positive_label if own is not None else None
    return None if label == TRUE else label


@dataclass(frozen=True, slots=True)
class Comparison:
    """The measures of a window beside the limits."""

    baseline: QualityBaseline
    statistics: QualityStatistics
    is_strict: bool
    confidence: float | None = None

    def violations(self) -> Iterator[MetricViolation]:
        """One a measure on the bad side of its limit; NaN is on no side."""
        measured = self.statistics.metrics.measured()
        for name, limit in self.baseline.constraints.limits.items():
            if name in measured and self._is_broken(measured[name], limit) and not self._is_silent(name):
                yield self._violation(name, measured[name], limit)

    def _is_silent(self, name: str) -> bool:
        return self.is_strict and name in SILENT

    def _is_broken(self, measured: Measured, limit: MetricConstraint) -> bool:
        is_beyond = is_below if limit.comparison_operator == "LessThanThreshold" else is_above
        if not is_beyond(measured.value, limit.threshold, strict=self.is_strict):
            return False
        return not self._is_chance(measured, limit)

    def _is_chance(self, measured: Measured, limit: MetricConstraint) -> bool:
        """Without a deviation, or without a confidence, the value decides."""
        if self.confidence is None or isnan(measured.standard_deviation):
            return False
        return is_explained(
            abs(measured.value - limit.threshold),
            now=measured.standard_deviation,
            baseline=limit.leeboard.standard_deviation if limit.leeboard else None,
            confidence=self.confidence,
            n_limits=len(self.baseline.constraints.limits),
        )

    def _violation(self, name: str, measured: Measured, limit: MetricConstraint) -> MetricViolation:
        own = {}
        if not self.is_strict:
            told = self.baseline.constraints.leeboard
            has_slack = told is not None and bool(told.slack)
            hint = hint_on(name, limit, self.statistics, self.baseline.statistics, has_slack=has_slack)
            own["leeboard"] = ViolationExtension(hint=hint)
        return MetricViolation(
            constraint_check_type=limit.comparison_operator,
            metric_name=violation_name(name),
            description=metric_text(name, measured, limit),
            **own,
        )

    def notes(self) -> Iterator[str]:
        """Which limits could not be held against anything."""
        measured = self.statistics.metrics.measured()
        for name in self.baseline.constraints.limits:
            if name not in measured:
                yield f"the constraints have a limit for {name}, which was not measured: it is not checked"
            elif isnan(measured[name].value):
                yield f"{name} is NaN: it is not checked"
        if self.confidence is not None and any(isnan(one.standard_deviation) for one in measured.values()):
            yield "there are too few rows for intervals, which need 200: values decide, not the confidence"
        if not self.baseline.constraints.limits:
            yield "the constraints have no limits: nothing is checked"


def _metrics(statistics: QualityStatistics) -> Iterator[EmittedMetric]:
    """All measures that are one number; a metric store takes no NaN and no infinity."""
    for name, measured in statistics.metrics.measured().items():
        if isfinite(measured.value):
            yield EmittedMetric(MetricName=name, Value=measured.value)


def read_baseline(files: Mapping[str, StoredFile]) -> QualityBaseline:
    """Of the constraints file, and of the statistics if they are there.

    Raises:
        InputError: there is no constraints file.
    """
    limits, statistics = files.get(CONSTRAINTS), files.get(STATISTICS)
    if limits is None:
        beside = f" beside {statistics.uri}" if statistics else ""
        raise InputError(f"no constraints file was given{beside}; leave the baseline out to suggest one")
    return QualityBaseline(
        read_quality_constraints(limits.content, limits.uri),
        read_quality_statistics(statistics.content, statistics.uri) if statistics else None,
    )


ENTRY = Monitor(
    "model-quality",
    "ModelQuality",
    "Model quality",
    QualitySettings,
    (CONSTRAINTS, STATISTICS),
    read_baseline,
    ModelQuality,
)
