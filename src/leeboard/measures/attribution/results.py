"""Attributions as the parts of `analysis.json`, and as the files beside it."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import polars as pl

from leeboard.formats.analysis import AnalysisResult, Explanations, KernelShap, PartialDependence
from leeboard.measures.attribution.explaining import Explained, located
from leeboard.measures.attribution.partial_dependence import Dependence
from leeboard.measures.attribution.settings import AttributionSettings
from leeboard.measures.attribution.text_game import top_units

OWN = "leeboard"
"""Key of what we add to AWS's objects."""
ROWS_AT_ONCE = 5_000


def labels_of(n_outputs: int, label_headers: Sequence[str]) -> list[str]:
    """Names of the outputs: those given if their number is right, else `label0` and so on."""
    return list(label_headers) if len(label_headers) == n_outputs else [f"label{i}" for i in range(n_outputs)]


def wanted_features(found: Explained, settings: AttributionSettings) -> list[str]:
    """The features whose values are told, in the order of the data."""
    names = found.rows.columns
    if settings.features_to_explain is None:
        return names
    chosen = set(located(settings.features_to_explain, names))
    return [name for name in names if name in chosen]


def to_analysis(found: Explained, settings: AttributionSettings, *, is_strict: bool) -> AnalysisResult:
    """The whole file; in strict mode without what AWS does not write."""
    explanation = found.explanation
    labels = labels_of(explanation.n_outputs, settings.label_headers)
    shap = {label: _kernel_shap(found, settings, i, is_strict) for i, label in enumerate(labels)}
    explanations: dict[str, Any] = {"kernel_shap": shap}
    if found.dependences:
        explanations["pdp"] = [_curve(curve) for curve in found.dependences]
    members: dict[str, Any] = {"version": "1.0", "explanations": Explanations(**explanations)}
    if not is_strict:
        members[OWN] = {"attribution": _made_with(found, settings)}
    return AnalysisResult(**members)


def _kernel_shap(found: Explained, settings: AttributionSettings, output: int, is_strict: bool) -> KernelShap:
    explanation = found.explanation
    overall = explanation.overall(settings.aggregation)[:, output].tolist()
    by_name = dict(zip(explanation.features, overall, strict=True))
    members: dict[str, Any] = {
        "global_shap_values": {name: by_name[name] for name in wanted_features(found, settings)},
        "expected_value": float(explanation.expected[output]),
    }
    if explanation.units and settings.text is not None and not is_strict:
        n_most = settings.text.max_top_units
        tops = {name: top_units(values, output, n_most) for name, values in explanation.units.items()}
        members[OWN] = {"top_units": tops}
    return KernelShap(**members)


def _curve(curve: Dependence) -> PartialDependence:
    return PartialDependence(
        feature_name=curve.feature,
        data_type="numerical" if curve.is_numeric else "categorical",
        feature_values=list(curve.values),
        model_predictions=curve.answers.T.tolist(),
        data_distribution=list(curve.shares),
    )


def _made_with(found: Explained, settings: AttributionSettings) -> dict[str, Any]:
    """What other attributions must be made with, so that they can be compared with these."""
    made: dict[str, Any] = {
        "aggregation": settings.aggregation,
        "use_logit": settings.use_logit,
        "rows": found.rows.height,
    }
    if found.is_computed:
        made["background"] = {
            "columns": found.background.columns,
            "rows": [list(row) for row in found.background.rows()],
        }
    return made


def background_of(analysis: AnalysisResult) -> pl.DataFrame | None:
    """The computed background of a baseline that leeboard made; None for every other."""
    kept = _own(analysis).get("background")
    if kept is None:
        return None
    return pl.DataFrame(kept["rows"], schema=kept["columns"], orient="row", infer_schema_length=None)


def differences(analysis: AnalysisResult, settings: AttributionSettings) -> list[str]:
    """In which ways a baseline was made otherwise than these settings would make it."""
    own = _own(analysis)
    now = {"aggregation": settings.aggregation, "use_logit": settings.use_logit}
    return [
        f"the baseline's attributions were made with {name} {own[name]}, those of now with {value}"
        for name, value in now.items()
        if name in own and own[name] != value
    ]


def _own(analysis: AnalysisResult) -> Mapping[str, Any]:
    own = (analysis.model_extra or {}).get(OWN)
    found = own.get("attribution") if isinstance(own, dict) else None
    return found if isinstance(found, dict) else {}


def local_values(found: Explained, settings: AttributionSettings) -> Iterator[str]:
    """`out.csv`: a column a feature and label, a line a row, in the order of the rows."""
    names = wanted_features(found, settings)
    places = [found.rows.columns.index(name) for name in names]
    labels = labels_of(found.explanation.n_outputs, settings.label_headers)
    header = [f"{name}_{label}" for label in labels for name in names]
    local = found.explanation.local[:, places, :].transpose(0, 2, 1).reshape(found.rows.height, len(header))
    yield pl.DataFrame({str(i): [name] for i, name in enumerate(header)}).write_csv(include_header=False)
    for start in range(0, len(local), ROWS_AT_ONCE):
        yield pl.DataFrame(local[start : start + ROWS_AT_ONCE]).write_csv(include_header=False)


def local_units(found: Explained) -> Iterator[str]:
    """`out.jsonl`: a line a row, each unit of its texts with what it adds to each label."""
    units = found.explanation.units
    for row in range(found.rows.height):
        explanations = [_units_of(name, values[row]) for name, values in units.items()]
        yield json.dumps({"explanations": explanations}, ensure_ascii=False) + "\n"


def _units_of(name: str, values: Any) -> dict[str, Any]:
    return {
        "feature_name": name,
        "data_type": "free_text",
        "attributions": [
            {"attribution": value, "description": {"partial_text": unit, "start_idx": start}}
            for unit, start, value in zip(values.units, values.starts, values.values.tolist(), strict=True)
        ],
    }


def background_file(found: Explained) -> str:
    """`baseline.csv`: without a header, so that it can be given as a background again."""
    return found.background.write_csv(include_header=False)
