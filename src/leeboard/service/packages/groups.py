"""Groups of model packages."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from leeboard.service.arns import MODEL_PACKAGE, MODEL_PACKAGE_GROUP, arn_of, key_of
from leeboard.service.packages.names import group_name
from leeboard.service.refusals import InvalidRequestError, RefusalError
from leeboard.service.resources import Resource, add, find, find_all, remove, set_tags
from leeboard.service.service import Service
from leeboard.state.tables import resources

CONFLICT = "ConflictException"


def create(service: Service, params: dict[str, Any], now: datetime) -> Resource:
    """Keep a group without packages."""
    tags, name = params.pop("Tags", []), params["ModelPackageGroupName"]
    with service.database.write() as connection:
        group = add(connection, service.settings, MODEL_PACKAGE_GROUP, name, params, now=now)
        if group is None:
            arn = arn_of(service.settings, MODEL_PACKAGE_GROUP, name)
            raise InvalidRequestError(f"Model Package Group already exists: {arn}")
        set_tags(connection, group.arn, tags)
    return group


def ensure(service: Service, connection: Connection, given: str, now: datetime) -> None:
    """Make the group if there is none of that name or ARN: pipelines do not ask for it first."""
    name = group_name(given)
    if find(connection, MODEL_PACKAGE_GROUP, name) is None:
        document = {"ModelPackageGroupName": name}
        add(connection, service.settings, MODEL_PACKAGE_GROUP, name, document, now=now)


def existing(service: Service, connection: Connection, given: str) -> Resource:
    """The group of a name or an ARN.

    Raises:
        InvalidRequestError: there is none.
    """
    name = group_name(given)
    group = find(connection, MODEL_PACKAGE_GROUP, name)
    if group is None:
        arn = arn_of(service.settings, MODEL_PACKAGE_GROUP, name)
        raise InvalidRequestError(f"ModelPackageGroup {arn} does not exist.")
    return group


def delete(service: Service, given: str) -> None:
    """Remove a group that has no packages any more."""
    with service.database.write() as connection:
        group = existing(service, connection, given)
        if left := versions_of(connection, group.name):
            listed = ", ".join(package.name for package in left[-5:])
            raise RefusalError(
                f"Model Package Group {group.arn} cannot be deleted because it contains Model Packages: "
                f"{len(left)}, of them {listed}. Delete them first (DeleteModelPackage)",
                code=CONFLICT,
            )
        remove(connection, group)


def versions_of(connection: Connection, name: str, *where: Any) -> list[Resource]:
    """The packages of a group, oldest first."""
    return find_all(connection, MODEL_PACKAGE, resources.c.definition == key_of(name), *where)
