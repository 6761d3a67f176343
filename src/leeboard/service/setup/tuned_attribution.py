"""Tuning of attribution: how much the order and the shares of the features may change."""

from typing import Any

from leeboard.formats.reading import read_analysis
from leeboard.service.setup.tunable import FILE, Documents, Judged, Row, Setting, Tunable, get, put, written

PLACE = ("leeboard", "attribution")
CHECK = "feature_attribution_drift_check"


def rows(documents: Documents) -> list[Row]:
    """Settings of the analysis configuration; the baseline's attributions are not edited."""
    told = get(documents.config, *PLACE) or {}
    settings = (
        Setting(
            "threshold", "Likeness of the order, at least", "share", told.get("threshold"), "0.9",
            hint="NDCG: 1 is the same order of the features as in the baseline",
        ),
        Setting(
            "max_relative_change", "Change of the shares, at most", "share",
            told.get("max_relative_change"), "not checked",
            hint="the part of all attribution that went from some features to others",
        ),
    )  # fmt: skip
    return [Row(FILE, settings)]


def change(documents: Documents, subject: str, key: str, value: Any) -> None:
    """Set one limit."""
    put(documents.config, (*PLACE, key), None if value in ("", None) else value)


def judge(documents: Documents, content: bytes, uri: str) -> Judged:
    """A window by its analysis."""
    from leeboard.measures.attribution.outcome import compared_analyses
    from leeboard.measures.attribution.ranks import THRESHOLD

    told = {} if documents.is_strict else get(documents.config, *PLACE) or {}
    least, most = told.get("threshold") or THRESHOLD, told.get("max_relative_change")
    baseline = read_analysis(written(documents.constraints), documents.constraints_uri)
    broken, values = set(), {}
    for one in compared_analyses(baseline, read_analysis(content, uri)):
        if one.ndcg is not None:
            values[one.label] = one.ndcg
        is_other = most is not None and one.relative_change is not None and one.relative_change > most
        if is_other or (one.ndcg is not None and one.ndcg < least):
            broken.add((one.label, CHECK))
    return Judged(frozenset(broken), values)


TUNABLE = Tunable(
    "ModelExplainability",
    "label",
    (),
    "analysis.json",
    "the order and the shares of the attributions that each window's file has",
    rows,
    change,
    judge,
)
