"""Model packages: kept as they were sent, with what became of them since.

The column `status` holds the approval of a version, `definition` the group that it is of.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from leeboard.service.arns import MODEL_PACKAGE, arn_of, key_of
from leeboard.service.packages import groups
from leeboard.service.packages.names import package_name, version_name
from leeboard.service.refusals import InvalidRequestError
from leeboard.service.resources import Resource, add, change, find, remove, set_tags
from leeboard.service.service import Service
from leeboard.state.tables import resources

APPROVED, PENDING = "Approved", "PendingManualApproval"
_REPLACED = (
    "ApprovalDescription",
    "InferenceSpecification",
    "ModelCard",
    "ModelLifeCycle",
    "ModelPackageRegistrationType",
    "SourceUri",
)
"""Members of an update that take the place of what was there."""


def create(service: Service, params: dict[str, Any], now: datetime) -> Resource:
    """Keep a package: the next version of its group, or one with a name of its own.

    Raises:
        InvalidRequestError: it names both or neither, its group is not there, or its name is taken.
    """
    with service.database.write() as connection:
        return keep(service, connection, params, now)


def keep(
    service: Service,
    connection: Connection,
    params: dict[str, Any],
    now: datetime,
    facts: dict[str, Any] | None = None,
) -> Resource:
    """The same within a transaction.

    Args:
        facts: further ones of the package.
    """
    if ("ModelPackageGroupName" in params) == ("ModelPackageName" in params):
        raise InvalidRequestError(
            "A model package has either a ModelPackageGroupName, whose next version it becomes, "
            "or a ModelPackageName; give one of them."
        )
    tags, document = params.get("Tags", []), {name: params[name] for name in params if name != "Tags"}
    is_version = "ModelPackageGroupName" in params
    columns = (_version if is_version else _alone)(service, connection, document, now)
    columns["facts"] = {**columns["facts"], **(facts or {})}
    package = add(connection, service.settings, MODEL_PACKAGE, now=now, **columns)
    if package is None:
        arn = arn_of(service.settings, MODEL_PACKAGE, columns["name"])
        raise InvalidRequestError(f"ModelPackage already exists: {arn}")
    set_tags(connection, package.arn, tags)
    return package


def _version(
    service: Service, connection: Connection, document: dict[str, Any], now: datetime
) -> dict[str, Any]:
    """The number of a version that was deleted is not given again."""
    group = groups.existing(service, connection, document["ModelPackageGroupName"])
    version = group.facts.get("last_version", 0) + 1
    change(connection, group, now=now, facts=group.facts | {"last_version": version})
    return {
        "name": version_name(group.name, version),
        "document": document | {"ModelPackageGroupName": group.name},
        "status": document.get("ModelApprovalStatus") or PENDING,
        "facts": {"version": version},
        "definition": key_of(group.name),
    }


def _alone(
    service: Service, connection: Connection, document: dict[str, Any], now: datetime
) -> dict[str, Any]:
    if "ModelApprovalStatus" in document:
        raise InvalidRequestError(
            "ModelApprovalStatus is for versions in a group: give a ModelPackageGroupName, or leave it out."
        )
    return {"name": document["ModelPackageName"], "document": document, "facts": {}}


def existing(service: Service, connection: Connection, given: str) -> Resource:
    """The package of a name or an ARN.

    Raises:
        InvalidRequestError: there is none.
    """
    name = package_name(given)
    package = find(connection, MODEL_PACKAGE, name)
    if package is None:
        arn = arn_of(service.settings, MODEL_PACKAGE, name)
        raise InvalidRequestError(f"ModelPackage {arn} does not exist.")
    return package


def update(service: Service, params: dict[str, Any], now: datetime) -> Resource:
    """Approve or reject a version, or change what is said of it."""
    with service.database.write() as connection:
        package = existing(service, connection, params["ModelPackageArn"])
        status = params.get("ModelApprovalStatus")
        if status and package.definition is None:
            raise InvalidRequestError(
                f"ModelPackage {package.arn} is not a version in a group; only versions are approved."
            )
        facts = package.facts | {"updates": _updates(document(package), params, package)}
        change(connection, package, now=now, facts=facts, status=status or package.status)
    return package


def _updates(told: dict[str, Any], params: dict[str, Any], package: Resource) -> dict[str, Any]:
    """All that differs from the request that made the package."""
    updates = dict(package.facts.get("updates", {}))
    updates |= {name: params[name] for name in _REPLACED if name in params}
    added = params.get("CustomerMetadataProperties", {})
    removed = params.get("CustomerMetadataPropertiesToRemove", [])
    if added or removed:
        kept = told.get("CustomerMetadataProperties", {}) | added
        updates["CustomerMetadataProperties"] = {key: kept[key] for key in kept if key not in removed}
    if more := params.get("AdditionalInferenceSpecificationsToAdd"):
        specifications = told.get("AdditionalInferenceSpecifications", [])
        updates["AdditionalInferenceSpecifications"] = [*specifications, *more]
    return updates


def document(package: Resource) -> dict[str, Any]:
    """A package as it is now: the request that made it, with what was changed since."""
    return {**package.document, **package.facts.get("updates", {})}


def delete(service: Service, given: str) -> None:
    with service.database.write() as connection:
        remove(connection, existing(service, connection, given))


def latest_approved(connection: Connection, group: str) -> Resource | None:
    """The approved version of the highest number."""
    approved = groups.versions_of(connection, group, resources.c.status == APPROVED)
    return approved[-1] if approved else None
