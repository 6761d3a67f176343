"""What is asked of a container engine: calls of Docker's HTTP API that Podman has, too."""

import json
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO, Any, cast
from urllib.parse import quote, urlencode

from leeboard.errors import EngineError, InputError, NotFoundError, UnreachableError
from leeboard.jobs.containers.plan import ContainerPlan
from leeboard.jobs.containers.sockets import LONG_S, Door
from leeboard.jobs.containers.stream import Attached

_RUNNING = ("created", "running", "paused", "restarting", "removing", "stopping", "stopped")
"""Podman says `stopped` before the exit code is there."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ContainerState:
    """A container as it was seen.

    Attributes:
        code: of its exit; None while it runs.
        is_out_of_memory: as far as the engine knows.
    """

    code: int | None
    is_out_of_memory: bool


@dataclass(frozen=True, slots=True)
class Engine:
    """An engine behind its door."""

    door: Door

    @property
    def name(self) -> str:
        return self.door.name

    def ping(self) -> None:
        """Whether it answers."""
        self.door.ask("GET", "/_ping", patience_s=5.0)

    def has_image(self, image: str) -> bool:
        """Whether the image is on its machine."""
        try:
            self.door.ask("GET", f"/images/{quote(image, safe='/:@')}/json")
        except NotFoundError:
            return False
        return True

    def pull(self, image: str) -> None:
        """Gets the image from its registry.

        Raises:
            InputError: it cannot be had; in the engine's words.
        """
        query = urlencode({"fromImage": image} if _is_told(image) else {"fromImage": image, "tag": "latest"})
        with self.door.asked("POST", f"/images/create?{query}", patience_s=LONG_S) as answer:
            for line in answer:
                told = _parsed(line)
                if fault := told.get("error") or (told.get("errorDetail") or {}).get("message"):
                    raise InputError(str(fault)[:500])

    def create(self, plan: ContainerPlan) -> str:
        """Makes a container; gives its id."""
        path = f"/containers/create?{urlencode({'name': plan.name})}"
        told = json.loads(self.door.ask("POST", path, document=plan.document, patience_s=LONG_S))
        return str(told["Id"])

    def attach(self, container: str, feed: Callable[[bytes], None]) -> Attached:
        """What it prints from now on."""
        return Attached(self.door, container, feed, 60.0)

    def start(self, container: str) -> None:
        """Starts what was made."""
        self.door.ask("POST", f"/containers/{container}/start", patience_s=LONG_S)

    def state(self, container: str) -> ContainerState:
        """How it is.

        Raises:
            NotFoundError: somebody removed it.
        """
        told: dict[str, Any] = json.loads(self.door.ask("GET", f"/containers/{container}/json"))["State"]
        code = None if told.get("Status") in _RUNNING else int(told.get("ExitCode", 0))
        return ContainerState(code, bool(told.get("OOMKilled")))

    def stop(self, container: str, leave_s: float) -> None:
        """Ends it: it may leave by itself for so long, in whole seconds."""
        self.door.ask("POST", f"/containers/{container}/stop?t={int(leave_s)}")

    def remove(self, container: str) -> None:
        """Nothing is left of it, if there was anything."""
        try:
            self.door.ask("DELETE", f"/containers/{container}?force=true&v=true", patience_s=LONG_S)
        except UnreachableError:
            raise
        except InputError as refused:  # it is not there, or somebody removes it just now
            _log.debug("%s: %s", container, refused)

    def put(self, container: str, place: str, archive: bytes) -> None:
        """Unpacks an archive in a folder of it."""
        self.door.ask("PUT", _archive(container, place), data=archive)

    @contextmanager
    def archive(self, container: str, place: str) -> Iterator[IO[bytes]]:
        """A folder of it as an archive."""
        with self.door.asked("GET", _archive(container, place), patience_s=LONG_S) as answer:
            yield cast(IO[bytes], answer)


def _archive(container: str, place: str) -> str:
    return f"/containers/{container}/archive?{urlencode({'path': place})}"


def _is_told(image: str) -> bool:
    """Whether the image names a tag or digest; without one an engine would pull all of them."""
    return ":" in image.rpartition("/")[2] or "@" in image


def _parsed(line: bytes) -> dict[str, Any]:
    if not line.strip():
        return {}
    try:
        told = json.loads(line)
    except ValueError:
        raise EngineError(f"the engine tells of a pull in a way that is not known: {line[:80]!r}") from None
    return told if isinstance(told, dict) else {}
