"""The merge job: captured records and labels in, merged records out."""

from leeboard.errors import InputError, NoDataError
from leeboard.formats.dataset_format import DatasetFormat
from leeboard.formats.source import Source
from leeboard.jobs.environment import JobEnvironment
from leeboard.jobs.job import Log
from leeboard.jobs.places import JOB_CONFIG
from leeboard.storage import exists, is_local, read_bytes
from leeboard.storage.layout import hour_folder, hour_in
from leeboard.truth.merging import merge
from leeboard.truth.settings import MEMORY_BYTES, MergeOptions, folder_of
from leeboard.truth.summary import MergeSummary

MB = 1 << 20


def merge_job(environment: JobEnvironment, log: Log) -> MergeSummary:
    """Does the merge that the environment asks for; it may match nothing and write no file.

    Raises:
        NoDataError: nothing was captured, or there is no label at all.
    """
    is_batch = environment.one_of("leeboard_batch_transform", "Disabled", "Enabled") == "Enabled"
    output = environment.written(environment.required("output_path"))
    memory_mb = environment.number("leeboard_merge_memory_mb") or MEMORY_BYTES / MB
    if memory_mb <= 0:
        raise InputError(f"leeboard_merge_memory_mb is {memory_mb:g}; expected a number above 0")
    options = MergeOptions(
        window=None if environment.is_strict else environment.window,
        is_batch=is_batch,
        batch_kind=_kind(environment) if is_batch else None,
        folder_of=_BatchFolders(environment) if is_batch else folder_of,
        memory_bytes=int(memory_mb * MB),
    )
    summary = merge(
        _places(environment, "dataset_source"),
        _places(environment, "ground_truth_source"),
        output,
        job=_job_name(environment) or output,
        options=options,
    )
    for line in summary.lines():
        log(line)
    for file in summary.files:
        log(f"written: {file}")
    return summary


def _places(environment: JobEnvironment, variable: str) -> list[str]:
    """A local folder, or the URIs of the inputs that are mounted at or below it."""
    given = environment.required(variable)
    path, mounts = environment.path(given), environment.mounts
    mounted = mounts.uris(given) if mounts and is_local(given) else []
    if not mounted and mounts is not None and is_local(given) and not exists(path):
        raise NoDataError(f"no input with objects is mounted at or below {given}, which is {variable}")
    return mounted or [path]


def _kind(environment: JobEnvironment) -> str | None:
    given = environment.get("dataset_format")
    return DatasetFormat.parse(given).kind if given else None


def _job_name(environment: JobEnvironment) -> str | None:
    config = environment.path(JOB_CONFIG)
    if not (is_local(config) and exists(config)):
        return None
    name = Source(config).parse(read_bytes(config)).get("ProcessingJobName")
    return name if isinstance(name, str) else None


class _BatchFolders:
    """Where merged records of a transform's output go: below the schedule, by the hour the job began.

    The hour stands in the path at which the output is mounted, as its URI may have none.
    """

    def __init__(self, environment: JobEnvironment) -> None:
        self._schedule = environment.get("sagemaker_monitoring_schedule_name") or ""
        mounts = environment.mounts.uri_by_path if environment.mounts else {}
        self._paths = {uri: path for path, uri in mounts.items()}

    def __call__(self, uri: str) -> str:
        hour = hour_in(self._paths.get(uri) or self._folder_around(uri) or uri)
        return hour_folder(self._schedule, at=hour) if hour else self._schedule

    def _folder_around(self, uri: str) -> str | None:
        return next((path for mounted, path in self._paths.items() if uri.startswith(f"{mounted}/")), None)
