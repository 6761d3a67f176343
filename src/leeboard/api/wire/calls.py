"""What an operation is, and what it is given."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks."""

    access_key: str
    account: str
    region: str


@dataclass(frozen=True, slots=True)
class Call:
    """One request, read and validated.

    Args:
        service: botocore's name of it, such as `sagemaker`.
        operation: AWS's name of it, such as `CreateModel`.
        params: the members of the request; times are aware, blobs are bytes, absent members are absent.
        desk: what the server gave at its start; operations get their service from it.
    """

    service: str
    operation: str
    params: dict[str, Any]
    desk: Any
    caller: Caller
    now: datetime


Handler = Callable[[Call], dict[str, Any]]
"""Gives the members of the answer, None for an absent one; refuses with a `RefusalError`."""


@dataclass(frozen=True, slots=True)
class Operations:
    """The operations on one resource.

    Args:
        service: botocore's name of it.
        name: of the resource, in the plural.
        handlers: functions named as their operations are, in snake case.
        quick: those of them that never wait (no disk, no lock, no network) and so need no thread.
        short_reads: those that read a few rows of the state; they need none either where that is a
            local file that nobody locks for readers.
    """

    service: str
    name: str
    handlers: tuple[Handler, ...]
    quick: frozenset[Handler] = frozenset()
    short_reads: frozenset[Handler] = frozenset()
