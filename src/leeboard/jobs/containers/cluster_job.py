"""A container plan as a Job of Kubernetes."""

import math
from collections.abc import Mapping
from typing import Any

from leeboard.jobs.containers.plan import HOST, ContainerPlan

NO_NETWORK = "leeboard-no-network"
"""Name of the NetworkPolicy that isolated jobs need, and value of the label that it selects."""
_LEAVE_S = 2
_SPARE_S = 120
_KEPT_S = 600


def job_document(
    plan: ContainerPlan, *, claim: str, sub_paths: Mapping[str, str], max_runtime_s: float
) -> dict[str, Any]:
    """One pod that is tried once; deadline and clean-up count if this server is gone.

    Args:
        sub_paths: folders of the claim's volume by the place at which the container sees them.
    """
    labels = {"app.kubernetes.io/managed-by": "leeboard", "leeboard/job": plan.labels["leeboard.job"]}
    if not plan.has_network:
        labels["leeboard/network"] = NO_NETWORK
    pod = {
        "restartPolicy": "Never",
        "hostname": HOST,
        "automountServiceAccountToken": False,
        "enableServiceLinks": False,
        "terminationGracePeriodSeconds": _LEAVE_S,
        "volumes": [{"name": "job", "persistentVolumeClaim": {"claimName": claim}}],
        "containers": [_container(plan, sub_paths)],
    }
    return {
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": {"name": plan.name, "labels": labels, "annotations": dict(plan.labels)},
        "spec": {
            "backoffLimit": 0,
            "activeDeadlineSeconds": math.ceil(max_runtime_s) + _SPARE_S,
            "ttlSecondsAfterFinished": _KEPT_S,
            "template": {"metadata": {"labels": labels}, "spec": pod},
        },
    }


def _container(plan: ContainerPlan, sub_paths: Mapping[str, str]) -> dict[str, Any]:
    mounts = [
        {"name": "job", "mountPath": place, "subPath": path, "readOnly": place not in plan.writable}
        for place, path in sub_paths.items()
    ]
    asked: dict[str, Any] = {
        "name": HOST,
        "image": plan.image,
        "command": [_literal(one) for one in plan.entrypoint],
        "args": [_literal(one) for one in plan.arguments],
        "env": [{"name": name, "value": _literal(value)} for name, value in plan.environment.items()],
        "volumeMounts": mounts,
        "resources": {"limits": _limits(plan)},
        "securityContext": {
            "allowPrivilegeEscalation": False,
            "capabilities": {"drop": ["ALL"]},
            "seccompProfile": {"type": "RuntimeDefault"},
        },
    }
    return {name: value for name, value in asked.items() if value}


def _limits(plan: ContainerPlan) -> dict[str, str]:
    memory = {"memory": str(plan.memory_bytes)} if plan.memory_bytes else {}
    return memory | ({"cpu": f"{plan.n_cpus:g}"} if plan.n_cpus else {})


def _literal(text: str) -> str:
    """Kubernetes would put a variable's value in place of `$(NAME)`."""
    return text.replace("$(", "$$(")
