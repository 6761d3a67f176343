"""How the container of a job ended, from its exit code and what lies in the scratch folder."""

import signal

from leeboard.jobs.places import MESSAGE
from leeboard.jobs.runners.ending import Cause, read_message, why_stopped, with_last_lines
from leeboard.jobs.runners.layout import on_disk
from leeboard.jobs.runners.metric_files import read_metrics
from leeboard.jobs.runners.order import Log, ProcessingEnd, ProcessingOrder, failed
from leeboard.jobs.scripts.process import size_text

_SIGNALLED = 128


def end_of_container(
    order: ProcessingOrder,
    cause: Cause,
    code: int,
    last_lines: str,
    log: Log,
    *,
    is_out_of_memory: bool = False,
) -> ProcessingEnd:
    """A user's own program that failed would fail again, so no failure is one that may pass."""
    if cause != "ended":
        return ProcessingEnd(state="Stopped", message=why_stopped(order, cause))
    message = read_message(order, on_disk(order, MESSAGE))
    metrics = read_metrics(order, log) if order.publishes_metrics else []
    if code == 0:
        return ProcessingEnd(state="Completed", exit_code=0, message=message, metrics=metrics)
    reason = f"The container ended with exit code {code}{_hint(order, code, is_out_of_memory)}"
    return failed(message or with_last_lines(f"{reason} and left no message", last_lines), exit_code=code)


def _hint(order: ProcessingOrder, code: int, is_out_of_memory: bool) -> str:
    """What an exit code stands for, where it stands for something; engines may not know of memory."""
    memory = f" (it may use {size_text(order.memory_bytes)})" if order.memory_bytes else ""
    if is_out_of_memory:
        return f", as it ran out of memory{memory},"
    if code == _SIGNALLED + signal.SIGKILL:
        return f", killed by SIGKILL, perhaps because it ran out of memory{memory},"
    names = {_SIGNALLED + one.value: f", killed by {one.name}," for one in signal.Signals}
    return names.get(code, "")
