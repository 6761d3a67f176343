"""The environment of a processing job, as the analyzer container reads it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from leeboard.errors import InputError
from leeboard.formats.dataset_format import DatasetFormat
from leeboard.formats.source import Source
from leeboard.jobs.baselines import read_baseline_files
from leeboard.jobs.job import Job
from leeboard.jobs.options import COMPAT, read_time
from leeboard.monitors import SuggestOptions
from leeboard.storage import exists, is_local, join, read_bytes
from leeboard.tables.options import ReadOptions

ROOT = "/opt/ml"
JOB_CONFIG = f"{ROOT}/config/processingjobconfig.json"
MESSAGE = f"{ROOT}/output/message"
METRICS = f"{ROOT}/output/metrics/cloudwatch"
DRIFT_METHODS = ("LInfinity", "ChiSquared")
_SECRET = re.compile(r"^(AWS|LEEBOARD)_|SECRET|TOKEN|PASSW|CREDENTIAL|_KEY", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class JobEnvironment:
    """What a processing job was told, with paths below a root that can be moved.

    Attributes:
        variables: the environment.
        root: folder that stands for `/` wherever a path begins with `/opt/ml`.
    """

    variables: Mapping[str, str]
    root: str = "/"

    def get(self, name: str) -> str | None:
        """A variable; empty counts as absent."""
        return self.variables.get(name) or None

    def path(self, given: str) -> str:
        """A path of the container as a path of this machine; URIs and other paths stay as they are."""
        inside = given == ROOT or given.startswith(f"{ROOT}/")
        return join(self.root, given.lstrip("/")) if inside and self.root != "/" else given

    def path_of(self, name: str, default: str | None = None) -> str | None:
        """The path in a variable."""
        given = self.get(name) or default
        return self.path(given) if given else None

    def required(self, name: str) -> str:
        """A path that the job cannot do without."""
        path = self.path_of(name)
        if path is None:
            raise InputError(f"the environment variable {name} is not set; it names a local folder or a URI")
        return path

    def one_of(self, name: str, *known: str) -> str:
        """The value of a variable that may have one of a few; the first if it is absent."""
        given = self.get(name) or known[0]
        if given not in known:
            raise InputError(f"{name} is {given!r}; expected {' or '.join(known)}")
        return given

    @property
    def publishes_metrics(self) -> bool:
        return self.one_of("publish_cloudwatch_metrics", "Disabled", "Enabled") == "Enabled"

    @property
    def message_file(self) -> str:
        return self.path_of("output_message_file", MESSAGE) or MESSAGE

    @property
    def metrics_folder(self) -> str:
        return self.path_of("cloudwatch_metrics_directory", METRICS) or METRICS

    @property
    def is_strict(self) -> bool:
        return self.one_of("leeboard_compat", *COMPAT) == "strict"

    def time(self, name: str) -> datetime | None:
        """A variable that holds a time, aware."""
        given = self.get(name)
        return read_time(given, f"the environment variable {name}") if given else None

    @property
    def window(self) -> tuple[datetime, datetime] | None:
        start, end = self.time("start_time"), self.time("end_time")
        if start is None and end is None:
            return None
        if start is None or end is None:
            given, missing = ("end_time", "start_time") if start is None else ("start_time", "end_time")
            raise InputError(f"{given} is set and {missing} is not; a window needs both")
        if end <= start:
            raise InputError(f"end_time is {end.isoformat()}, which is not after start_time")
        return start, end

    @property
    def metric_time(self) -> datetime | None:
        """What published metrics are dated with; None for the time of the run."""
        return self.time("metric_time") or self.time("start_time")

    def for_scripts(self) -> dict[str, str]:
        """What user scripts may see: the variables of the request, else all that hold no secret."""
        config = self.path(JOB_CONFIG)
        if is_local(config) and exists(config):
            asked = Source(config).parse(read_bytes(config)).get("Environment") or {}
            return {str(name): str(value) for name, value in asked.items()}
        return {name: value for name, value in self.variables.items() if not _SECRET.search(name)}

    def job(self) -> Job:
        """The execution that the environment asks for."""
        if (analysis := self.get("analysis_type")) not in (None, "DATA_QUALITY"):
            raise InputError(
                f"analysis_type is {analysis!r}; this version of leeboard knows DATA_QUALITY alone"
            )
        constraints, statistics = self.path_of("baseline_constraints"), self.path_of("baseline_statistics")
        dataset_format = self.get("dataset_format")
        known = DatasetFormat.parse(dataset_format) if dataset_format else None
        source = self.required("dataset_source")
        drift_method: Any = self.one_of("categorical_drift_method", *DRIFT_METHODS)
        return Job(
            data=source,
            baseline=read_baseline_files(constraints, statistics) if constraints or statistics else None,
            read=ReadOptions(
                dataset_format=known,
                window=self.window,
                output_columns_position=known.output_columns_position if known else "START",
            ),
            suggest=SuggestOptions(categorical_drift_method=drift_method),
            is_strict=self.is_strict,
            preprocessor=self.path_of("record_preprocessor_script"),
            postprocessor=self.path_of("post_analytics_processor_script"),
            script_environment=self.for_scripts(),
            output=self.required("output_path"),
            title=self.get("sagemaker_monitoring_schedule_name") or "",
            data_name=self.get("sagemaker_endpoint_name") or source,
            baseline_name=constraints or "",
        )
