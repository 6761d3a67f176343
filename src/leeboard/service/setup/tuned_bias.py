"""Tuning of bias: the values that a window must not be worse than, and how sure that has to be."""

from collections.abc import Iterator
from typing import Any

from leeboard.formats.reading import read_analysis
from leeboard.service.setup.tunable import FILE, Documents, Judged, Row, Setting, Tunable, get, put, written

STAGES = {
    "post_training_bias_metrics": "of the model's answers",
    "pre_training_bias_metrics": "of the data",
}
CONFIDENCE = ("leeboard", "bias", "confidence")
CHECK = "bias_drift_check"


def rows(documents: Documents) -> list[Row]:
    """The confidence, then each measure of each group."""
    own = Setting(
        "confidence", "Sureness that it is worse", "share", get(documents.config, *CONFIDENCE),
        "whatever is worse at all counts",
        hint="0.999: a measure counts only if chance explains the change in less than 1 of 1,000 windows",
    )  # fmt: skip
    found = []
    for subject, stage, entry in _entries(documents.constraints):
        value = entry.get("value")
        limit = Setting("limit", "No worse than", "number", _number(value), "not compared")
        found.append(Row(subject, (limit,), group=STAGES[stage]))
    return [Row(FILE, (own,)), *found]


def _number(value: Any) -> float | None:
    return float(value) if isinstance(value, (int, float)) else None


def subject_of(facet: str, group: str, metric: str) -> str:
    """One measure of one group, as a name."""
    return f"{facet} {group}: {metric}"


def _entries(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for stage in STAGES:
        for facet, groups in (get(document, stage, "facets") or {}).items():
            for group in groups:
                for entry in group.get("metrics") or []:
                    yield subject_of(facet, str(group["value_or_threshold"]), entry["name"]), stage, entry


def change(documents: Documents, subject: str, key: str, value: Any) -> None:
    """Set one value; its interval was that of the old one, and goes."""
    value = None if value in ("", None) else value
    if subject == FILE:
        put(documents.config, CONFIDENCE, value)
        return
    for name, _, entry in _entries(documents.constraints):
        if name == subject:
            entry["value"] = value
            entry.pop("leeboard", None)


def judge(documents: Documents, content: bytes, uri: str) -> Judged:
    """A window by its analysis."""
    from leeboard.measures.bias.comparison import compare

    baseline = read_analysis(written(documents.constraints), documents.constraints_uri)
    findings = _findings(read_analysis(content, uri))
    confidence = None if documents.is_strict else get(documents.config, *CONFIDENCE)
    found = compare(findings, baseline, confidence=confidence, is_strict=documents.is_strict)
    named = {
        subject_of(one.group.facet, one.group.text, one.measure.name): one.measured.value
        for one in found.judged
    }
    broken = frozenset(
        (subject_of(one.group.facet, one.group.text, one.measure.name), CHECK) for one in found.worse
    )
    return Judged(broken, {name: value for name, value in named.items() if value is not None})


def _findings(analysis: Any) -> Any:
    """What was measured, as its file has it; the rows behind it are not asked for."""
    from leeboard.measures.bias.measures import MEASURES
    from leeboard.measures.bias.results import Findings, Group, Measured

    measured: dict[tuple[str, str], list[Any]] = {}
    label = positive = ""
    for stage in STAGES:
        told = getattr(analysis, stage)
        if told is None:
            continue
        label, positive = told.label, told.label_value_or_threshold
        for facet, groups in told.facets.items():
            for group in groups:
                for one in group.metrics:
                    own = one.leeboard
                    ends = (own.low, own.high) if own else (None, None)
                    measured.setdefault((facet, group.value_or_threshold), []).append(
                        Measured(MEASURES[one.name], one.number, one.error, *ends)
                    )
    nothing: Any = None
    groups = tuple(Group(facet, text, tuple(ms), nothing) for (facet, text), ms in measured.items())
    return Findings(label, positive, groups, has_predictions=True)


TUNABLE = Tunable(
    "ModelBias",
    "measure",
    (("limit", "No worse than"),),
    "analysis.json",
    "every measure of every group, with the intervals that each window's file has",
    rows,
    change,
    judge,
)
