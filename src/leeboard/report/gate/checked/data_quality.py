"""Data quality: each promise of each column, the drift of each, and the columns as such."""

from collections.abc import Iterator
from typing import Any

from leeboard.compare.checks import CHECKS
from leeboard.compare.settings import ColumnSettings, settings_of
from leeboard.compare.type_match import NUMERIC_TYPES
from leeboard.formats.constraints import FeatureConstraints
from leeboard.formats.statistics import FeatureStatistics, Statistics
from leeboard.report.figures import completeness
from leeboard.report.findings import DRIFT, LABELS, NON_NEGATIVE, OF_COLUMNS
from leeboard.report.gate.checked import Checked, Looked
from leeboard.report.report import Report, SectionContent

OF_VALUES = frozenset({"data_type_check", "categorical_values_check", NON_NEGATIVE})
"""Checks that have nothing to look at in a column without values."""


def looks(report: Report, content: SectionContent) -> Iterator[Looked]:
    known, documents = content.baseline.constraints, content.documents
    statistics: Any = documents["statistics.json"]
    has_cells = {feature.name: _has_cells(feature, statistics) for feature in statistics.features}
    config = known.monitoring_config
    if config is None or config.evaluate_constraints != "Disabled":
        yield from (_looked(check, "") for check in OF_COLUMNS)
    for feature in known.features:
        settings = settings_of(known, feature, strict=report.strict)
        if not settings.is_evaluated or (settings.is_label and feature.name not in has_cells):
            continue
        for check in _promised(feature, settings):
            yield _looked(check, feature.name, _why_not(check, has_cells.get(feature.name)))
    yield from (_looked(DRIFT, score.feature_name) for score in content.details.drift)


def _has_cells(feature: FeatureStatistics, statistics: Statistics) -> bool:
    return completeness(feature, statistics.dataset.item_count) != 0


def _why_not(check: str, has_cells: bool | None) -> str:
    if has_cells is None:
        return "the column is not in the data"
    return "" if has_cells or check not in OF_VALUES else "the column has no values"


def _promised(feature: FeatureConstraints, settings: ColumnSettings) -> Iterator[str]:
    """The checks that the constraints ask for, as the checks themselves read them."""
    config, kind = settings.config, feature.inferred_type
    if feature.completeness is not None:
        yield "completeness_check"
    if settings.is_label:
        return
    if config.datatype_check_threshold is not None and kind not in (None, "Unknown"):
        yield "data_type_check"
    texts, numbers = feature.string_constraints, feature.num_constraints
    is_listed = texts is not None and texts.domains is not None
    if is_listed and config.domain_threshold is not None and kind in ("String", None):
        yield "categorical_values_check"
    is_bound = numbers is not None and numbers.is_non_negative
    if is_bound and kind in (*NUMERIC_TYPES, None) and not settings.is_strict:
        yield NON_NEGATIVE


def _looked(check: str, subject: str, why_not: str = "") -> Looked:
    return Looked(
        check=check, subject=subject, label=LABELS[check], names=frozenset({check}), why_not=why_not
    )


ENTRY = Checked("data-quality", looks, CHECKS.names)
