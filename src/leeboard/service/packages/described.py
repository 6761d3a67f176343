"""Packages as lists and Describe tell them."""

from typing import Any

from leeboard.service.packages.packages import document
from leeboard.service.resources import Resource


def summary(package: Resource) -> dict[str, Any]:
    """As a list has it; a version goes by the name of its group."""
    told = document(package)
    return {
        "ModelPackageName": told.get("ModelPackageGroupName") or package.name,
        "ModelPackageGroupName": told.get("ModelPackageGroupName"),
        "ModelPackageVersion": package.facts.get("version"),
        "ModelPackageArn": package.arn,
        "ModelPackageDescription": told.get("ModelPackageDescription"),
        "CreationTime": package.created_at,
        "ModelPackageStatus": "Completed",
        "ModelApprovalStatus": package.status or None,
        "ModelLifeCycle": told.get("ModelLifeCycle"),
        "ModelPackageRegistrationType": told.get("ModelPackageRegistrationType"),
    }


def described(package: Resource) -> dict[str, Any]:
    """As DescribeModelPackage has it."""
    told = document(package)
    return told | summary(package) | {
        "LastModifiedTime": package.modified_at,
        "ModelPackageStatusDetails": {"ValidationStatuses": []},
        "CertifyForMarketplace": told.get("CertifyForMarketplace", False),
    }  # fmt: skip
