"""A Kubernetes cluster: its Jobs, their pods and what these print."""

import json
import os
import socket
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

from leeboard.errors import InputError, NotFoundError
from leeboard.jobs.containers.cluster_name import ClusterName
from leeboard.jobs.containers.sockets import CALL_S, Door

ACCOUNT = Path("/var/run/secrets/kubernetes.io/serviceaccount")
HOST, PORT = "KUBERNETES_SERVICE_HOST", "KUBERNETES_SERVICE_PORT"
_PIECE = 1 << 16


@dataclass(frozen=True, slots=True)
class Cluster:
    """The API of a cluster in one namespace."""

    door: Door
    namespace: str

    def create(self, job: Mapping[str, Any]) -> None:
        """Makes a Job."""
        self.door.ask("POST", self._jobs(), document=job)

    def job(self, name: str) -> dict[str, Any]:
        """Raises NotFoundError if there is none."""
        return self._told(self._jobs(name))

    def pods(self, job: str) -> list[dict[str, Any]]:
        """Those of a Job."""
        query = urlencode({"labelSelector": f"job-name={job}"})
        return list(self._told(f"/api/v1/namespaces/{self.namespace}/pods?{query}").get("items") or [])

    def has_policy(self, name: str) -> bool:
        """Whether there is a NetworkPolicy of that name."""
        try:
            self._told(f"/apis/networking.k8s.io/v1/namespaces/{self.namespace}/networkpolicies/{name}")
        except NotFoundError:
            return False
        return True

    def follow(self, pod: str, feed: Callable[[bytes], None], *, patience_s: float) -> None:
        """Takes what the pod prints until it ends; a silence longer than the patience is an end, too."""
        path = f"/api/v1/namespaces/{self.namespace}/pods/{pod}/log?follow=true"
        with self.door.asked("GET", path, patience_s=patience_s) as answer:
            while piece := answer.read1(_PIECE):
                feed(piece)

    def remove(self, job: str) -> None:
        """Takes a Job and its pods away, if they are there."""
        options = {"kind": "DeleteOptions", "apiVersion": "v1", "propagationPolicy": "Background"}
        try:
            self.door.ask("DELETE", self._jobs(job), document=options)
        except NotFoundError:
            return

    def _jobs(self, name: str = "") -> str:
        return f"/apis/batch/v1/namespaces/{self.namespace}/jobs{'/' if name else ''}{name}"

    def _told(self, path: str) -> dict[str, Any]:
        return dict(json.loads(self.door.ask("GET", path)))


def cluster_of(text: str) -> Cluster:
    """The cluster of that name.

    Raises:
        InputError: nothing says where its API is.
    """
    name = ClusterName.of(text)
    namespace = name.namespace or _read("namespace") or "default"
    if name.server:
        return Cluster(Door(name.server, lambda patience_s: _plain(name.server, patience_s)), namespace)
    if not os.environ.get(HOST):
        raise InputError(
            f"{HOST} is not set, so this server runs in no cluster: start it in a pod, or run kubectl proxy "
            "and add &server=http://127.0.0.1:8001 to the container engine"
        )
    return Cluster(Door(f"https://{os.environ[HOST]}", _inside, _account), namespace)


def _plain(url: str, patience_s: float) -> socket.socket:
    split = urlsplit(url)
    if split.scheme != "http" or not split.hostname:
        raise InputError(f"the server {url!r} of the cluster cannot be asked: expected http://127.0.0.1:PORT")
    return socket.create_connection((split.hostname, split.port or 80), patience_s)


def _inside(patience_s: float = CALL_S) -> socket.socket:
    place = (os.environ[HOST], int(os.environ.get(PORT, "443")))
    context = ssl.create_default_context(cafile=str(ACCOUNT / "ca.crt"))
    return context.wrap_socket(socket.create_connection(place, patience_s), server_hostname=place[0])


def _account() -> dict[str, str]:
    """Read each time, as clusters give new ones now and then."""
    return {"Authorization": f"Bearer {_read('token')}"}


def _read(name: str) -> str:
    try:
        return (ACCOUNT / name).read_text(encoding="utf-8").strip()
    except OSError:
        return ""
