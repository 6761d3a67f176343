"""What an alarm must be to be kept."""

import math
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from leeboard.service.cloudwatch.queries import Query, read_queries
from leeboard.service.cloudwatch.refused import BadCombinationError, BadValueError, MissingParameterError
from leeboard.service.cloudwatch.standing import OPERATORS

MISSING = ("missing", "ignore", "breaching", "notBreaching")
ONE_METRIC = ("Namespace", "MetricName", "Dimensions", "Period", "Unit", "Statistic", "ExtendedStatistic")
NOT_HERE = {
    "EvaluationCriteria": "PromQL is not evaluated here",
    "ThresholdMetricId": "there are no bands of anomaly detection here",
}
WANTED = ("EvaluationPeriods", "ComparisonOperator", "Threshold")
LONGEST_S = int(timedelta(days=7).total_seconds())
LONGEST_OF_SHORT_S = int(timedelta(days=1).total_seconds())


def check_alarm(document: Mapping[str, Any]) -> None:
    """Raises RefusalError for an alarm that cannot be judged."""
    for name, why in NOT_HERE.items():
        if name in document:
            raise BadValueError(f"The parameter {name} cannot be used: {why}.")
    for name in WANTED:
        if name not in document:
            raise MissingParameterError(f"The parameter {name} is required.")
    _check_condition(document)
    queries = queries_of(document)
    if sum(each.is_returned for each in queries) != 1:
        raise BadValueError("Exactly one member of Metrics must have ReturnData true.")
    _check_length(period_of(queries), document["EvaluationPeriods"])


def _check_condition(document: Mapping[str, Any]) -> None:
    if document["ComparisonOperator"] not in OPERATORS:
        raise BadValueError(
            f"ComparisonOperator {document['ComparisonOperator']} needs a band of anomaly detection, "
            f"which is not computed here; known: {', '.join(OPERATORS)}"
        )
    if not math.isfinite(document["Threshold"]):
        raise BadValueError("The parameter Threshold must be a number.")
    if document.get("TreatMissingData", "missing") not in MISSING:
        raise BadValueError(f"The parameter TreatMissingData must be one of {', '.join(MISSING)}.")
    if document.get("DatapointsToAlarm", 1) > document["EvaluationPeriods"]:
        raise BadCombinationError("DatapointsToAlarm must not be greater than EvaluationPeriods.")
    zone = document.get("EvaluationWindow", {}).get("WallClockWindow", {}).get("Timezone", "UTC")
    if zone not in ("UTC", "Etc/UTC"):
        raise BadValueError(f"WallClockWindow has the time zone {zone!r}; alarms here keep to UTC.")


def _check_length(period_s: int, n_periods: int) -> None:
    longest = LONGEST_OF_SHORT_S if period_s < 3600 else LONGEST_S
    if period_s * n_periods > longest and (n_periods > 1 or period_s > LONGEST_S):
        raise BadCombinationError(
            f"EvaluationPeriods * Period is {period_s * n_periods} seconds; it must not exceed {longest}."
        )


def queries_of(document: Mapping[str, Any]) -> list[Query]:
    """The series that an alarm watches, as queries.

    Raises:
        RefusalError: there is none, or there are two ways to say which.
    """
    given = [name for name in ONE_METRIC if name in document]
    if "Metrics" in document:
        if given:
            raise BadCombinationError(f"The parameters Metrics and {given[0]} are mutually exclusive.")
        return read_queries(document["Metrics"])
    for name in ("Namespace", "MetricName", "Period"):
        if name not in document:
            raise MissingParameterError(f"The parameter {name} is required, or else Metrics.")
    statistic = document.get("Statistic") or document.get("ExtendedStatistic")
    if statistic is None or ("Statistic" in document and "ExtendedStatistic" in document):
        raise BadCombinationError("Either Statistic or ExtendedStatistic must be given.")
    metric = {name: document[name] for name in ("Namespace", "MetricName", "Dimensions") if name in document}
    stat = {"Metric": metric, "Period": document["Period"], "Stat": statistic}
    if "Unit" in document:
        stat["Unit"] = document["Unit"]
    return [Query.read({"Id": "m1", "MetricStat": stat})]


def period_of(queries: list[Query]) -> int:
    """In seconds; that of the longest, if several are computed with.

    Raises:
        BadValueError: none of the queries reads a metric.
    """
    periods = [each.period_s for each in queries if each.metric is not None]
    if not periods:
        raise BadValueError("One member of Metrics must have a MetricStat.")
    return max(periods)
