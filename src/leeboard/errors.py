"""Every error that a caller may meet.

LeeboardError
├── InputError            the user can mend it: exit code 2, HTTP 400
│   ├── NoDataError       nothing to analyse: empty window, empty file
│   ├── NotFoundError     no such file, folder, bucket or object
│   ├── UnreachableError  a server does not answer; it may, later
│   ├── FormatError       a file is not what it should be
│   ├── ScriptError       a pre- or post-processing script failed
│   ├── UnknownNameError  no thing of that name in a roster
│   └── MissingExtraError an optional part of leeboard is not installed
└── EngineError           our side failed: exit code 1, HTTP 500
"""

from collections.abc import Iterable
from difflib import get_close_matches


class LeeboardError(Exception):
    """Anything that leeboard raises on purpose."""

    exit_code = 1


class InputError(LeeboardError):
    """What was given cannot be used; the message says what to do."""

    exit_code = 2


class NoDataError(InputError):
    """There is nothing to analyse."""


class NotFoundError(InputError):
    """A file, folder, bucket or object is not there."""

    def __init__(self, message: str, uri: str = "") -> None:
        super().__init__(message)
        self.uri = uri


class UnreachableError(InputError):
    """A server that keeps the data does not answer; what was asked may work later."""


class FormatError(InputError):
    """A file does not hold what it should."""

    def __init__(self, message: str, uri: str = "", line: int | None = None) -> None:
        super().__init__(message)
        self.uri = uri
        self.line = line


class ScriptError(InputError):
    """A user's script raised, ran out of time or memory, or returned what cannot be used."""

    def __init__(self, message: str, record: int | None = None, detail: str = "") -> None:
        super().__init__(message)
        self.record = record
        self.detail = detail


class UnknownNameError(InputError):
    """A name that no entry of a roster has."""

    def __init__(self, noun: str, name: str, known: Iterable[str]) -> None:
        self.name = name
        self.known = sorted(known)
        near = get_close_matches(name, self.known, n=1)
        hint = f", did you mean {near[0]!r}?" if near else "."
        super().__init__(f"no {noun} named {name!r}{hint} Known: {', '.join(self.known)}")


class MissingExtraError(InputError):
    """A package that only an extra installs is not there."""

    def __init__(self, package: str, extra: str, purpose: str) -> None:
        self.package = package
        self.extra = extra
        super().__init__(f"{purpose} needs the package {package}: pip install 'leeboard[{extra}]'")


class EngineError(LeeboardError):
    """A fault on our side, not in what was given."""
