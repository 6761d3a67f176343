"""What a container of a job is to be, and how that is said to an engine."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

N_PROCESSES = 4096
HOST = "algo-1"


@dataclass(frozen=True, slots=True, kw_only=True)
class ContainerPlan:
    """One container.

    Attributes:
        entrypoint, arguments: in place of the image's own, if given.
        readable: folders of this machine by the place at which the container sees them.
        writable: places that are empty at the start and kept until the end.
        memory_bytes, n_cpus: None for no limit.
    """

    name: str
    image: str
    entrypoint: Sequence[str] = ()
    arguments: Sequence[str] = ()
    environment: Mapping[str, str]
    labels: Mapping[str, str]
    readable: Mapping[str, Path]
    writable: Sequence[str]
    memory_bytes: int | None = None
    n_cpus: float | None = None
    has_network: bool = True

    @property
    def document(self) -> dict[str, Any]:
        """The body of a call that makes it."""
        asked: dict[str, Any] = {
            "Image": self.image,
            "Hostname": HOST,
            "Entrypoint": list(self.entrypoint) or None,
            "Cmd": list(self.arguments) or None,
            "Env": [f"{name}={value}" for name, value in self.environment.items()],
            "Labels": dict(self.labels),
            "Volumes": {place: {} for place in self.writable},
            "Healthcheck": {"Test": ["NONE"]},
            "HostConfig": self._limits(),
        }
        return {name: value for name, value in asked.items() if value is not None}

    def _limits(self) -> dict[str, Any]:
        """No ulimits: naming one takes the engine's other defaults away."""
        mounts = [
            {"Type": "bind", "Source": str(source), "Target": place, "ReadOnly": True}
            for place, source in self.readable.items()
        ]
        limits: dict[str, Any] = {
            "Mounts": mounts,
            "CapDrop": ["ALL"],
            "SecurityOpt": ["no-new-privileges"],
            "PidsLimit": N_PROCESSES,
            "LogConfig": {"Type": "none", "Config": {}},
        }
        if self.memory_bytes:
            limits |= {"Memory": self.memory_bytes, "MemorySwap": self.memory_bytes}
        if self.n_cpus:
            limits["NanoCpus"] = int(self.n_cpus * 1e9)
        return limits if self.has_network else limits | {"NetworkMode": "none"}


def topmost(places: Iterable[str]) -> list[str]:
    """Places that are in no other one.

    >>> topmost(["/opt/ml/output/", "/opt/ml/output/metrics", "/opt/ml/outputs"])
    ['/opt/ml/output', '/opt/ml/outputs']
    """
    plain = sorted({"/" + "/".join(filter(None, place.split("/"))) for place in places})
    return [one for one in plain if not any(is_below(one, other) for other in plain)]


def is_below(place: str, other: str) -> bool:
    """Whether a place is in another one, which it is not itself."""
    return place.startswith(other.rstrip("/") + "/")
