"""One batch transform job, from its order to its end."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeAlias

from leeboard.errors import LeeboardError, NoDataError
from leeboard.jobs.transform.asking import Invoke
from leeboard.jobs.transform.capture import Manifests, write_manifests
from leeboard.jobs.transform.inputs import find_inputs
from leeboard.jobs.transform.order import TransformOrder
from leeboard.jobs.transform.walk import Progress, StoppedError, Surroundings, Walk

MAX_REASON = 1024
State: TypeAlias = Literal["Completed", "Failed", "Stopped"]


@dataclass(frozen=True, slots=True, kw_only=True)
class TransformEnd:
    """How a job ended.

    Attributes:
        reason: why it failed, at most 1,024 characters; empty if it did not.
        outputs: URIs of the objects that were written, also by a job that failed or was stopped.
        n_failed: objects that could not be transformed.
        manifests: of the capture, if one was asked for and the job was completed.
    """

    state: State
    reason: str = ""
    outputs: tuple[str, ...] = ()
    n_failed: int = 0
    n_records: int = 0
    manifests: Manifests | None = None


def run_transform(
    order: TransformOrder,
    *,
    invoke: Invoke,
    log: Callable[[str], None] = lambda line: None,
    should_stop: Callable[[], bool] = lambda: False,
    progress: Callable[[Progress], None] = lambda progress: None,
    scratch: Path | None = None,
    retry_pause_s: float = 0.5,
) -> TransformEnd:
    """Transform all objects of a job.

    An object that fails leaves no output and the others go on, so that what is there can be used; the job
    has failed all the same. At most as many payloads are in memory as may be asked at once.

    Args:
        invoke: asks the model; called from `MaxConcurrentTransforms` threads.
        log: takes each line of the job's log.
        should_stop: asked between payloads; those that were sent are waited for.
        progress: told after each payload and each object.
        scratch: folder for outputs that are not whole yet; the system's own by default.
        retry_pause_s: before the first retry of a call.
    """
    try:
        inputs = find_inputs(order)
    except LeeboardError as error:
        log(f"failed: {error}")
        return TransformEnd(state="Failed", reason=str(error)[:MAX_REASON])
    for name in inputs.skipped:
        log(f"{inputs.prefix}{name} is empty and was skipped")
    around = Surroundings(
        invoke=invoke,
        log=log,
        should_stop=should_stop,
        progress=progress,
        scratch=scratch,
        retry_pause_s=retry_pause_s,
    )
    return _ended(Walk(order, inputs, around), order, inputs.prefix, len(inputs.objects), log)


def _ended(
    walk: Walk, order: TransformOrder, prefix: str, n_objects: int, log: Callable[[str], None]
) -> TransformEnd:
    state, reason, manifests = _outcome(walk, order, prefix, n_objects)
    log(f"{state.lower()}: {reason or f'{len(walk.done)} of {n_objects} objects, {walk.n_records} records'}")
    return TransformEnd(
        state=state,
        reason=reason[:MAX_REASON],
        outputs=tuple(item.output_uri for item in walk.done),
        n_failed=len(walk.failures),
        n_records=walk.n_records,
        manifests=manifests,
    )


def _outcome(
    walk: Walk, order: TransformOrder, prefix: str, n_objects: int
) -> tuple[State, str, Manifests | None]:
    try:
        walk.go()
        if walk.failures:
            return "Failed", _told(walk.failures, n_objects), None
        if not walk.done:
            raise NoDataError(f"no data to transform: no object of {order.source} has a record")
        if order.capture is None:
            return "Completed", "", None
        return "Completed", "", write_manifests(order, order.capture.destination, prefix, walk.done)
    except StoppedError:
        return "Stopped", "", None
    except LeeboardError as error:
        return "Failed", str(error), None


def _told(failures: dict[str, str], n_objects: int) -> str:
    first = next(iter(failures.values()))
    if n_objects == 1:
        return first
    return f"{len(failures)} of {n_objects} objects could not be transformed, the first: {first}"
