"""What the jobs of an execution read, and the command that does the same on another machine."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from shlex import quote
from typing import Any

from leeboard.service.monitor_types import MODEL_QUALITY, MONITOR_TYPES, MonitorType
from leeboard.storage.layout import hour_in

KINDS = {
    "baseline": "baseline statistics",
    "constraints": "baseline constraints",
    "analysis_config": "analysis configuration",
    "pre_processor_script": "preprocessing script",
    "post_processor_script": "postprocessing script",
}
OPTIONS = {
    "features_attribute": "--features-path",
    "probability_attribute": "--probability",
    "probability_threshold_attribute": "--probability-threshold",
    "problem_type": "--problem-type",
    "ground_truth_attribute": "--label",
    "positive_label": "--positive-label",
    "leeboard_target_model": "--target-model",
    "leeboard_confidence": "--confidence",
}
"""Options of `leeboard check` by the variable that tells a job the same."""
MODEL_URL = "http://127.0.0.1:8080/invocations"


@dataclass(frozen=True, slots=True)
class Input:
    """Files that a job read.

    Attributes:
        kind: in words.
        hour: whose folder it is, where it is one.
    """

    kind: str
    uri: str
    hour: datetime | None


def inputs_of(merge: Mapping[str, Any], analysis: Mapping[str, Any]) -> Iterator[Input]:
    """Records and labels first, then what they were held against."""
    has_merge = bool(merge)
    yield from _inputs(merge, is_merge=True, has_merge=True)
    yield from _inputs(analysis, is_merge=False, has_merge=has_merge)


def _inputs(request: Mapping[str, Any], *, is_merge: bool, has_merge: bool) -> Iterator[Input]:
    for name, uri in _uris(request):
        if name.startswith("groundtruth"):
            kind = "labels"
        elif kind := KINDS.get(name, ""):
            yield Input(kind, uri, None)
            continue
        else:
            kind = "merged records" if has_merge and not is_merge else "captured records"
        yield Input(kind, uri, hour_in(uri))


def _uris(request: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for given in request.get("ProcessingInputs") or []:
        if uri := (given.get("S3Input") or {}).get("S3Uri"):
            yield str(given.get("InputName", "")), str(uri)


def results_of(request: Mapping[str, Any]) -> str | None:
    """The folder that an analysis writes to."""
    outputs = (request.get("ProcessingOutputConfig") or {}).get("Outputs") or [{}]
    uri = (outputs[0].get("S3Output") or {}).get("S3Uri")
    return str(uri) if uri else None


def command_of(monitoring_type: str, request: Mapping[str, Any]) -> str:
    """`leeboard check` with what the analysis was asked; "" if it cannot be said in one command."""
    named = dict(_uris(request))
    data = [uri for name, uri in _uris(request) if name not in KINDS and not name.startswith("groundtruth")]
    if not data or "constraints" not in named or monitoring_type not in MONITOR_TYPES:
        return ""
    parts = [" ".join(["leeboard run -- leeboard check", *map(quote, data)])]
    parts += [f"{option} {quote(value)}" for option, value in _options(monitoring_type, request, named)]
    return " \\\n  ".join([*parts, "--out results"])


def _options(
    monitoring_type: str, request: Mapping[str, Any], named: Mapping[str, str]
) -> Iterator[tuple[str, str]]:
    told: Mapping[str, str] = request.get("Environment") or {}
    kind = MONITOR_TYPES[monitoring_type]
    yield "--monitor", kind.monitor
    yield "--baseline", named["constraints"]
    if uri := named.get("baseline"):
        yield "--statistics", uri
    if not kind.has_config:
        yield from _reading(told, kind)
    for variable, option in (("start_time", "--start"), ("end_time", "--end")):
        if variable in told:
            yield option, told[variable]
    if uri := named.get("analysis_config"):
        yield "--config", uri
        yield "--model-url", MODEL_URL
    scripts = {"pre_processor_script": "--preprocess", "post_processor_script": "--postprocess"}
    for name, option in scripts.items():
        if uri := named.get(name):
            yield option, uri
    if told.get("leeboard_compat") == "strict":
        yield "--compat", "strict"


def _reading(told: Mapping[str, str], kind: MonitorType) -> Iterator[tuple[str, str]]:
    yield from ((option, told[variable]) for variable, option in OPTIONS.items() if told.get(variable))
    if where := told.get("inference_attribute"):
        yield ("--prediction" if kind is MODEL_QUALITY else "--outputs-path"), where
    for column in filter(None, told.get("exclude_features_attribute", "").split(",")):
        yield "--exclude", column
    if position := _position(told.get("dataset_format", "")):
        yield "--output-columns-position", position


def _position(dataset_format: str) -> str:
    """Where the outputs stand, if not where they stand by default."""
    try:
        given = json.loads(dataset_format or "{}")
    except ValueError:
        return ""
    found = next(iter(given.values()), None) if isinstance(given, dict) else None
    position = str(found.get("outputColumnsPosition", "")) if isinstance(found, dict) else ""
    return position if position == "END" else ""
