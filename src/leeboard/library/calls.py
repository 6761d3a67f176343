"""The calls of the library."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import is_dataclass
from datetime import datetime
from os import PathLike, fspath
from typing import Any

from leeboard.clock import now
from leeboard.errors import InputError
from leeboard.formats.analysis_config import AnalysisConfig
from leeboard.formats.source import Source
from leeboard.jobs.asking import Question
from leeboard.jobs.baselines import read_baseline
from leeboard.jobs.models.callable import CallableModel, Form
from leeboard.jobs.options import is_strict, read_options
from leeboard.jobs.run import run
from leeboard.library.results import BaselineResult, CheckResult
from leeboard.measures.attribution.additive.loading import read_model
from leeboard.measures.attribution.additive.scikit import of_estimator
from leeboard.measures.model import Model
from leeboard.storage import read_bytes


def suggest_baseline(
    data: Any,
    *,
    monitor: str = "data-quality",
    output: str | PathLike[str] | None = None,
    format: str | None = None,
    header: bool | None = None,
    encoding: str | None = None,
    label: str | None = None,
    roles: Mapping[str, str] | None = None,
    exclude: Sequence[str] = (),
    categorical_drift_method: str | None = None,
    numeric_drift_test: str | None = None,
    categorical_drift_test: str | None = None,
    false_alarm_level: float | None = None,
    effect_floor: float | None = None,
    preprocessor: str | None = None,
    ground_truth: str | PathLike[str] | Sequence[str] = (),
    compat: str = "default",
    config: Mapping[str, Any] | str | PathLike[str] | None = None,
    model: Callable[[Any], Any] | Model | str | None = None,
    model_takes: Form = "polars",
    **settings: Any,
) -> BaselineResult:
    """Statistics or measures of a data set, and the constraints that they suggest.

    Args:
        data: a pandas, polars or Arrow frame, a path or URI (file, folder, prefix), or several.
        monitor: `data-quality`, `model-quality`, `bias` or `attribution`.
        output: folder or prefix for the files; None to write none.
        format: `csv`, `json`, `jsonl`, `parquet` or `capture`; found by looking if not given.
        header: whether CSV files begin with the column names; found by looking if not given.
        encoding: of text files, such as `latin-1`; UTF-8 if not given.
        label: the column with the outcome, which live traffic answers with a prediction; of data
            quality short for `roles={label: "label"}`.
        roles: column name to `feature`, `label`, `prediction` or `ignore`.
        exclude: columns to leave out.
        categorical_drift_method: AWS's setting, `LInfinity` or `ChiSquared`.
        numeric_drift_test, categorical_drift_test: names of drift tests.
        false_alarm_level: in [0, 1]: how likely one window may raise any false drift alarm.
        effect_floor: in [0, 1]: smallest distance that matters.
        preprocessor: path or URI of a preprocessing script.
        ground_truth: places of labels that are to be joined with captured requests.
        compat: `default`, or `strict` for what AWS would suggest.
        config: of bias and attribution: an analysis configuration as SageMaker Clarify has it, or its file.
        model: of bias and attribution: a function such as `predict_proba`, an estimator
            of scikit-learn, the URL of a model, or a file that XGBoost or LightGBM saved.
        model_takes: what the function is given: a `polars` or `pandas` frame, or a `numpy` array.
        settings: what only one monitor knows, such as `problem_type`, `prediction`, `probability`,
            `probability_threshold`, `positive_label` and `slack` of model quality, `facets` and
            `label_values` of bias, `background`, `n_samples` and `seed` of attribution.

    Raises:
        InputError: the data or an option cannot be used; the message says what to do.
    """
    question = Question(
        monitor=monitor,
        words={
            "label": label,
            "roles": roles,
            "categorical_drift_method": categorical_drift_method,
            "numeric_drift_test": numeric_drift_test,
            "categorical_drift_test": categorical_drift_test,
            "false_alarm_level": false_alarm_level,
            "effect_floor": effect_floor,
            **settings,
        },
        config=_config(config),
        **_model(model, model_takes),
        ground_truth=_places(ground_truth),
        read=read_options(kind=format, header=header, encoding=encoding, exclude=tuple(exclude)),
    )
    job = question.job(
        _given(data),
        is_strict=is_strict(compat),
        preprocessor=preprocessor,
        output=fspath(output) if output is not None else None,
        data_name=_name(data),
    )
    return BaselineResult(run(job, now=now()))


def check(
    data: Any,
    baseline: Any,
    *,
    monitor: str = "data-quality",
    output: str | PathLike[str] | None = None,
    format: str | None = None,
    header: bool | None = None,
    encoding: str | None = None,
    start: datetime | str | None = None,
    end: datetime | str | None = None,
    exclude: Sequence[str] = (),
    output_columns_position: str = "START",
    features_path: str | None = None,
    outputs_path: str | None = None,
    target_model: str | None = None,
    preprocessor: str | None = None,
    postprocessor: str | None = None,
    ground_truth: str | PathLike[str] | Sequence[str] = (),
    compat: str = "default",
    config: Mapping[str, Any] | str | PathLike[str] | None = None,
    model: Callable[[Any], Any] | Model | str | None = None,
    model_takes: Form = "polars",
    **settings: Any,
) -> CheckResult:
    """Hold data against a baseline.

    Args:
        data: as in `suggest_baseline`; capture files, folders and prefixes as well.
        baseline: what `suggest_baseline` or `load_baseline` gave, or the folder or prefix of its files.
        monitor: as in `suggest_baseline`.
        output: folder or prefix for the files; None to write none.
        format, header, encoding: as in `suggest_baseline`.
        start, end: window of capture records by their inference time, end not included.
        output_columns_position: `START` or `END`: where the model's output stands in the baseline.
        features_path, outputs_path: JMESPath to the cells in JSON inputs and outputs.
        target_model: of a multi-model endpoint, only this model's records.
        preprocessor, postprocessor: paths or URIs of scripts.
        ground_truth: places of labels that are to be joined with captured requests.
        compat: `default`, or `strict` to decide as AWS does, defects included.
        config, model, model_takes, settings: as in `suggest_baseline`.

    Raises:
        InputError: the data, the baseline or an option cannot be used.
    """
    known, baseline_name = _baseline(baseline, monitor)
    question = Question(
        monitor=monitor,
        baseline=known,
        words=settings,
        config=_config(config),
        **_model(model, model_takes),
        ground_truth=_places(ground_truth),
        read=read_options(
            kind=format,
            header=header,
            encoding=encoding,
            start=start,
            end=end,
            exclude=tuple(exclude),
            output_columns_position=output_columns_position,
            features_path=features_path,
            outputs_path=outputs_path,
            target_model=target_model,
        ),
    )
    job = question.job(
        _given(data),
        is_strict=is_strict(compat),
        preprocessor=preprocessor,
        postprocessor=postprocessor,
        output=fspath(output) if output is not None else None,
        data_name=_name(data),
        baseline_name=baseline_name,
    )
    return CheckResult(run(job, now=now()))


def load_baseline(folder: str | PathLike[str], *, monitor: str = "data-quality") -> Any:
    """The baseline of a monitor in a folder or prefix that `suggest_baseline`, leeboard or AWS wrote."""
    return read_baseline(fspath(folder), monitor)


def _baseline(given: Any, monitor: str) -> tuple[Any, str]:
    if isinstance(given, BaselineResult):
        if given.monitor != monitor:
            raise InputError(
                f"the baseline is one of {given.monitor}, and the monitor is {monitor}: "
                f"say monitor={given.monitor!r}"
            )
        return given.baseline, given.name
    if isinstance(given, str | PathLike):
        return read_baseline(fspath(given), monitor), fspath(given)
    if is_dataclass(given) and not isinstance(given, type):
        return given, "baseline"
    raise InputError(
        f"cannot take a baseline from {type(given).__name__}; expected what `suggest_baseline` gives, "
        "or the folder of its files"
    )


def _config(given: Mapping[str, Any] | str | PathLike[str] | None) -> AnalysisConfig | str | None:
    if isinstance(given, Mapping):
        return Source("the configuration").fit(AnalysisConfig, dict(given))
    return None if given is None else fspath(given)


def _model(given: Callable[[Any], Any] | Model | str | None, takes: Form) -> dict[str, Any]:
    """A model by its URL, its file, or as an object or function of this process."""
    if isinstance(given, str | PathLike):
        where = fspath(given)
        is_url = where.startswith(("http://", "https://"))
        return {"model_url": where} if is_url else {"model": read_model(read_bytes(where), where)}
    if given is None or isinstance(given, CallableModel):
        return {"model": given}
    if hasattr(given, "fit"):  # as all estimators have it
        known = of_estimator(given)
        ask = getattr(given, "predict_proba", None) or given.predict  # type: ignore[union-attr]
        return {"model": known or CallableModel(ask, takes=takes)}
    return {"model": given if hasattr(given, "predict") else CallableModel(given, takes=takes)}


def _places(given: str | PathLike[str] | Sequence[str]) -> tuple[str, ...]:
    return (fspath(given),) if isinstance(given, str | PathLike) else tuple(given)


def _given(data: Any) -> Any:
    return fspath(data) if isinstance(data, PathLike) else data


def _name(data: Any) -> str:
    """What a report calls the data."""
    if isinstance(data, str | PathLike):
        return fspath(data)
    if isinstance(data, list | tuple):
        return ", ".join(map(str, data))
    return f"{type(data).__module__.split('.')[0]} {type(data).__name__}"
