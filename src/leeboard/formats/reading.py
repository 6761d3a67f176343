"""JSON text to the models of files and records, and back."""

from collections import Counter
from typing import Any, TypeVar

from leeboard.errors import FormatError
from leeboard.formats import kinds
from leeboard.formats.analysis import AnalysisResult
from leeboard.formats.analysis_config import AnalysisConfig
from leeboard.formats.constraints import Constraints
from leeboard.formats.manifest import Manifest
from leeboard.formats.model_quality import QualityConstraints, QualityStatistics
from leeboard.formats.part import Part
from leeboard.formats.source import Source, shown
from leeboard.formats.statistics import Statistics
from leeboard.formats.violations import Violations
from leeboard.formats.writing import to_json, to_json_line

__all__ = [
    "read_analysis",
    "read_analysis_config",
    "read_any",
    "read_constraints",
    "read_manifest",
    "read_quality_constraints",
    "read_quality_statistics",
    "read_record",
    "read_statistics",
    "read_violations",
    "to_json",
    "to_json_line",
]

R = TypeVar("R", bound=Part)


def read_statistics(text: str | bytes, uri: str = "") -> Statistics:
    """A statistics file; the URI is for messages only."""
    source = Source(uri)
    return source.fit(Statistics, _document(source, text, kinds.STATISTICS))


def read_constraints(text: str | bytes, uri: str = "") -> Constraints:
    """A constraints file; the URI is for messages only."""
    source = Source(uri)
    read = source.fit(Constraints, _document(source, text, kinds.CONSTRAINTS))
    twice = [name for name, n in Counter(feature.name for feature in read.features).items() if n > 1]
    if twice:
        names = ", ".join(map(repr, twice))
        raise source.error(f"features named {names} stand there more than once; keep one of each")
    return read


def read_violations(text: str | bytes, uri: str = "") -> Violations:
    """A violations file; the URI is for messages only."""
    source = Source(uri)
    return source.fit(Violations, _document(source, text, kinds.VIOLATIONS))


def read_analysis(text: str | bytes, uri: str = "") -> AnalysisResult:
    """What a bias or explainability analysis found; the URI is for messages only."""
    source = Source(uri)
    return source.fit(AnalysisResult, _document(source, text, kinds.ANALYSIS))


def read_analysis_config(text: str | bytes, uri: str = "") -> AnalysisConfig:
    """What such an analysis is to do; no single key of it must be there."""
    source = Source(uri)
    document = _parse_file(source, text)
    kind = kinds.kind_of(document)
    if not isinstance(document, dict) or kind not in (None, kinds.ANALYSIS_CONFIG):
        raise _wrong_kind(source, kind, document, f"a {kinds.ANALYSIS_CONFIG}")
    return source.fit(AnalysisConfig, document)


def read_quality_statistics(text: str | bytes, uri: str = "") -> QualityStatistics:
    """The measures of a model's quality; the URI is for messages only."""
    source = Source(uri)
    return source.fit(QualityStatistics, _document(source, text, kinds.QUALITY_STATISTICS))


def read_quality_constraints(text: str | bytes, uri: str = "") -> QualityConstraints:
    """The limits on a model's quality; the URI is for messages only."""
    source = Source(uri)
    return source.fit(QualityConstraints, _document(source, text, kinds.QUALITY_CONSTRAINTS))


def read_manifest(text: str | bytes, uri: str = "") -> Manifest:
    """The index of a batch transform capture; the URI is for messages only."""
    source = Source(uri)
    prefix, *names = _document(source, text, kinds.MANIFEST)
    return source.fit(Manifest, {**prefix, "names": names})


def read_record(model: type[R], text: str | bytes, uri: str = "", line: int | None = None) -> R:
    """One line of a file of records; URI and line number are for messages only."""
    source = Source(uri, line)
    return source.fit(model, source.parse(text))


READABLE: dict[str, type[Part]] = {
    kinds.STATISTICS: Statistics,
    kinds.CONSTRAINTS: Constraints,
    kinds.VIOLATIONS: Violations,
    kinds.QUALITY_STATISTICS: QualityStatistics,
    kinds.QUALITY_CONSTRAINTS: QualityConstraints,
    kinds.ANALYSIS: AnalysisResult,
}


def read_any(text: str | bytes, uri: str = "") -> Part:
    """A result file of any monitor, whichever it is."""
    source = Source(uri)
    document = _parse_file(source, text)
    kind = kinds.kind_of(document)
    if kind not in READABLE:
        raise _wrong_kind(source, kind, document, "a statistics, constraints, violations or analysis file")
    return source.fit(READABLE[kind], document)


def _document(source: Source, text: str | bytes, expected: str) -> Any:
    document = _parse_file(source, text)
    kind = kinds.kind_of(document)
    if kind != expected:
        raise _wrong_kind(source, kind, document, f"a {expected}")
    return document


def _wrong_kind(source: Source, kind: str | None, document: Any, expected: str) -> FormatError:
    if kind is not None:
        return source.error(f"a {kind}; expected {expected}")
    if isinstance(document, dict):
        keys = ", ".join(document) or "no keys"
        return source.error(f"an object with {keys}; expected {expected}")
    return source.error(f"{shown(document)}; expected {expected}")


def _parse_file(source: Source, text: str | bytes) -> Any:
    try:
        return source.parse(text)
    except FormatError:
        kind = _kind_of_first_line(text)
        if kind is None:
            raise
        raise source.error(f"a {kind} on each line; expected one JSON document") from None


def _kind_of_first_line(text: str | bytes) -> str | None:
    raw = text.encode() if isinstance(text, str) else text
    try:
        return kinds.kind_of(Source().parse(raw.lstrip().split(b"\n", 1)[0]))
    except FormatError:
        return None
