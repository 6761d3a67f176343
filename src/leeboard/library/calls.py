"""The calls of the library."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from os import PathLike, fspath
from typing import Any

from leeboard.clock import now
from leeboard.errors import InputError
from leeboard.jobs.baselines import read_baseline
from leeboard.jobs.job import Asked, Job
from leeboard.jobs.options import data_quality_settings, is_strict, read_options
from leeboard.jobs.run import run
from leeboard.library.results import BaselineResult, CheckResult
from leeboard.monitors.data_quality import DataQualityBaseline


def suggest_baseline(
    data: Any,
    *,
    output: str | PathLike[str] | None = None,
    format: str | None = None,
    header: bool | None = None,
    encoding: str | None = None,
    label: str | None = None,
    roles: Mapping[str, str] | None = None,
    exclude: Sequence[str] = (),
    categorical_drift_method: str = "LInfinity",
    numeric_drift_test: str | None = None,
    categorical_drift_test: str | None = None,
    false_alarm_level: float | None = None,
    effect_floor: float | None = None,
    preprocessor: str | None = None,
    compat: str = "default",
) -> BaselineResult:
    """Statistics of a data set, and the constraints that they suggest.

    Args:
        data: a pandas, polars or Arrow frame, a path or URI (file, folder, prefix), or several.
        output: folder or prefix for the files; None to write none.
        format: `csv`, `json`, `jsonl`, `parquet` or `capture`; found by looking if not given.
        header: whether CSV files begin with the column names; found by looking if not given.
        encoding: of text files, such as `latin-1`; UTF-8 if not given.
        label: the column that live traffic answers with a prediction; short for
            `roles={label: "label"}`.
        roles: column name to `feature`, `label`, `prediction` or `ignore`.
        exclude: columns to leave out.
        categorical_drift_method: AWS's setting, `LInfinity` or `ChiSquared`.
        numeric_drift_test, categorical_drift_test: names of drift tests.
        false_alarm_level: in [0, 1]: how likely one window may raise any false drift alarm.
        effect_floor: in [0, 1]: smallest distance that matters.
        preprocessor: path or URI of a preprocessing script.
        compat: `default`, or `strict` for what AWS would suggest.

    Raises:
        InputError: the data or an option cannot be used; the message says what to do.
    """
    job = Job(
        data=_given(data),
        read=read_options(kind=format, header=header, encoding=encoding, exclude=tuple(exclude)),
        asked=(
            Asked(
                settings=data_quality_settings(
                    label=label,
                    roles=roles,
                    categorical_drift_method=categorical_drift_method,
                    numeric_drift_test=numeric_drift_test,
                    categorical_drift_test=categorical_drift_test,
                    false_alarm_level=false_alarm_level,
                    effect_floor=effect_floor,
                )
            ),
        ),
        is_strict=is_strict(compat),
        preprocessor=preprocessor,
        output=fspath(output) if output is not None else None,
        data_name=_name(data),
    )
    return BaselineResult(run(job, now=now()))


def check(
    data: Any,
    baseline: BaselineResult | DataQualityBaseline | str | PathLike[str],
    *,
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
    compat: str = "default",
) -> CheckResult:
    """Hold data against a baseline.

    Args:
        data: as in `suggest_baseline`; capture files, folders and prefixes as well.
        baseline: what `suggest_baseline` gave, or the folder or prefix of its files.
        output: folder or prefix for the files; None to write none.
        format, header, encoding: as in `suggest_baseline`.
        start, end: window of capture records by their inference time, end not included.
        output_columns_position: `START` or `END`: where the model's output stands in the baseline.
        features_path, outputs_path: JMESPath to the cells in JSON inputs and outputs.
        target_model: of a multi-model endpoint, only this model's records.
        preprocessor, postprocessor: paths or URIs of scripts.
        compat: `default`, or `strict` to decide as AWS does, defects included.

    Raises:
        InputError: the data, the baseline or an option cannot be used.
    """
    known, baseline_name = _baseline(baseline)
    job = Job(
        data=_given(data),
        asked=(Asked(baseline=known),),
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
        is_strict=is_strict(compat),
        preprocessor=preprocessor,
        postprocessor=postprocessor,
        output=fspath(output) if output is not None else None,
        data_name=_name(data),
        baseline_name=baseline_name,
    )
    return CheckResult(run(job, now=now()))


def load_baseline(folder: str | PathLike[str]) -> DataQualityBaseline:
    """The baseline in a folder or prefix that `suggest_baseline`, leeboard or AWS wrote."""
    baseline: DataQualityBaseline = read_baseline(fspath(folder))
    return baseline


def _baseline(
    given: BaselineResult | DataQualityBaseline | str | PathLike[str],
) -> tuple[DataQualityBaseline, str]:
    if isinstance(given, BaselineResult):
        return given.baseline, given.name
    if isinstance(given, DataQualityBaseline):
        return given, "baseline"
    if not isinstance(given, str | PathLike):
        raise InputError(
            f"cannot take a baseline from {type(given).__name__}; expected what `suggest_baseline` gives, "
            "or the folder of its files"
        )
    return read_baseline(fspath(given)), fspath(given)


def _given(data: Any) -> Any:
    return fspath(data) if isinstance(data, PathLike) else data


def _name(data: Any) -> str:
    """What a report calls the data."""
    if isinstance(data, str | PathLike):
        return fspath(data)
    if isinstance(data, list | tuple):
        return ", ".join(map(str, data))
    return f"{type(data).__module__.split('.')[0]} {type(data).__name__}"
