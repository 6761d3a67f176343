"""The containers of models that name a package instead of an image."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection

from leeboard.service.packages import packages
from leeboard.service.refusals import InvalidRequestError
from leeboard.service.resources import Resource
from leeboard.service.service import Service

_OF_A_PACKAGE = ("ContainerHostname", "Image", "ModelDataUrl", "ModelDataSource", "Environment")
"""Members that a package's container and a model's have in common."""
_OF_A_MODEL = ("ContainerHostname", "Mode", "ImageConfig", "MultiModelConfig")


def resolved(
    service: Service, connection: Connection, given: Sequence[dict[str, Any]]
) -> list[dict[str, Any]]:
    """Containers with those of its packages in the place of each that names one.

    Raises:
        InvalidRequestError: a package is not there, not approved, or has no containers.
    """
    found: list[dict[str, Any]] = []
    for container in given:
        named = container.get("ModelPackageName")
        found += _of_package(service, connection, container) if named else [container]
    return found


def _of_package(service: Service, connection: Connection, container: dict[str, Any]) -> list[dict[str, Any]]:
    package = packages.existing(service, connection, container["ModelPackageName"])
    if package.definition is not None and package.status != packages.APPROVED:
        raise InvalidRequestError(
            f"Cannot create a model of ModelPackage {package.arn} with the approval status {package.status}: "
            "approve it first (UpdateModelPackage)"
        )
    containers = _specification(package, container.get("InferenceSpecificationName"))["Containers"]
    if len(containers) > 1:
        return [_merged(each, {}, container) for each in containers]
    return [
        _merged(
            containers[0], {name: container[name] for name in _OF_A_MODEL if name in container}, container
        )
    ]


def _merged(own: dict[str, Any], more: dict[str, Any], asked: dict[str, Any]) -> dict[str, Any]:
    """A package's container; the variables of the model win."""
    kept = {name: own[name] for name in _OF_A_PACKAGE if name in own} | more
    return kept | {"Environment": {**own.get("Environment", {}), **asked.get("Environment", {})}}


def _specification(package: Resource, name: str | None) -> dict[str, Any]:
    """The specification that answers requests, or a further one by its name."""
    document = packages.document(package)
    if name is None:
        if "InferenceSpecification" not in document:
            raise InvalidRequestError(
                f"ModelPackage {package.arn} has no InferenceSpecification, so no container answers for it."
            )
        return dict(document["InferenceSpecification"])
    further = {each["Name"]: each for each in document.get("AdditionalInferenceSpecifications", [])}
    if name not in further:
        known = ", ".join(further) or "none"
        raise InvalidRequestError(
            f"ModelPackage {package.arn} has no inference specification named {name}; there are: {known}"
        )
    return dict(further[name])
