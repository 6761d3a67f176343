"""Sessions that keys and tokens began which are others now are forgotten, so that nothing revives them.

A session that does not hold cannot be told from one of another server's keys: its digest says nothing. So
the home folder keeps seals of what let somebody in at the last start, and what is missing among them now was
changed since.
"""

import json
import logging
from collections.abc import Iterable
from pathlib import Path

from sqlalchemy import Connection

from leeboard.service.access import sessions
from leeboard.service.access.digests import new_secret
from leeboard.service.access.visitors import Origin
from leeboard.service.keys import put_private
from leeboard.state.database import Database

FILE = "known-keys.json"
Known = dict[str, tuple[str, str]]
_log = logging.getLogger(__name__)


def forget_changed(database: Database, home: Path, origins: Iterable[Origin]) -> int:
    """At a start: how many sessions were forgotten; those of a home that is new are left as they are."""
    file, held = home / FILE, list(origins)
    try:
        chance, known = _known(file)
        now: Known = {origin.seal(chance): (origin.name, origin.role) for origin in held}
        changed = {who for seal, who in known.items() if seal not in now}
        n = 0
        if changed:
            with database.write() as connection:
                n = _forget(connection, changed)
        if known != now:
            put_private(file, {"chance": chance, "known": now})
    except OSError as error:
        _log.warning("which keys held at the last start cannot be kept in %s: %s", file, error.strerror)
        return 0
    if n:
        _log.info("%d sessions ended: what began them is another key or token now, or in another role", n)
    return n


def _known(file: Path) -> tuple[str, Known]:
    """The chance in the seals, and whom they are of; nobody if the file cannot be understood."""
    try:
        kept = json.loads(file.read_bytes())
        return str(kept["chance"]), {
            seal: (str(name), str(role)) for seal, (name, role) in kept["known"].items()
        }
    except FileNotFoundError:
        return new_secret(), {}
    except (ValueError, TypeError, KeyError, AttributeError):
        _log.warning("%s cannot be understood; sessions of keys that were changed may still be there", file)
        return new_secret(), {}


def _forget(connection: Connection, changed: Iterable[tuple[str, str]]) -> int:
    return sum(sessions.end_of_origin(connection, name, role) for name, role in changed)
