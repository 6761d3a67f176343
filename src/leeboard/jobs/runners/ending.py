"""What is said of how a job ended."""

from pathlib import Path
from typing import Literal

from leeboard.errors import InputError
from leeboard.jobs.places import MESSAGE
from leeboard.jobs.runners.layout import on_disk
from leeboard.jobs.runners.order import MAX_MESSAGE, ProcessingOrder
from leeboard.jobs.runners.outputs import files_below, read_file

Cause = Literal["ended", "stopped", "too long"]
"""By itself, because it was to stop, or because its time was up."""


def why_stopped(order: ProcessingOrder, cause: Cause) -> str:
    """The reason of a job that did not end by itself."""
    if cause == "stopped":
        return "The job was stopped by request."
    return (
        f"The job ran longer than the {order.max_runtime_s:g} s that MaxRuntimeInSeconds of its "
        "StoppingCondition allows, and was stopped."
    )


def with_last_lines(reason: str, last_lines: str) -> str:
    """The reason, and as much of the end of the log as has room."""
    head = f"{reason}. Last lines of its log:\n"
    room = MAX_MESSAGE - len(head)
    return head + last_lines[-room:] if last_lines and room > 0 else f"{reason}."


def message_file(order: ProcessingOrder) -> Path:
    """Where the job leaves its message.

    Raises:
        InputError: the job's variables put it outside of the job.
    """
    return on_disk(order, order.environment.get("output_message_file") or MESSAGE)


def read_message(order: ProcessingOrder, file: Path) -> str:
    """What the job left as its message; a link is none."""
    if file not in files_below(order, file.parent):
        return ""
    try:
        return read_file(file, 4 * MAX_MESSAGE).decode("utf-8", "replace")[:MAX_MESSAGE].strip()
    except InputError:
        return ""
