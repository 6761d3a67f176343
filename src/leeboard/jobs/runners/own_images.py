"""What is the same for every runner of own images: files for the job, and why it has to end."""

import hashlib
import os
import time
from pathlib import Path

from leeboard.errors import InputError
from leeboard.hosting.mapping import is_meant
from leeboard.jobs.containers.leftovers import owner
from leeboard.jobs.containers.plan import ContainerPlan, topmost
from leeboard.jobs.runners.downloads import download_inputs, input_places
from leeboard.jobs.runners.ending import Cause
from leeboard.jobs.runners.layout import on_disk, output_paths
from leeboard.jobs.runners.order import Log, ProcessingOrder, ShouldStop
from leeboard.jobs.runners.outputs import files_below
from leeboard.jobs.scripts.process import size_text

CONFIG, OUTPUT = "/opt/ml/config", "/opt/ml/output"
LABEL = "leeboard"
_NAME = 40
"""Characters of a job's name in that of its container, as clusters take 63 in all."""


class UnwantedError(Exception):
    """The job is to end before its container did anything."""


class Limits:
    """Why a job has to end before its time, if it has to."""

    def __init__(self, order: ProcessingOrder, should_stop: ShouldStop) -> None:
        self._until, self._should_stop = time.monotonic() + order.max_runtime_s, should_stop
        self.cause: Cause = "ended"

    @property
    def left_s(self) -> float:
        """How long the job may run on."""
        return max(0.0, self._until - time.monotonic())

    def are_reached(self) -> bool:
        if self.cause == "ended":
            if time.monotonic() > self._until:
                self.cause = "too long"
            elif self._should_stop():
                self.cause = "stopped"
        return self.cause != "ended"

    def hold(self) -> None:
        """Ends what is done before the container runs."""
        if self.are_reached():
            raise UnwantedError


def refuse_unwanted_image(order: ProcessingOrder) -> None:
    """Before anything is brought or pulled for it.

    Raises:
        InputError: the server was told which images may run, and this one is not among them.
    """
    if not order.image:
        raise InputError("the job names no ImageUri")
    if order.images and not any(is_meant(pattern, order.image) for pattern in order.images):
        raise InputError(
            f"the image {order.image} is none of those that this server runs: {', '.join(order.images)}; "
            "whoever starts it can allow more with --images"
        )


def bring_inputs(order: ProcessingOrder, log: Log, limits: Limits) -> None:
    """Puts the inputs into the scratch folder, as files that any user of a container can read."""
    n_files = 0
    for _ in download_inputs(order, log):
        limits.hold()
        n_files += 1
    for place in readable_places(order):
        _open_for_reading(on_disk(order, place))
    if n_files:
        log(f"objects of the inputs that lie there as files: {n_files}")


def refuse_large_outputs(order: ProcessingOrder) -> None:
    """For runners whose jobs write to the disk of this server: what is too much is not uploaded.

    Raises:
        InputError: the outputs are larger than the volume of the job.
    """
    files = (file for place in writable_places(order) for file in files_below(order, on_disk(order, place)))
    if sum(os.lstat(file).st_size for file in files) > order.volume_bytes:
        raise InputError(
            f"the job wrote more than the {size_text(order.volume_bytes)} of its volume "
            "(VolumeSizeInGB of its cluster)"
        )


def readable_places(order: ProcessingOrder) -> list[str]:
    return topmost([CONFIG, *input_places(order)])


def writable_places(order: ProcessingOrder) -> list[str]:
    return topmost([OUTPUT, *output_paths(order)])


def plan_of(order: ProcessingOrder) -> ContainerPlan:
    """The container of a job.

    Raises:
        InputError: an input and an output are one folder.
    """
    readable, writable = readable_places(order), writable_places(order)
    for place in readable:
        if place in writable:
            raise InputError(f"{place} is the LocalPath of an input and of an output; give each its own")
    app = order.request.get("AppSpecification") or {}
    return ContainerPlan(
        name=container_name(order),
        image=order.image,
        entrypoint=app.get("ContainerEntrypoint") or (),
        arguments=app.get("ContainerArguments") or (),
        environment=order.environment,
        labels=labels_of(order),
        readable={place: on_disk(order, place) for place in readable},
        writable=writable,
        memory_bytes=order.memory_bytes,
        n_cpus=order.n_cpus,
        has_network=order.has_network,
    )


def container_name(order: ProcessingOrder) -> str:
    """One for each claim of a job; its scratch folder tells claims and servers apart."""
    mark = hashlib.sha256(str(order.root).encode()).hexdigest()[:8]
    return f"leeboard-{order.name[:_NAME]}-{mark}".lower()


def labels_of(order: ProcessingOrder) -> dict[str, str]:
    """What says whose a container is."""
    return {
        f"{LABEL}.job": order.name,
        f"{LABEL}.fence": order.root.name,
        f"{LABEL}.scratch": str(order.root),
        f"{LABEL}.owner": owner(),
    }


def _open_for_reading(folder: Path) -> None:
    """A container's root has no right to read what its modes do not allow."""
    for parent, _, names in os.walk(folder):
        os.chmod(parent, 0o755)  # noqa: S103 - below the scratch folder, which is for its owner alone
        for name in names:
            os.chmod(Path(parent, name), 0o644)
