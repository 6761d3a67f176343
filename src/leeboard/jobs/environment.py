"""The environment of a processing job, as the analyzer container reads it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self

from leeboard.errors import InputError, NoDataError
from leeboard.formats.source import Source
from leeboard.jobs.box import SCRIPT_BOX
from leeboard.jobs.job import Asked, Job
from leeboard.jobs.mounts import Mounts
from leeboard.jobs.options import COMPAT, read_time
from leeboard.jobs.places import JOB_CONFIG, MESSAGE, METRICS, MODELS, MOUNTS, MOVED_ROOT, ROOT
from leeboard.jobs.scripts import ScriptLimits
from leeboard.storage import exists, is_local, join, read_bytes

_SECRET = re.compile(r"^(AWS|LEEBOARD)_|SECRET|TOKEN|PASSW|CREDENTIAL|_KEY", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class JobEnvironment:
    """What a processing job was told, with paths below a root that can be moved.

    Attributes:
        variables: the environment.
        root: folder that stands for `/` wherever a path begins with `/opt/ml`.
        mounts: inputs that were not copied; None if all are where the paths say. A job with mounts was
            ordered by a server, and its paths must not lead elsewhere on that server's disk.
        boxes_scripts: whether scripts run in a box.
        models_url: below it models are asked by name; None outside of a server.
    """

    variables: Mapping[str, str]
    root: str = "/"
    mounts: Mounts | None = None
    boxes_scripts: bool = False
    models_url: str | None = None

    @classmethod
    def of_process(cls, process: Mapping[str, str]) -> Self:
        """As this process was told: by its variables; with mounts, by the job's configuration file."""
        root, boxes = process.get(MOVED_ROOT) or "/", SCRIPT_BOX in process
        told = process.get(MOUNTS)
        if not told:
            return cls(process, root, boxes_scripts=boxes, models_url=process.get(MODELS))
        asked = cls(process, root)._asked()
        return cls(process if asked is None else asked, root, Mounts.told(told), boxes, process.get(MODELS))

    def get(self, name: str) -> str | None:
        """A variable; empty counts as absent."""
        return self.variables.get(name) or None

    def path(self, given: str) -> str:
        """A path of the container as a path of this machine; URIs and other paths stay as they are.

        Raises:
            InputError: there are mounts, and it leads out of the job.
        """
        inside = given == ROOT or given.startswith(f"{ROOT}/")
        if self.mounts is not None and is_local(given):
            if not inside:
                raise InputError(f"the path {given!r} is not below {ROOT}/, where the files of a job are")
            join("/", given)  # refuses '..'
        return join(self.root, given.lstrip("/")) if inside and self.root != "/" else given

    def path_of(self, name: str) -> str | None:
        """The path in a variable, or the URI of the one object that is mounted there."""
        if (given := self.get(name)) is None:
            return None
        path, mounted = self.path(given), self._mounted(given)
        if len(mounted) > 1:
            raise InputError(f"{name} is {given}, where {len(mounted)} inputs are mounted; name one file")
        return mounted[0] if mounted else path

    def _mounted(self, given: str) -> list[str]:
        return self.mounts.uris(given) if self.mounts and is_local(given) else []

    def required(self, name: str) -> str:
        """A variable that the job cannot do without: a path."""
        if (given := self.get(name)) is None:
            raise InputError(f"the environment variable {name} is not set; it names a local folder or a URI")
        return given

    def written(self, given: str) -> str:
        """A path to write to; where there are mounts, the starter of the job puts files into the store."""
        if self.mounts is not None and not is_local(given):
            raise InputError(f"the job writes to {given}; name a path below {ROOT}/ and an output for it")
        return self.path(given)

    @property
    def data(self) -> str | list[str]:
        """What is to be analysed: a path or URI, or the URIs of the inputs that are mounted below the path.

        Raises:
            NoDataError: the path stands for inputs, and there is none.
        """
        given = self.required("dataset_source")
        path = self.path(given)
        mounted = self._mounted(given)
        if mounted or self.mounts is None or not is_local(path) or exists(path):
            return mounted if len(mounted) > 1 else mounted[0] if mounted else path
        there = ", ".join(self.mounts.uri_by_path) or "none"
        raise NoDataError(f"no input with objects is mounted at or below {given}; inputs there are: {there}")

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
        return self.written(self.get("output_message_file") or MESSAGE)

    @property
    def metrics_folder(self) -> str:
        return self.written(self.get("cloudwatch_metrics_directory") or METRICS)

    @property
    def is_strict(self) -> bool:
        return self.one_of("leeboard_compat", *COMPAT) == "strict"

    def number(self, name: str) -> float | None:
        """The value of a variable that is a number."""
        given = self.get(name)
        try:
            return float(given) if given else None
        except ValueError:
            raise InputError(f"{name} is {given!r}; expected a number such as 0.5") from None

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
        if (asked := self._asked()) is not None:
            return asked
        return {name: value for name, value in self.variables.items() if not _SECRET.search(name)}

    def _asked(self) -> dict[str, str] | None:
        """The variables that the request names; None without a configuration file."""
        if (configuration := self._configuration) is None:
            return None
        asked = configuration.get("Environment") or {}
        return {str(name): str(value) for name, value in asked.items()}

    @property
    def _configuration(self) -> dict[str, Any] | None:
        config = self.path(JOB_CONFIG)
        if not (is_local(config) and exists(config)):
            return None
        return dict(Source(config).parse(read_bytes(config)))

    @property
    def excluded(self) -> tuple[str, ...]:
        """Columns or positions to leave out, with commas between them or as a JSON list."""
        given = (self.get("exclude_features_attribute") or "").strip()
        if given.startswith("["):
            return tuple(map(str, Source("exclude_features_attribute").parse(given)))
        return tuple(name for part in given.split(",") if (name := part.strip()))

    @property
    def image(self) -> str:
        """The image that the request names; empty without a configuration file."""
        return str(((self._configuration or {}).get("AppSpecification") or {}).get("ImageUri") or "")

    @property
    def job_name(self) -> str | None:
        """Of the processing job; None without a configuration file."""
        name = (self._configuration or {}).get("ProcessingJobName")
        return name if isinstance(name, str) else None

    def job(self, asked: tuple[Asked, ...], **others: Any) -> Job:
        """An execution of these monitors, with what the environment says of all of them.

        Args:
            others: further fields of the job, on top.
        """
        data = others.pop("data") if "data" in others else self.data
        common = {
            "is_strict": self.is_strict,
            "preprocessor": self.path_of("record_preprocessor_script"),
            "postprocessor": self.path_of("post_analytics_processor_script"),
            "script_environment": self.for_scripts(),
            "script_limits": ScriptLimits(root=self.root, is_boxed=self.boxes_scripts),
            "data_name": self.get("sagemaker_endpoint_name") or self._name_of(data),
        }
        schedule = self.get("sagemaker_monitoring_schedule_name")
        told = {
            "title": schedule or others.pop("title", ""),
            "name": self.job_name,
            "writes_summary": bool(schedule),
        }
        return Job(data=data, asked=asked, output=self.output, **{**common, **told, **others})

    @property
    def output(self) -> str:
        """Where the results go; by the request, where no variable says it."""
        outputs = ((self._configuration or {}).get("ProcessingOutputConfig") or {}).get("Outputs") or []
        first = next((one["S3Output"]["LocalPath"] for one in outputs if one.get("S3Output")), None)
        return self.written(self.get("output_path") or first or self.required("output_path"))

    def _name_of(self, data: str | list[str]) -> str:
        return data if isinstance(data, str) else self.get("dataset_source") or ""
