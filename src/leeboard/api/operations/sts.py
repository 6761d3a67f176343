"""STS: who am I. The SDKs make the name of the default bucket of it."""

from typing import Any

from leeboard.api.wire import Call, Operations


def get_caller_identity(call: Call) -> dict[str, Any]:
    """The account, and a user of a fixed name: leeboard knows keys, not people."""
    account = call.caller.account
    return {
        "UserId": call.caller.access_key or "anonymous",
        "Account": account,
        "Arn": f"arn:aws:iam::{account}:user/leeboard",
    }


ENTRY = Operations("sts", "callers", (get_caller_identity,), quick=frozenset({get_caller_identity}))
