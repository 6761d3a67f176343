"""The claim on an execution, as its passes see it."""

from contextlib import AbstractContextManager
from datetime import datetime
from threading import Event
from typing import Protocol

from sqlalchemy import Connection

from leeboard.service.queue import Claim
from leeboard.service.service import Service


class Hold(Protocol):
    """What a pass needs of the work that was claimed for it."""

    @property
    def service(self) -> Service: ...

    @property
    def claim(self) -> Claim: ...

    @property
    def is_lost(self) -> bool: ...

    @property
    def is_closing(self) -> Event: ...

    @property
    def now(self) -> datetime: ...

    def holding(self) -> AbstractContextManager[Connection]: ...

    def finishing(self) -> AbstractContextManager[Connection]: ...

    def later(self, wait_s: float) -> None: ...
