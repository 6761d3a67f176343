"""Paths below /opt/ml led to the folder that stands for it, for scripts that name them literally.

It serves what is opened from Python. Where there is a box, /opt/ml is really there and this is not used.
"""

import builtins
import functools
import io
import os
from collections.abc import Callable
from typing import Any

_PLACE = "/opt/ml"
_ONE_PATH = (
    "open", "stat", "lstat", "listdir", "scandir", "mkdir", "rmdir", "remove", "unlink", "access", "chmod",
    "chdir", "readlink", "truncate", "utime", "statvfs", "mkfifo",
)  # fmt: skip
_TWO_PATHS = ("rename", "replace", "link", "symlink")


def redirect(root: str) -> None:
    """From now on /opt/ml is taken below the root by `open` and by the functions of `os`."""
    opened = _led(builtins.open, root, 1)
    builtins.open = opened
    io.open = opened
    for names, n_paths in ((_ONE_PATH, 1), (_TWO_PATHS, 2)):
        for name in names:
            setattr(os, name, _led(getattr(os, name), root, n_paths))


def _led(function: Callable[..., Any], root: str, n_paths: int) -> Any:
    @functools.wraps(function)
    def led(*arguments: Any, **keywords: Any) -> Any:
        paths = (_moved(path, root) for path in arguments[:n_paths])
        named = {name: _moved(value, root) for name, value in keywords.items()}
        return function(*paths, *arguments[n_paths:], **named)

    return led


def _moved(path: Any, root: str) -> Any:
    if not isinstance(path, str | bytes | os.PathLike):
        return path
    text = os.fsdecode(path)
    if text != _PLACE and not text.startswith(f"{_PLACE}/"):
        return path
    return os.fsencode(root + text) if isinstance(path, bytes) else root + text
