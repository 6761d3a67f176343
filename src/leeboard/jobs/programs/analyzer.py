"""The analyzer: data quality and model quality."""

from typing import Any

from leeboard.clock import now
from leeboard.formats.dataset_format import DatasetFormat
from leeboard.hosting.mapping import ANALYZER
from leeboard.jobs.baselines import read_baseline_files
from leeboard.jobs.environment import JobEnvironment
from leeboard.jobs.job import Asked, Job, Log
from leeboard.jobs.programs import Ended, Program
from leeboard.jobs.run import run
from leeboard.measures.quality.slack import NONE
from leeboard.monitors.data_quality import DataQualitySettings
from leeboard.monitors.model_quality import QualitySettings
from leeboard.storage import exists, join
from leeboard.tables.options import ReadOptions

DRIFT_METHODS = ("LInfinity", "ChiSquared")
QUALITY = "model-quality"
MONITORS = {"DATA_QUALITY": "data-quality", "MODEL_QUALITY": QUALITY}


def job_of(environment: JobEnvironment) -> Job:
    """The execution that the environment asks for."""
    monitor = MONITORS[environment.one_of("analysis_type", *MONITORS)]
    constraints, statistics = (
        environment.path_of("baseline_constraints"),
        environment.path_of("baseline_statistics"),
    )
    if monitor == QUALITY and constraints and not statistics:
        statistics = _beside(constraints)
    files = {"constraints.json": constraints, "statistics.json": statistics}
    asked = Asked(
        monitor=monitor,
        settings=_settings(environment, monitor),
        baseline=read_baseline_files(files, monitor) if constraints or statistics else None,
    )
    return environment.job(
        (asked,),
        read=_reading(environment, is_quality=monitor == QUALITY),
        baseline_name=constraints or "",
    )


def _beside(constraints: str) -> str | None:
    """The statistics that the limits came from, which hints need; AWS's definitions cannot name them."""
    file = join(constraints.rpartition("/")[0] or ".", "statistics.json")
    return file if exists(file) else None


def _settings(environment: JobEnvironment, monitor: str) -> Any:
    if monitor == QUALITY:
        return QualitySettings(
            problem_type=environment.get("problem_type"),
            label=environment.get("ground_truth_attribute"),
            prediction=environment.get("inference_attribute"),
            probability=environment.get("probability_attribute"),
            probability_threshold=environment.number("probability_threshold_attribute"),
            positive_label=environment.get("positive_label"),
            slack=environment.get("leeboard_slack") or NONE,
            confidence=environment.number("leeboard_confidence"),
        )
    method: Any = environment.one_of("categorical_drift_method", *DRIFT_METHODS)
    return DataQualitySettings(categorical_drift_method=method)


def _reading(environment: JobEnvironment, *, is_quality: bool) -> ReadOptions:
    dataset_format = environment.get("dataset_format")
    known = DatasetFormat.parse(dataset_format) if dataset_format else None
    return ReadOptions(
        dataset_format=known,
        window=environment.window,
        output_columns_position=known.output_columns_position if known else "START",
        exclude=environment.excluded,
        features_path=environment.get("features_attribute"),
        outputs_path=None if is_quality else environment.get("inference_attribute"),
        target_model=environment.get("leeboard_target_model"),
        is_batch=environment.one_of("leeboard_batch_transform", "Disabled", "Enabled") == "Enabled",
    )


def _run(environment: JobEnvironment, log: Log) -> Ended:
    return Ended.of(run(job_of(environment), now=now(), log=log))


ENTRY = Program(ANALYZER, lambda environment: 1, _run)
