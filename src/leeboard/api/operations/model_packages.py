"""Model packages and their groups."""

from dataclasses import replace
from typing import Any

from leeboard.api.operations import Operations
from leeboard.api.operations.kept import NAMED
from leeboard.api.wire import Call
from leeboard.service.arns import MODEL_PACKAGE, MODEL_PACKAGE_GROUP, key_of
from leeboard.service.packages import groups, packages
from leeboard.service.packages.described import described, summary
from leeboard.service.packages.names import group_name
from leeboard.service.resources import Resource
from leeboard.state.tables import resources

GROUPS = replace(NAMED, order="Ascending")
PACKAGES = replace(GROUPS, equals={"ModelApprovalStatus": resources.c.status})
"""Both are listed oldest first."""


def create_model_package_group(call: Call) -> dict[str, Any]:
    return {"ModelPackageGroupArn": groups.create(call.desk, dict(call.params), call.now).arn}


def describe_model_package_group(call: Call) -> dict[str, Any]:
    with call.desk.database.read() as connection:
        group = groups.existing(call.desk, connection, call.params["ModelPackageGroupName"])
    return _group(group) | {"CreatedBy": {}}


def list_model_package_groups(call: Call) -> dict[str, Any]:
    is_of_kind = resources.c.kind == MODEL_PACKAGE_GROUP
    with call.desk.database.read() as connection:
        rows, token = GROUPS.page(connection, call.params, is_of_kind)
    return {"ModelPackageGroupSummaryList": [_group(Resource.of(row)) for row in rows], "NextToken": token}


def delete_model_package_group(call: Call) -> dict[str, Any]:
    groups.delete(call.desk, call.params["ModelPackageGroupName"])
    return {}


def _group(group: Resource) -> dict[str, Any]:
    return group.document | {
        "ModelPackageGroupName": group.name,
        "ModelPackageGroupArn": group.arn,
        "CreationTime": group.created_at,
        "ModelPackageGroupStatus": "Completed",
    }


def create_model_package(call: Call) -> dict[str, Any]:
    return {"ModelPackageArn": packages.create(call.desk, dict(call.params), call.now).arn}


def describe_model_package(call: Call) -> dict[str, Any]:
    with call.desk.database.read() as connection:
        package = packages.existing(call.desk, connection, call.params["ModelPackageName"])
    told = described(package)
    if call.params.get("IncludedData") == "MetadataOnly":
        told.pop("ModelCard", None)
    return told


def list_model_packages(call: Call) -> dict[str, Any]:
    """Of a group its versions; else those with names of their own, if nobody asks for others."""
    where = [resources.c.kind == MODEL_PACKAGE]
    group, wanted = call.params.get("ModelPackageGroupName"), call.params.get("ModelPackageType")
    with call.desk.database.read() as connection:
        if group:
            existing = groups.existing(call.desk, connection, group)
            where.append(resources.c.definition == key_of(group_name(existing.name)))
        elif wanted != "Both":
            is_alone = resources.c.definition.is_(None)
            where.append(~is_alone if wanted == "Versioned" else is_alone)
        rows, token = PACKAGES.page(connection, call.params, *where)
    return {"ModelPackageSummaryList": [summary(Resource.of(row)) for row in rows], "NextToken": token}


def update_model_package(call: Call) -> dict[str, Any]:
    return {"ModelPackageArn": packages.update(call.desk, call.params, call.now).arn}


def delete_model_package(call: Call) -> dict[str, Any]:
    packages.delete(call.desk, call.params["ModelPackageName"])
    return {}


ENTRY = Operations(
    "sagemaker",
    "model packages",
    (
        create_model_package_group,
        describe_model_package_group,
        list_model_package_groups,
        delete_model_package_group,
        create_model_package,
        describe_model_package,
        list_model_packages,
        update_model_package,
        delete_model_package,
    ),
    short_reads=frozenset({describe_model_package_group, describe_model_package}),
)
