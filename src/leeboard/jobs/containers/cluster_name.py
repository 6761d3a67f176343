"""How a Kubernetes cluster is named to a server: `kubernetes:NAMESPACE?claim=NAME`."""

import re
from dataclasses import dataclass
from typing import Self
from urllib.parse import parse_qs, urlsplit

from leeboard.errors import InputError

CLUSTER = "kubernetes"
_LABEL = re.compile(r"[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?")
_KNOWN = {"claim", "mounted", "server"}


@dataclass(frozen=True, slots=True)
class ClusterName:
    """A namespace, and the volume that its pods share with this server.

    Attributes:
        namespace: empty for the server's own.
        claim: the claim of the volume that the server's home folder is on.
        mounted: where that volume is mounted for this server; empty to look for the mount point.
        server: URL of the API, such as that of `kubectl proxy`; empty inside of a cluster.
    """

    namespace: str
    claim: str
    mounted: str = ""
    server: str = ""

    @classmethod
    def of(cls, text: str) -> Self:
        """Raises InputError if it cannot be read."""
        try:
            split = urlsplit(text)
            given = {name: values[-1] for name, values in parse_qs(split.query, strict_parsing=True).items()}
        except ValueError:
            given, split = {}, urlsplit("")
        is_known = split.scheme == CLUSTER and given.keys() <= _KNOWN
        names = (given.get("claim", ""), split.path or "default")
        if not is_known or not all(_LABEL.fullmatch(name) for name in names):
            raise InputError(
                f"the container engine {text!r} cannot be used: expected {CLUSTER}:NAMESPACE?claim=NAME "
                "with the claim of the volume of the server's home folder, and perhaps &mounted=FOLDER "
                "and &server=http://127.0.0.1:8001"
            )
        return cls(split.path, **given)
