"""An exception as the parent gets it."""

import traceback
from typing import Any

from .rows import UnusableError


def described(error: BaseException, file: str) -> dict[str, Any]:
    """The error line, the frames inside the user's file, and the whole traceback.

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
    return {
        "error": str(error) if isinstance(error, UnusableError) else "".join(lines).strip(),
        "frames": "".join(where).rstrip(),
        "detail": "".join(traceback.format_exception(error)),
        "is_memory": isinstance(error, MemoryError),
    }
