"""The user's file as a module, and the handler in it."""

import linecache
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

from .rows import UnusableError

MODULE = "leeboard_user_script"


def load_handler(path: str, name: str) -> Any:
    """Runs the file and returns its function of that name.

    Raises:
        UnusableError: if there is no such function.
    """
    module = _run(Path(path))
    handler = getattr(module, name, None)
    if callable(handler):
        return handler
    raise UnusableError(_no_handler(Path(path).name, name, handler, module))


def _run(path: Path) -> ModuleType:
    source = path.read_bytes()
    module = ModuleType(MODULE)
    module.__file__ = str(path)
    sys.modules[MODULE] = module  # dataclasses and pickles look their module up
    _remember_lines(path.name, source)
    exec(compile(source, path.name, "exec", dont_inherit=True), module.__dict__)  # noqa: S102
    return module


def _remember_lines(name: str, source: bytes) -> None:
    """Lets tracebacks show the lines, though the file has only its bare name there."""
    lines = source.decode("utf-8", "replace").splitlines(keepends=True)
    linecache.cache[name] = (len(source), None, lines, name)


def _no_handler(file: str, name: str, there: Any, module: ModuleType) -> str:
    if there is not None:
        return f"{name} in {file} is no function but {type(there).__name__}"
    from difflib import get_close_matches

    functions = [key for key, value in vars(module).items() if getattr(value, "__module__", "") == MODULE]
    near = get_close_matches(name, functions, n=1, cutoff=0.5)
    hint = f", did you mean {near[0]}?" if near else "."
    return f"no function {name} in {file}{hint} Functions there: {', '.join(functions) or 'none'}"
