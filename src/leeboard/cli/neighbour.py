"""Whether another server has a home folder already."""

import json
import os
import socket
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from leeboard.client.places import SERVER_FILE

PATIENCE_S = 1.0


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A server that runs: where it answers, and its process."""

    url: str
    pid: int


def running_in(home: Path) -> Neighbour | None:
    """The server that `server.json` of this folder names, if its process is there and its port is open."""
    with suppress(OSError, ValueError, KeyError, TypeError):
        told = json.loads((home / SERVER_FILE).read_bytes())
        there = Neighbour(str(told["url"]), int(told["pid"]))
        if there.pid > 0 and there.pid != os.getpid() and _is_alive(there.pid) and _answers(there.url):
            return there
    return None


def _is_alive(pid: int) -> bool:
    """A process of another user is one, too."""
    try:
        os.kill(pid, 0)
    except PermissionError:
        return True
    except OSError:
        return False
    return True


def _answers(url: str) -> bool:
    place = urlsplit(url)
    with socket.create_connection((place.hostname or "", place.port or 80), PATIENCE_S):
        return True
