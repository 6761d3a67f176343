"""What the parts of one server share."""

from dataclasses import dataclass, field

from leeboard.capture.spool import Spool
from leeboard.service.bell import Bell
from leeboard.service.routes import Routes
from leeboard.service.settings import Settings
from leeboard.state.database import Database


@dataclass(frozen=True, slots=True)
class Service:
    """One server's settings, state, models and capture."""

    settings: Settings
    database: Database
    routes: Routes
    capture: Spool
    bell: Bell = field(default_factory=Bell)
