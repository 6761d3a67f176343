"""A small server that speaks what leeboard asks of Kubernetes' API, and runs pods as boxes of bubblewrap."""

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Condition, Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

NAMESPACE, CLAIM = "monitors", "homes"
NAME = re.compile(r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?")
JOBS = f"/apis/batch/v1/namespaces/{NAMESPACE}/jobs"
PODS = f"/api/v1/namespaces/{NAMESPACE}/pods"
POLICIES = f"/apis/networking.k8s.io/v1/namespaces/{NAMESPACE}/networkpolicies"


@dataclass
class Pod:
    """One pod: its process in a box, and what it printed."""

    job: dict[str, Any]
    status: dict[str, Any] = field(default_factory=lambda: {"phase": "Pending"})
    process: "subprocess.Popen[bytes] | None" = None
    printed: bytes = b""
    is_over: bool = False

    @property
    def name(self) -> str:
        return f"{self.job['metadata']['name']}-x7k2p"


@dataclass
class TestCluster:
    """What there is in the one namespace.

    Attributes:
        volume: the folder behind the claim.
        made: all Jobs that were ever asked for.
    """

    __test__ = False
    volume: Path
    url: str = ""
    pods: dict[str, Pod] = field(default_factory=dict)
    policies: set[str] = field(default_factory=set)
    made: list[dict[str, Any]] = field(default_factory=list)
    changed: Condition = field(default_factory=Condition)

    @property
    def engine(self) -> str:
        return f"kubernetes:{NAMESPACE}?claim={CLAIM}&mounted={self.volume}&server={self.url}"

    def create(self, job: dict[str, Any]) -> None:
        pod = self.pods[job["metadata"]["name"]] = Pod(job)
        self.made.append(job)
        Thread(target=self._run, args=(pod,), daemon=True).start()

    def delete(self, name: str) -> None:
        pod = self.pods[name]
        if pod.process is not None:
            pod.process.kill()
        with self.changed:
            pod.is_over = True
            self.pods.pop(name, None)
            self.changed.notify_all()

    def _run(self, pod: Pod) -> None:
        container = pod.job["spec"]["template"]["spec"]["containers"][0]
        if "missing" in container["image"]:
            self._set(pod, "Pending", {"waiting": {"reason": "ErrImagePull"}})
            self._set(pod, "Pending", {"waiting": {"reason": "ImagePullBackOff", "message": "no such image"}})
            return
        pod.process = subprocess.Popen(
            [*self._box(container), *container.get("command", ()), *container.get("args", ())],
            env={one["name"]: one["value"] for one in container.get("env", ())} | {"PATH": "/usr/bin:/bin"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        self._set(pod, "Running", {"running": {}})
        assert pod.process.stdout is not None
        with pod.process.stdout as lines:
            for line in lines:
                with self.changed:
                    pod.printed += line
                    self.changed.notify_all()
        code = pod.process.wait()
        ended = {"exitCode": code if code >= 0 else 128 - code, "reason": "Error" if code else "Completed"}
        if code == 99:
            ended = {"exitCode": 137, "reason": "OOMKilled"}
        pod.is_over = True
        self._set(pod, "Failed" if code else "Succeeded", {"terminated": ended})

    def _set(self, pod: Pod, phase: str, state: dict[str, Any]) -> None:
        with self.changed:
            pod.status = {"phase": phase, "containerStatuses": [{"name": "algo-1", "state": state}]}
            self.changed.notify_all()

    def _box(self, container: dict[str, Any]) -> list[str]:
        bwrap = shutil.which("bwrap") or "bwrap"
        words = [bwrap, "--die-with-parent", "--ro-bind", "/", "/", "--dev", "/dev", "--tmpfs", "/opt"]
        for mount in container["volumeMounts"]:
            kind = "--ro-bind" if mount["readOnly"] else "--bind"
            words += [kind, str(self.volume / mount["subPath"]), mount["mountPath"]]
        return words


@contextmanager
def kubernetes_server(volume: Path) -> Iterator[TestCluster]:
    """A running one."""
    cluster = TestCluster(volume)
    handler = type("Bound", (_Handler,), {"cluster": cluster})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    cluster.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield cluster
    finally:
        for name in list(cluster.pods):
            cluster.delete(name)
        server.shutdown()
        server.server_close()
        thread.join()


class _Handler(BaseHTTPRequestHandler):
    cluster: TestCluster
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        job = json.loads(self._body())
        name = job["metadata"]["name"]
        if self.path != JOBS:
            self._refuse(404, f"the server could not find {self.path}")
        elif not NAME.fullmatch(name) or any(len(one) > 63 for one in job["metadata"]["labels"].values()):
            self._refuse(422, f"Job.batch {name!r} is invalid")
        elif name in self.cluster.pods:
            self._refuse(409, f'jobs.batch "{name}" already exists')
        else:
            self.cluster.create(job)
            self._answer(201, job)

    def do_DELETE(self) -> None:
        options = json.loads(self._body())
        name = self.path.rpartition("/")[2]
        if name not in self.cluster.pods:
            self._refuse(404, f'jobs.batch "{name}" not found')
        else:
            assert options["propagationPolicy"] == "Background", "its pods would stay"
            self.cluster.delete(name)
            self._answer(200, {"kind": "Status", "status": "Success"})

    def do_GET(self) -> None:
        split = urlsplit(self.path)
        folder, _, name = split.path.rpartition("/")
        if split.path == PODS:
            selector = parse_qs(split.query)["labelSelector"][0].removeprefix("job-name=")
            found = [pod for job, pod in self.cluster.pods.items() if job == selector]
            items = [{"metadata": {"name": pod.name}, "status": pod.status} for pod in found]
            self._answer(200, {"kind": "PodList", "items": items})
        elif folder == POLICIES and name in self.cluster.policies:
            self._answer(200, {"kind": "NetworkPolicy", "metadata": {"name": name}})
        elif folder == JOBS and name in self.cluster.pods:
            self._answer(200, {**self.cluster.pods[name].job, "status": {}})
        elif folder.startswith(PODS) and name == "log":
            self._follow(folder.rpartition("/")[2])
        else:
            self._refuse(404, f"{split.path} not found")

    def _follow(self, name: str) -> None:
        pod = next(one for one in self.cluster.pods.values() if one.name == name)
        self.send_response(200)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        sent = 0
        while True:
            with self.cluster.changed:
                while not pod.is_over and len(pod.printed) == sent:
                    self.cluster.changed.wait()
                piece = pod.printed[sent:]
            sent += len(piece)
            self.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece))
            if not piece:
                return

    def _body(self) -> bytes:
        return self.rfile.read(int(self.headers.get("Content-Length") or 0))

    def _refuse(self, code: int, message: str) -> None:
        self._answer(code, {"kind": "Status", "status": "Failure", "message": message, "code": code})

    def _answer(self, code: int, document: dict[str, Any]) -> None:
        body = json.dumps(document).encode()
        self.send_response(code)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing."""
