"""Numbers for a metric store, as a container writes them: one JSON object a line."""

from leeboard.formats.part import Part


class Dimension(Part):
    """One coordinate of a metric, such as the endpoint."""

    Name: str
    Value: str


class StatisticSet(Part):
    """Several observations in one."""

    SampleCount: float
    Sum: float
    Minimum: float
    Maximum: float


class EmittedMetric(Part):
    """One number, or several observations in one; the platform adds the namespace."""

    MetricName: str
    Timestamp: str | None = None
    Dimensions: list[Dimension] | None = None
    Value: float | None = None
    StatisticValues: StatisticSet | None = None
    Unit: str | None = None
