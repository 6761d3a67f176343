"""What broke its promise in one run, `constraint_violations.json`; each monitor has entries of its own."""

from collections.abc import Iterator
from typing import Annotated, Any

from pydantic import Discriminator, Tag

from leeboard.formats.part import Part


class ViolationExtension(Part):
    """What leeboard says of a violation beyond AWS's file.

    Attributes:
        hint: why, and what to do.
    """

    hint: str = ""


class BrokenPromise(Part):
    """What the entries of all monitors have; what was checked is the subclass's."""

    constraint_check_type: str
    description: str = ""
    leeboard: ViolationExtension | None = None

    @property
    def hint(self) -> str:
        """Why, and what to do; empty where nobody knows."""
        return self.leeboard.hint if self.leeboard else ""

    @property
    def subject(self) -> str:
        """What broke it, in words; empty for the whole data set."""
        return ""

    def members(self) -> Iterator[tuple[str, Any]]:
        """What was checked comes first, as in AWS's files."""
        common = BrokenPromise.model_fields
        return iter(sorted(super().members(), key=lambda member: member[0] in common))


class Violation(BrokenPromise):
    """Of data quality; `violation_texts` builds and parses the description.

    The feature name is empty for a violation of the whole data set.
    """

    feature_name: str = ""

    @property
    def subject(self) -> str:
        return self.feature_name


class MetricViolation(BrokenPromise):
    """Of model quality: a measure beyond its limit."""

    metric_name: str

    @property
    def subject(self) -> str:
        return self.metric_name


class BiasViolation(BrokenPromise):
    """Of bias: a measure about one group."""

    facet: str
    facet_value: str
    metric_name: str

    @property
    def subject(self) -> str:
        return f"{self.metric_name} of {self.facet} {self.facet_value}"


class AttributionViolation(BrokenPromise):
    """Of feature attribution: the ranks of one label's features."""

    label: str
    metric_name: str = "shap"

    @property
    def subject(self) -> str:
        return self.label


def _kind(entry: Any) -> str:
    def has(name: str) -> bool:
        return name in entry if isinstance(entry, dict) else hasattr(entry, name)

    if has("facet"):
        return "bias"
    return "attribution" if has("label") else "metric" if has("metric_name") else "column"


AnyViolation = Annotated[
    Annotated[Violation, Tag("column")]
    | Annotated[MetricViolation, Tag("metric")]
    | Annotated[BiasViolation, Tag("bias")]
    | Annotated[AttributionViolation, Tag("attribution")],
    Discriminator(_kind),
]


class Violations(Part):
    """The whole file, in no particular order; a clean run has an empty list."""

    version: int | float | str | None = None
    violations: list[AnyViolation]
