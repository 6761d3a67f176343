"""Failures of a script as errors with a message that fits a job's failure text."""

from collections.abc import Mapping
from typing import Any

from leeboard.errors import ScriptError
from leeboard.jobs.scripts.limits import ScriptLimits
from leeboard.jobs.scripts.process import size_text

MAX_MESSAGE = 1024
"""Characters that a failure text has."""
_MAX_CAUSE = 600


def script_error(
    sentence: str, subject: str, cause: str, *, frames: str = "", detail: str = "", record: int | None = None
) -> ScriptError:
    """An error whose message starts with the sentence, then says where, why, and in which lines.

    If it gets too long, the outer frames go first, as the inner ones say more.
    """
    head = f"{sentence} {subject}: {_cut(cause)}"
    lines = frames.splitlines()
    while lines and len(head) + sum(len(line) + 1 for line in lines) > MAX_MESSAGE:
        del lines[0]
    return ScriptError("\n".join([head[:MAX_MESSAGE], *lines]), record, detail or cause)


def error_of(
    sentence: str, subject: str, failed: Mapping[str, Any], limits: ScriptLimits, record: int | None = None
) -> ScriptError:
    """The error for an exception that the child described."""
    cause = str(failed["error"])
    if failed["is_memory"]:
        cause += f" (it may use {size_text(limits.memory_bytes)} of memory)"
    detail = str(failed["detail"])
    return script_error(sentence, subject, cause, frames=str(failed["frames"]), detail=detail, record=record)


def _cut(cause: str) -> str:
    return cause if len(cause) <= _MAX_CAUSE else cause[: _MAX_CAUSE - 3] + "..."
