"""IAM: a role by its short name. Every role exists, since leeboard takes roles and asks them for nothing."""

import json
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote
from zlib import crc32

from leeboard.api.wire import Call, Operations

_CREATED_AT = datetime(2020, 1, 1, tzinfo=UTC)  # no role is made here, and the member is required
_TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"Service": "sagemaker.amazonaws.com"},
            "Action": "sts:AssumeRole",
        }
    ],
}


def get_role(call: Call) -> dict[str, Any]:
    """A role of that name, which SageMaker may assume."""
    name, account = call.params["RoleName"], call.caller.account
    role = {
        "Path": "/",
        "RoleName": name,
        "RoleId": f"AROA{crc32(name.encode()):017d}",
        "Arn": f"arn:aws:iam::{account}:role/{name}",
        "CreateDate": _CREATED_AT,
        "AssumeRolePolicyDocument": quote(json.dumps(_TRUST), safe=""),
        "MaxSessionDuration": 3600,
    }
    return {"Role": role}


def simulate_principal_policy(call: Call) -> dict[str, Any]:
    """Everybody may do everything: the SDK asks before it builds a model."""
    resources = call.params.get("ResourceArns") or ["*"]
    allowed = [
        {"EvalActionName": action, "EvalResourceName": resource, "EvalDecision": "allowed"}
        for action in call.params["ActionNames"]
        for resource in resources
    ]
    return {"EvaluationResults": allowed, "IsTruncated": False}


ENTRY = Operations(
    "iam",
    "roles",
    (get_role, simulate_principal_policy),
    quick=frozenset({get_role, simulate_principal_policy}),
)
