"""What a dashboard needs of one window: `summary.json`, beside the result files of a monitoring job.

Per-feature numbers are columns, as a reader takes hundreds of windows at once.
"""

from pydantic import Field

from leeboard.formats.part import Part

MOST_VIOLATIONS = 200
MOST_SAMPLES = 20


class FeatureColumns(Part):
    """One entry a feature in each list, in the order of `name`; None where there is no such number."""

    name: list[str] = Field(default_factory=list)
    type: list[str | None] = Field(default_factory=list)
    n_present: list[int | None] = Field(default_factory=list)
    n_missing: list[int | None] = Field(default_factory=list)
    completeness: list[float | None] = Field(default_factory=list)
    distance: list[float | None] = Field(default_factory=list)
    limit: list[float | None] = Field(default_factory=list)
    test: list[str | None] = Field(default_factory=list)
    is_drifted: list[bool | None] = Field(default_factory=list)
    n_violations: list[int] = Field(default_factory=list)
    mean: list[float | None] = Field(default_factory=list)
    std_dev: list[float | None] = Field(default_factory=list)
    minimum: list[float | None] = Field(default_factory=list)
    maximum: list[float | None] = Field(default_factory=list)
    n_distinct: list[float | None] = Field(default_factory=list)


class MeasureSummary(Part):
    """One measure of model quality.

    `low` and `high` bound its interval where there is one; `operator` says on which side of `limit` is bad.
    """

    name: str
    value: float | None = None
    deviation: float | None = None
    low: float | None = None
    high: float | None = None
    baseline: float | None = None
    limit: float | None = None
    operator: str | None = None
    is_broken: bool = False


class BiasSummary(Part):
    """One measure of bias of one group."""

    facet: str
    group: str
    metric: str
    stage: str
    value: float | None = None
    low: float | None = None
    high: float | None = None
    baseline: float | None = None
    baseline_low: float | None = None
    baseline_high: float | None = None
    is_broken: bool = False


class AttributionSummary(Part):
    """One feature's mean attribution, and its ranks, 1 for the largest."""

    label: str
    feature: str
    value: float | None = None
    rank: int | None = None
    baseline: float | None = None
    baseline_rank: int | None = None


class ScoreSummary(Part):
    """How like the baseline's the order of attributions is (NDCG, in [0, 1]), for one label."""

    label: str
    ndcg: float | None = None
    limit: float | None = None
    is_broken: bool = False


class SeenViolation(Part):
    """One broken promise, and why it matters."""

    monitor: str
    check: str
    subject: str
    description: str
    promised: str | None = None
    seen: str | None = None
    hint: str | None = None
    effect: float | None = None


class MalformedSample(Part):
    """One of the first records that could not be read."""

    place: str
    reason: str
    text: str | None = None


class MergeSummary(Part):
    """What became of the records of a window that were joined with labels."""

    n_requests: int | None = None
    n_matched: int | None = None
    n_waiting: int | None = None


class Summary(Part):
    """One window in brief.

    `violations` are the most effective first, at most `MOST_VIOLATIONS`; `n_violations` counts all.
    """

    version: int = 1
    monitors: list[str] = Field(default_factory=list)
    n_rows: int | None = None
    n_records: int | None = None
    n_malformed: int = 0
    n_violations: int = 0
    elapsed_s: float | None = None
    features: FeatureColumns = Field(default_factory=FeatureColumns)
    measures: list[MeasureSummary] = Field(default_factory=list)
    bias: list[BiasSummary] = Field(default_factory=list)
    attributions: list[AttributionSummary] = Field(default_factory=list)
    scores: list[ScoreSummary] = Field(default_factory=list)
    violations: list[SeenViolation] = Field(default_factory=list)
    malformed: list[MalformedSample] = Field(default_factory=list)
    merge: MergeSummary | None = None
    notes: list[str] = Field(default_factory=list)
