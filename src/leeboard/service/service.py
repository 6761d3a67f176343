"""What the parts of one server share."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from leeboard.capture.spool import Spool
from leeboard.service.bell import Bell
from leeboard.service.routes import Routes
from leeboard.service.settings import Settings
from leeboard.state.database import Database


@dataclass(frozen=True, slots=True)
class Service:
    """One server's settings, state, models and capture.

    Attributes:
        read_request: from an operation's name and what came to what the operation gets, as requests from
            outside are read; None where no API runs.
    """

    settings: Settings
    database: Database
    routes: Routes
    capture: Spool
    bell: Bell = field(default_factory=Bell)
    read_request: Callable[[str, Any], dict[str, Any]] | None = None
