"""Images of the user's own, as Jobs of a Kubernetes cluster that shares a volume with this server."""

import os
import time
from dataclasses import dataclass
from pathlib import Path
from threading import Thread
from typing import Any

from leeboard.errors import EngineError, InputError, LeeboardError
from leeboard.jobs.containers.cluster import Cluster, cluster_of
from leeboard.jobs.containers.cluster_job import NO_NETWORK, job_document
from leeboard.jobs.containers.cluster_name import CLUSTER, ClusterName
from leeboard.jobs.containers.leftovers import record
from leeboard.jobs.containers.plan import ContainerPlan
from leeboard.jobs.places import METRICS
from leeboard.jobs.runners import Runner
from leeboard.jobs.runners.container_end import end_of_container
from leeboard.jobs.runners.ending import why_stopped
from leeboard.jobs.runners.layout import on_disk, output_paths
from leeboard.jobs.runners.order import Log, ProcessingEnd, ProcessingOrder, ShouldStop
from leeboard.jobs.runners.output_log import OutputLog
from leeboard.jobs.runners.own_images import (
    Limits,
    UnwantedError,
    bring_inputs,
    plan_of,
    refuse_large_outputs,
    refuse_unwanted_image,
)

_LOOK_S = 0.5
_GONE_S = 120.0
_HOPELESS = (
    "ImagePullBackOff", "InvalidImageName", "CreateContainerConfigError", "CreateContainerError",
    "RunContainerError",
)  # fmt: skip


def run(order: ProcessingOrder, log: Log, should_stop: ShouldStop) -> ProcessingEnd:
    """Lays the files out on the shared volume, and follows the pod."""
    refuse_unwanted_image(order)
    cluster, name = cluster_of(order.engine), ClusterName.of(order.engine)
    limits = Limits(order, should_stop)
    try:
        bring_inputs(order, log, limits)
    except UnwantedError:
        return ProcessingEnd(state="Stopped", message=why_stopped(order, limits.cause))
    plan = plan_of(order)
    if not order.has_network and not cluster.has_policy(NO_NETWORK):
        raise InputError(
            f"the job asks for EnableNetworkIsolation, and the namespace {cluster.namespace} has no "
            f"NetworkPolicy {NO_NETWORK} that takes the network from pods with the label leeboard/network"
        )
    _open_outputs(order, plan)
    sub_paths = _sub_paths(order, plan, name)
    document = job_document(plan, claim=name.claim, sub_paths=sub_paths, max_runtime_s=order.max_runtime_s)
    record(order.root, engine=order.engine, container=plan.name)
    lines = OutputLog(log)
    try:
        cluster.create(document)
        code, is_out_of_memory = _Pod(cluster, plan.name, lines, log, limits).follow()
    finally:
        _remove(cluster, plan.name)
    lines.finish()
    refuse_large_outputs(order)
    return end_of_container(
        order, limits.cause, code, lines.last_lines, log, is_out_of_memory=is_out_of_memory
    )


def _open_outputs(order: ProcessingOrder, plan: ContainerPlan) -> None:
    """Other users than this one may write there; the scratch folder itself is for this one alone."""
    places = [*plan.writable, "/opt/ml/output/metrics", METRICS, *output_paths(order)]
    for place in places:
        folder = on_disk(order, place)
        folder.mkdir(parents=True, exist_ok=True)
        os.chmod(folder, 0o777)  # noqa: S103


def _sub_paths(order: ProcessingOrder, plan: ContainerPlan, name: ClusterName) -> dict[str, str]:
    root = Path(name.mounted) if name.mounted else _mount_point(order.root)
    if not order.root.is_relative_to(root):
        raise InputError(f"the scratch folder {order.root} is not on the volume that is mounted at {root}")
    return {place: str(on_disk(order, place).relative_to(root)) for place in (*plan.readable, *plan.writable)}


def _mount_point(folder: Path) -> Path:
    return next(one for one in (folder, *folder.parents) if os.path.ismount(one))


def _remove(cluster: Cluster, job: str) -> None:
    """Comes back when no pod writes any more."""
    cluster.remove(job)
    until = time.monotonic() + _GONE_S
    while cluster.pods(job):
        if time.monotonic() > until:
            raise EngineError(f"the pods of the Job {job} do not go away")
        time.sleep(_LOOK_S)


@dataclass(slots=True)
class _Pod:
    cluster: Cluster
    job: str
    lines: OutputLog
    log: Log
    limits: Limits
    reader: Thread | None = None
    told: str = ""

    def follow(self) -> tuple[int, bool]:
        """The exit code, and whether memory was the reason; 0 if the limits were reached."""
        while not self.limits.are_reached():
            pod = next(iter(self.cluster.pods(self.job)), None)
            if pod is None:
                self._expect_a_pod()
            elif ended := self._look(pod):
                self._join()
                return int(ended.get("exitCode", 1)), ended.get("reason") == "OOMKilled"
            time.sleep(_LOOK_S)
        return 0, False

    def _expect_a_pod(self) -> None:
        conditions = self.cluster.job(self.job).get("status", {}).get("conditions") or []
        for one in conditions:
            if one.get("type") == "Failed" and one.get("status") == "True":
                raise EngineError(f"the Job {self.job} failed without a pod: {one.get('message')}")

    def _look(self, pod: dict[str, Any]) -> dict[str, Any] | None:
        """How its container ended, if it has."""
        status = pod.get("status") or {}
        states = [one.get("state") or {} for one in status.get("containerStatuses") or []]
        state: dict[str, Any] = states[0] if states else {}
        if "running" in state or "terminated" in state:
            self._read(pod["metadata"]["name"])
        if "terminated" in state:
            return dict(state["terminated"])
        if status.get("phase") == "Failed":
            raise EngineError(
                f"the pod of the job was ended: {status.get('reason')}: {status.get('message')}"
            )
        waiting = state.get("waiting") or {}
        if waiting.get("reason") in _HOPELESS:
            raise InputError(f"the image does not start: {waiting['reason']}: {waiting.get('message')}")
        self._tell(status)
        return None

    def _tell(self, status: dict[str, Any]) -> None:
        """Why a pod waits, each reason once."""
        for one in status.get("conditions") or []:
            text = str(one.get("message") or "")
            if one.get("type") == "PodScheduled" and one.get("status") == "False" and text != self.told:
                self.told = text
                self.log(f"the pod waits: {text}")

    def _read(self, pod: str) -> None:
        if self.reader is None:
            self.reader = Thread(target=self._follow_log, args=(pod,), daemon=True, name="leeboard-pod-log")
            self.reader.start()

    def _follow_log(self, pod: str) -> None:
        try:
            self.cluster.follow(pod, self.lines.feed, patience_s=self.limits.left_s + _GONE_S)
        except LeeboardError as error:
            self.log(f"the log of the pod broke off: {error}")

    def _join(self) -> None:
        if self.reader is not None:
            self.reader.join(_GONE_S)


ENTRY = Runner("kubernetes", lambda image: 5, run, lambda order: order.engine.startswith(CLUSTER))
