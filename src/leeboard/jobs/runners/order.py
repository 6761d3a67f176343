"""What a runner is asked to do, and how that ended."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from leeboard.jobs.local.mapping import JobMap

Log = Callable[[str], None]
ShouldStop = Callable[[], bool]

MAX_MESSAGE = 1024
"""Characters that exit messages and failure reasons have."""
VOLUME_GB = 30
"""Of a job that asks for no size."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessingOrder:
    """One processing job to be run on this machine.

    Attributes:
        request: the job as CreateProcessingJob has it, with the inputs and outputs that take effect.
        scratch: folder of this job alone; emptied before the start, and not removed after the end.
        environment: the variables of the job, all of them.
        max_runtime_s: the job is stopped after it.
        memory_bytes: address space of the job's process, or memory of its container; None for no limit.
        optional_inputs: names of inputs that may be without objects.
        isolation: `best` uses a box of bubblewrap if there can be one, `plain` none.
        engine: of the containers of own images: `none`, `auto`, `podman`, a URL, or `kubernetes...`.
        images: patterns of the own images that may run in containers; none for any.
        n_cpus: that a container may use; None for no limit.
        programs: of this machine that stand for own images.
        home: the server's folder, which such programs do not see and which keeps their environments.
        models_url: below it the job asks models by name; None for a job that asks none.
        leave_s: how long a process that is to stop may take to leave by itself.
    """

    name: str
    arn: str
    request: Mapping[str, Any]
    scratch: Path
    environment: Mapping[str, str] = field(default_factory=dict)
    max_runtime_s: float
    memory_bytes: int | None = None
    optional_inputs: frozenset[str] = frozenset()
    isolation: Literal["best", "plain"] = "best"
    engine: str = "none"
    images: tuple[str, ...] = ()
    n_cpus: float | None = None
    programs: JobMap = field(default_factory=JobMap)
    home: Path | None = None
    models_url: str | None = None
    leave_s: float = 2.0

    @property
    def image(self) -> str:
        return str((self.request.get("AppSpecification") or {}).get("ImageUri") or "")

    @property
    def region(self) -> str:
        """Fourth part of the ARN."""
        return ([*self.arn.split(":"), *[""] * 4])[3]

    @property
    def root(self) -> Path:
        """The folder that stands for / in the paths of the job."""
        return self.scratch.absolute()

    @property
    def volume_bytes(self) -> int:
        """What it may bring and leave on disk, each: the size of the volume that was asked for."""
        cluster = (self.request.get("ProcessingResources") or {}).get("ClusterConfig") or {}
        return int(cluster.get("VolumeSizeInGB") or VOLUME_GB) << 30

    @property
    def has_network(self) -> bool:
        return not (self.request.get("NetworkConfig") or {}).get("EnableNetworkIsolation")

    @property
    def publishes_metrics(self) -> bool:
        return self.environment.get("publish_cloudwatch_metrics") == "Enabled"


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessingEnd:
    """How a job ended; what it wrote still lies in the scratch folder.

    Attributes:
        exit_code: of the job's process; None if it had none, or was stopped.
        message: the exit message of a completed job, else the reason.
        metrics: objects of the metric files, if the job publishes any.
        is_retryable: whether it failed for what may be gone next time, and not for its data.
    """

    state: Literal["Completed", "Failed", "Stopped"]
    exit_code: int | None = None
    message: str = ""
    metrics: list[dict[str, Any]] = field(default_factory=list)
    is_retryable: bool = False


def failed(reason: str, *, exit_code: int | None = None, is_retryable: bool = False) -> ProcessingEnd:
    """The end of a job that could not do what it was asked."""
    return ProcessingEnd(
        state="Failed", exit_code=exit_code, message=reason[:MAX_MESSAGE], is_retryable=is_retryable
    )
