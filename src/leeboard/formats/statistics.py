"""The statistics of a data set, `statistics.json`."""

from pydantic import Field

from leeboard.formats.part import ColumnType, Part, Share, Version


class Dataset(Part):
    """The data set as a whole."""

    item_count: int


class Common(Part):
    """How many cells of a column hold something."""

    num_present: int
    num_missing: int


class Bucket(Part):
    """A bar of a histogram: lower bound included, upper bound not, except in the last bar."""

    lower_bound: float
    upper_bound: float
    count: float


class SketchParameters(Part):
    """Shape of a KLL sketch: how fast its levels shrink, and the size of the largest."""

    c: float = 0.64
    k: float = 2048.0


class Sketch(Part):
    """The levels of a KLL sketch; a value in level i stands for 2**i cells. Not sorted."""

    parameters: SketchParameters = Field(default_factory=SketchParameters)
    data: list[list[float]] = Field(default_factory=list)


class Kll(Part):
    """A numeric distribution, as a histogram and as a sketch."""

    buckets: list[Bucket] = Field(default_factory=list)
    sketch: Sketch = Field(default_factory=Sketch)


class NumericalDistribution(Part):
    """How the numbers of a column are spread."""

    kll: Kll = Field(default_factory=Kll)


class NumericalStatistics(Part):
    """The numbers of one column; the deviation is that of the population."""

    common: Common
    mean: float
    sum: float
    std_dev: float
    min: float
    max: float
    distribution: NumericalDistribution = Field(default_factory=NumericalDistribution)


class ValueCount(Part):
    """How often a value occurs; the value is text, also for numbers."""

    value: str
    count: int


class Categorical(Part):
    """Values and their counts; AWS and leeboard list only so many."""

    buckets: list[ValueCount] = Field(default_factory=list)


class StringDistribution(Part):
    """How the texts of a column are spread."""

    categorical: Categorical = Field(default_factory=Categorical)


class StringStatistics(Part):
    """The texts of one column."""

    common: Common
    distinct_count: float
    distribution: StringDistribution = Field(default_factory=StringDistribution)


class TypeCounts(Part):
    """Present cells by what they look like."""

    integral: int = 0
    fractional: int = 0
    boolean: int = 0
    string: int = 0


class FeatureExtension(Part):
    """What leeboard knows of a column beyond AWS's file.

    Attributes:
        type_counts: present cells by class.
        values: all values of a numeric column that has few of them; of a string column more of the
            most frequent ones than the buckets list.
        other_count: present cells whose value is in neither list.
        count_error: a listed count may be too low by at most this.
        rank_error: how far a quantile of the sketch may be off, as a share of the cells.
    """

    type_counts: TypeCounts | None = None
    values: list[ValueCount] | None = None
    other_count: int | None = None
    count_error: int | None = None
    rank_error: Share | None = None


class FeatureStatistics(Part):
    """The statistics of one column; a column of unknown type has neither numbers nor texts."""

    name: str
    inferred_type: ColumnType
    numerical_statistics: NumericalStatistics | None = None
    string_statistics: StringStatistics | None = None
    leeboard: FeatureExtension | None = None


class Statistics(Part):
    """The whole file: one entry a column, in column order."""

    version: Version
    dataset: Dataset
    features: list[FeatureStatistics]
