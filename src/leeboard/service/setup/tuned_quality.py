"""Tuning of model quality: the limit of each measure."""

from typing import Any

from leeboard.formats.model_quality import CAMEL_CASE
from leeboard.formats.reading import read_quality_constraints, read_quality_statistics
from leeboard.service.setup.tunable import FILE, Documents, Judged, Row, Setting, Tunable, put, written

GROUPS = (
    "binary_classification_constraints",
    "multiclass_classification_constraints",
    "regression_constraints",
)
SIDES = {"LessThanThreshold": "not below", "GreaterThanThreshold": "not above"}
SHORT = {long: short for short, long in CAMEL_CASE.items()}
SLACK = 0.05


def _group(document: dict[str, Any]) -> str:
    return next((name for name in GROUPS if document.get(name)), GROUPS[0])


def rows(documents: Documents) -> list[Row]:
    """The confidence of all limits, then each measure."""
    document = documents.constraints
    confidence = (document.get("leeboard") or {}).get("confidence")
    own = Setting(
        "confidence", "Sureness that it is worse", "share", confidence, "the value alone decides",
        hint="0.95: a window breaks a limit only if chance explains it in less than 5 of 100 windows",
    )  # fmt: skip
    limits = document.get(_group(document)) or {}
    return [Row(FILE, (own,)), *(_row(name, told) for name, told in limits.items())]


def _row(name: str, told: dict[str, Any]) -> Row:
    side = SIDES.get(told.get("comparison_operator", ""), "")
    limit = Setting("limit", "Limit", "number", _number(told.get("threshold")), "not checked", hint=side)
    return Row(name, (limit,), group=side)


def _number(value: Any) -> float | None:
    return None if value is None else float(value)


def change(documents: Documents, subject: str, key: str, value: Any) -> None:
    """Set one limit; an empty one is not checked any more."""
    value = None if value in ("", None) else value
    if subject == FILE:
        put(documents.constraints, ("leeboard", key), value)
        return
    limits = documents.constraints[_group(documents.constraints)]
    if value is None:
        limits.pop(subject, None)
    else:
        limits[subject]["threshold"] = value


def judge(documents: Documents, content: bytes, uri: str) -> Judged:
    """A window by its measures."""
    from leeboard.monitors.model_quality import Comparison, QualityBaseline

    constraints = read_quality_constraints(written(documents.constraints), documents.constraints_uri)
    statistics = read_quality_statistics(content, uri)
    told = constraints.leeboard.confidence if constraints.leeboard and not documents.is_strict else None
    found = Comparison(QualityBaseline(constraints), statistics, documents.is_strict, told)
    broken = frozenset(
        (SHORT.get(one.metric_name, one.metric_name), one.constraint_check_type) for one in found.violations()
    )
    values = {name: one.value for name, one in statistics.metrics.measured().items()}
    return Judged(broken, values)


def suggest(values: list[float], row: Row) -> float | None:
    """The worst value of calm windows, and a twentieth of it beyond."""
    finite = [value for value in values if value == value]
    if not finite:
        return None
    is_floor = row.group == SIDES["LessThanThreshold"]
    worst = min(finite) if is_floor else max(finite)
    return round(worst - abs(worst) * SLACK if is_floor else worst + abs(worst) * SLACK, 4)


TUNABLE = Tunable(
    "ModelQuality",
    "measure",
    (("limit", "Limit"),),
    "statistics.json",
    "every limit, held against the measures that each window's file has",
    rows,
    change,
    judge,
    "limit",
    suggest,
)
