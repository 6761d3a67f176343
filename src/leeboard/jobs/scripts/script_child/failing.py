"""An exception as the parent gets it."""

import traceback
from typing import Any

from .rows import UnusableError


def described(error: BaseException, file: str) -> dict[str, Any]:
    """The error line, the frames inside the user's file, and the traceback from there on.

    Args:
        error: whatever was raised.
        file: the name under which the user's file was compiled.
    """
    if isinstance(error, MemoryError):
        traceback.clear_frames(error.__traceback__)  # else what filled the memory stays there
    stack = traceback.extract_tb(error.__traceback__)
    frames = [
        (frame.filename, frame.lineno or 0, frame.name, frame.line)
        for frame in stack
        if frame.filename == file
    ]
    lines = traceback.format_exception_only(error)
    where = traceback.format_list(frames)
    if isinstance(error, SyntaxError):  # its own place comes before the message
        where += lines[:-1]
        lines = lines[-1:]
    detail = _detail(error, file)
    return {
        "error": str(error) if isinstance(error, UnusableError) else "".join(lines).strip(),
        "frames": "".join(where).rstrip(),
        "detail": detail,
        "is_memory": isinstance(error, MemoryError),
    }


def _detail(error: BaseException, file: str) -> str:
    """The traceback without our own frames, which tell the script's author nothing."""
    if isinstance(error, UnusableError):
        return str(error)
    inside = error.__traceback__
    while inside and inside.tb_frame.f_code.co_filename != file:
        inside = inside.tb_next
    if inside is None and isinstance(error, SyntaxError):
        return "".join(traceback.format_exception_only(error))
    return "".join(traceback.format_exception(type(error), error, inside or error.__traceback__))
