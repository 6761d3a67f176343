"""What a dashboard needs of one window: `summary.json`, beside the result files of a monitoring job.

Per-feature numbers are columns, as a reader takes hundreds of windows at once.
"""

from typing import Any, Self

from pydantic import ConfigDict, Field, model_validator
from pydantic_core import to_json

from leeboard.formats.part import Part
from leeboard.formats.source import Source

SUMMARY = "summary.json"
VERSION = 1
MOST_VIOLATIONS = 200
MOST_SAMPLES = 20
MOST_FEATURES = 20_000
MOST_ENTRIES = 20_000
"""Of measures, groups and attributions, each."""
MOST_NOTES = 50
LONGEST_TEXT = 1_000
"""Characters of a text that is only shown; names of features, by which they are found again, stay whole."""


class SummaryPart(Part):
    """Part of a summary: JSON has no word for NaN and infinities, and what nobody knows is not kept."""

    model_config = ConfigDict(extra="ignore", allow_inf_nan=False)


class FeatureColumns(SummaryPart):
    """One entry a feature in each list, in the order of `name`; None where there is no such number.

    Attributes:
        distance, limit: what the drift test compared; `use` is how much of the limit was used up, whichever
            side of it is bad: above 1 it drifted, and what may be chance stays at 1.
        p_value: adjusted for all features of the window where that was done.
        baseline_completeness, baseline_mean, baseline_std_dev: what the baseline's statistics say.
        completeness_limit: the least that was promised.
        presence: "new" if only the window has the feature, "gone" if only the baseline has it, else "".
    """

    name: list[str] = Field(default_factory=list, max_length=MOST_FEATURES)
    type: list[str | None] = Field(default_factory=list)
    n_present: list[int | None] = Field(default_factory=list)
    n_missing: list[int | None] = Field(default_factory=list)
    completeness: list[float | None] = Field(default_factory=list)
    distance: list[float | None] = Field(default_factory=list)
    limit: list[float | None] = Field(default_factory=list)
    use: list[float | None] = Field(default_factory=list)
    p_value: list[float | None] = Field(default_factory=list)
    test: list[str | None] = Field(default_factory=list)
    is_drifted: list[bool | None] = Field(default_factory=list)
    n_violations: list[int] = Field(default_factory=list)
    mean: list[float | None] = Field(default_factory=list)
    std_dev: list[float | None] = Field(default_factory=list)
    minimum: list[float | None] = Field(default_factory=list)
    maximum: list[float | None] = Field(default_factory=list)
    n_distinct: list[float | None] = Field(default_factory=list)
    baseline_completeness: list[float | None] = Field(default_factory=list)
    baseline_mean: list[float | None] = Field(default_factory=list)
    baseline_std_dev: list[float | None] = Field(default_factory=list)
    completeness_limit: list[float | None] = Field(default_factory=list)
    presence: list[str] = Field(default_factory=list)

    @model_validator(mode="after")
    def _as_long_as_names(self) -> Self:
        """A column that is not there is one of nothing."""
        n = len(self.name)
        for column in type(self).model_fields:
            values = getattr(self, column)
            if not values and n:
                setattr(self, column, [EMPTY.get(column)] * n)
            elif len(values) != n:
                raise ValueError(f"{column} has {len(values)} entries, and there are {n} names")
        return self


EMPTY = {"n_violations": 0, "presence": ""}


class MeasureSummary(SummaryPart):
    """One measure of model quality.

    `low` and `high` bound its interval where there is one; `operator` says on which side of `limit` is bad.
    """

    name: str
    value: float | None = None
    deviation: float | None = None
    low: float | None = None
    high: float | None = None
    baseline: float | None = None
    baseline_deviation: float | None = None
    limit: float | None = None
    operator: str | None = None
    is_broken: bool = False


class QualityPicture(SummaryPart):
    """What the measures were of, and what cannot be told in one number.

    Attributes:
        labels: of the matrix, the most frequent first where there are more than it shows.
        matrix: rows by actual label, columns by predicted label.
        roc: false and true positive rates; precision_recall: recalls and precisions; each thinned.
        calibration: mean scores, observed rates and counts of bins.
        error_edges, error_counts: of prediction - truth.
    """

    problem_type: str | None = None
    n_used: int | None = None
    n_without_label: int | None = None
    n_without_prediction: int | None = None
    positive_label: str | None = None
    mean_error: float | None = None
    labels: list[str] = Field(default_factory=list)
    matrix: list[list[int]] = Field(default_factory=list)
    n_more_labels: int = 0
    roc: tuple[list[float], list[float]] | None = None
    precision_recall: tuple[list[float], list[float]] | None = None
    calibration: tuple[list[float], list[float], list[int]] | None = None
    error_edges: list[float] = Field(default_factory=list)
    error_counts: list[int] = Field(default_factory=list)


class BiasSummary(SummaryPart):
    """One measure of bias of one group; `neutral` is its value where there is no bias.

    A measure without a value says in `remark` why. The numbers of rows are those of the group, and of it
    those that have the good outcome, or are predicted to.
    """

    facet: str
    group: str
    metric: str
    stage: str
    title: str = ""
    value: float | None = None
    low: float | None = None
    high: float | None = None
    baseline: float | None = None
    baseline_low: float | None = None
    baseline_high: float | None = None
    neutral: float = 0.0
    remark: str = ""
    n_rows: int | None = None
    n_other_rows: int | None = None
    is_broken: bool = False


class AttributionSummary(SummaryPart):
    """One feature's mean attribution, and its ranks, 1 for the largest."""

    label: str
    feature: str
    value: float | None = None
    rank: int | None = None
    baseline: float | None = None
    baseline_rank: int | None = None


class ScoreSummary(SummaryPart):
    """How like the baseline's the order of attributions is (NDCG, in [0, 1]), for one label."""

    label: str
    ndcg: float | None = None
    limit: float | None = None
    relative_change: float | None = None
    relative_change_limit: float | None = None
    is_broken: bool = False


class SeenViolation(SummaryPart):
    """One broken promise, and why it matters.

    Attributes:
        check: as the file of violations has it; `label` is the same in plain words.
        subject: as the file of violations has it; "" for the whole data set.
        columns: the features that it is about, the first of them.
        effect: from 0 for next to nothing to 1 for all of it; what has the most stands first.
    """

    monitor: str
    check: str
    subject: str
    description: str
    label: str = ""
    columns: list[str] = Field(default_factory=list)
    promised: str | None = None
    seen: str | None = None
    hint: str | None = None
    effect: float | None = None


class MalformedSample(SummaryPart):
    """One of the first records that could not be read."""

    place: str
    reason: str
    text: str | None = None


class MergeSummary(SummaryPart):
    """What became of the records of a window that were joined with labels."""

    n_requests: int | None = None
    n_matched: int | None = None
    n_waiting: int | None = None


class Summary(SummaryPart):
    """One window in brief.

    Attributes:
        job: name of the processing job that made it; a folder may hold one of an earlier run.
        violations: the most effective first, at most `MOST_VIOLATIONS`; `n_violations` counts all.
        notes: what was assumed of the data, and what was not checked and why.
    """

    version: int = VERSION
    job: str | None = None
    monitors: list[str] = Field(default_factory=list)
    n_rows: int | None = None
    n_records: int | None = None
    n_malformed: int = 0
    n_violations: int = 0
    elapsed_s: float | None = None
    features: FeatureColumns = Field(default_factory=FeatureColumns)
    measures: list[MeasureSummary] = Field(default_factory=list, max_length=MOST_ENTRIES)
    quality: QualityPicture | None = None
    bias: list[BiasSummary] = Field(default_factory=list, max_length=MOST_ENTRIES)
    attributions: list[AttributionSummary] = Field(default_factory=list, max_length=MOST_ENTRIES)
    scores: list[ScoreSummary] = Field(default_factory=list, max_length=MOST_ENTRIES)
    violations: list[SeenViolation] = Field(default_factory=list, max_length=MOST_VIOLATIONS)
    malformed: list[MalformedSample] = Field(default_factory=list, max_length=MOST_SAMPLES)
    merge: MergeSummary | None = None
    notes: list[str] = Field(default_factory=list, max_length=MOST_NOTES)


def read_summary(text: str | bytes, uri: str = "") -> Summary:
    """A summary; the URI is for messages only.

    Raises:
        FormatError: it is none, or one of another version.
    """
    return read_document(Source(uri).parse(text), uri)


def read_document(document: Any, uri: str = "") -> Summary:
    """The same of JSON that was parsed."""
    source = Source(uri)
    if not isinstance(document, dict) or document.get("version") != VERSION:
        there = document.get("version") if isinstance(document, dict) else document
        raise source.error(f"of version {str(there)[:20]}; expected a summary of version {VERSION}")
    return source.fit(Summary, document)


def summary_document(summary: Summary) -> dict[str, Any]:
    """As JSON has it, without what is not known."""
    told = summary.model_dump(exclude_none=True, exclude_defaults=True)
    return {"version": summary.version} | told


def summary_json(summary: Summary) -> bytes:
    """The file, on one line."""
    return to_json(summary_document(summary))
