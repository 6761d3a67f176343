"""Which container engine there is on this machine."""

import os
import shutil
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from leeboard.errors import LeeboardError
from leeboard.jobs.containers.cluster_name import CLUSTER, ClusterName
from leeboard.jobs.containers.engine import Engine
from leeboard.jobs.containers.podman import PODMAN, podman_door
from leeboard.jobs.containers.sockets import Door, door_at

AUTO, NONE = "auto", "none"
_VARIABLES = ("DOCKER_HOST", "CONTAINER_HOST")
_SOCKETS = ("/var/run/docker.sock", "/run/podman/podman.sock")


@dataclass(frozen=True, slots=True)
class Found:
    """An engine, or why there is none."""

    engine: Engine | None
    why_not: str = ""


def find_engine(asked: str, environment: Mapping[str, str] = os.environ) -> Found:
    """The engine of that name: `auto`, `podman` for its command, or a URL.

    Raises:
        InputError: it is none of these.
    """
    if asked == NONE:
        return Found(None, "the server was started with --container-engine none")
    if asked != AUTO:
        return Found(engine_of(asked))
    tried: list[str] = []
    for url in _places(environment):
        try:
            engine = Engine(door_at(url))
            engine.ping()
        except LeeboardError as error:
            tried.append(f"{url} ({error})")
        else:
            return Found(engine)
    if shutil.which(PODMAN):
        return Found(engine_of(PODMAN))
    looked = ", ".join((*_VARIABLES, *_SOCKETS, _own_socket(environment)))
    faults = f"; it was tried: {'; '.join(tried)}" if tried else ""
    return Found(None, f"none was found: looked at {looked}, and for the command podman{faults}")


def engine_of(name: str) -> Engine:
    """The engine that has this as its name.

    Raises:
        InputError: no engine can have it.
    """
    return Engine(Door(PODMAN, podman_door) if name == PODMAN else door_at(name))


def checked_name(name: str) -> str:
    """The name of an engine, as it is.

    Raises:
        InputError: no engine can have it.
    """
    if name.startswith(CLUSTER):
        ClusterName.of(name)
    elif name not in (AUTO, NONE):
        engine_of(name)
    return name


def _places(environment: Mapping[str, str]) -> Iterator[str]:
    for variable in _VARIABLES:
        if url := environment.get(variable):
            yield url
    yield from (f"unix://{path}" for path in (*_SOCKETS, _own_socket(environment)) if _is_socket(path))


def _own_socket(environment: Mapping[str, str]) -> str:
    return f"{environment.get('XDG_RUNTIME_DIR') or f'/run/user/{os.getuid()}'}/podman/podman.sock"


def _is_socket(path: str) -> bool:
    try:
        return stat.S_ISSOCK(os.stat(path).st_mode)
    except OSError:
        return False
