"""Tags of any resource."""

from typing import Any

from sqlalchemy import Connection

from leeboard.api.operations import Operations
from leeboard.api.wire import Call
from leeboard.service.refusals import InvalidRequestError
from leeboard.service.resources import Resource, find_by_arn, remove_tags, set_tags, tags_of

MAX_TAGS = 50


def add_tags(call: Call) -> dict[str, Any]:
    with call.desk.database.write() as connection:
        resource = _resource(connection, call.params["ResourceArn"])
        set_tags(connection, resource.arn, call.params["Tags"])
        kept = tags_of(connection, resource.arn)
        if len(kept) > MAX_TAGS:
            raise InvalidRequestError(f"A resource has at most {MAX_TAGS} tags; these would be {len(kept)}.")
    return {"Tags": _told(kept)}


def list_tags(call: Call) -> dict[str, Any]:
    with call.desk.database.read() as connection:
        return {"Tags": _told(tags_of(connection, _resource(connection, call.params["ResourceArn"]).arn))}


def delete_tags(call: Call) -> dict[str, Any]:
    with call.desk.database.write() as connection:
        remove_tags(connection, _resource(connection, call.params["ResourceArn"]).arn, call.params["TagKeys"])
    return {}


def _resource(connection: Connection, arn: str) -> Resource:
    resource = find_by_arn(connection, arn)
    if resource is None:
        raise InvalidRequestError(f"Could not find a resource with the ARN {arn}")
    return resource


def _told(kept: dict[str, str]) -> list[dict[str, str]]:
    return [{"Key": key, "Value": value} for key, value in kept.items()]


ENTRY = Operations(
    "sagemaker",
    "tags",
    (add_tags, list_tags, delete_tags),
    short_reads=frozenset({list_tags}),
)
