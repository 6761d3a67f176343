"""Queries of GetMetricData and of alarms: series of metrics, and expressions over them."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

from leeboard.service.cloudwatch.periods import Metric, check_period
from leeboard.service.cloudwatch.points import checked_dimensions
from leeboard.service.cloudwatch.refused import BadCombinationError
from leeboard.service.cloudwatch.statistic import Statistic
from leeboard.service.refusals import InvalidRequestError

MOST = 500
_ID = re.compile(r"[a-z]\w*", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """One series to be had: of a metric, or of an expression.

    Attributes:
        label: what the answer calls it.
        is_returned: whether the answer has it; else it is there for expressions only.
    """

    id: str
    label: str
    is_returned: bool = True
    metric: Metric | None = None
    statistic: Statistic | None = None
    period_s: int = 0
    expression: str | None = None

    @classmethod
    def read(cls, given: Mapping[str, Any]) -> Self:
        """Raises RefusalError for one that cannot be."""
        name, stat, expression = given["Id"], given.get("MetricStat"), given.get("Expression")
        if not _ID.fullmatch(name):
            raise InvalidRequestError(
                f"The value {name!r} for parameter Id must begin with a small letter and hold letters, "
                "digits and underscores."
            )
        if (stat is None) == (expression is None):
            raise BadCombinationError(f"Query {name} must have either MetricStat or Expression.")
        shown = given.get("ReturnData", True)
        if stat is None:
            return cls(id=name, label=given.get("Label", name), is_returned=shown, expression=expression)
        metric = _metric(stat, name)
        check_period(stat["Period"])
        return cls(
            id=name,
            label=given.get("Label", metric.name),
            is_returned=shown,
            metric=metric,
            statistic=Statistic.read(stat["Stat"]),
            period_s=stat["Period"],
        )


def _metric(stat: Mapping[str, Any], name: str) -> Metric:
    given = stat["Metric"]
    if "Namespace" not in given or "MetricName" not in given:
        raise InvalidRequestError(f"Query {name} must have Namespace and MetricName in MetricStat.Metric.")
    dimensions = checked_dimensions(given.get("Dimensions", []), f"{name}.MetricStat.Metric")
    return Metric(given["Namespace"], given["MetricName"], dimensions, stat.get("Unit"))


def read_queries(given: Sequence[Mapping[str, Any]]) -> list[Query]:
    """All queries of a request.

    Raises:
        RefusalError: one of them cannot be, or two have one id.
    """
    if not 1 <= len(given) <= MOST:
        raise InvalidRequestError(f"MetricDataQueries must have 1 to {MOST} members, and {len(given)} came.")
    queries = [Query.read(each) for each in given]
    ids = [each.id for each in queries]
    if len(set(ids)) < len(ids):
        raise InvalidRequestError("The values for parameter Id in MetricDataQueries must differ.")
    return queries
