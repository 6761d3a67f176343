"""The service models that come with botocore: what every operation takes and gives."""

from functools import cache

from botocore.loaders import Loader
from botocore.model import OperationModel, ServiceModel

SERVICES = ("sagemaker", "sts", "iam", "cloudwatch", "logs")


@cache
def service_model(service: str) -> ServiceModel:
    """The model of a service by botocore's name, such as `sagemaker` or `cloudwatch`."""
    loader = Loader(extra_search_paths=[Loader.BUILTIN_DATA_PATH], include_default_search_paths=False)
    return ServiceModel(loader.load_service_model(service, "service-2"), service)


@cache
def operation_model(service: str, operation: str) -> OperationModel:
    """The model of one operation."""
    return service_model(service).operation_model(operation)


@cache
def names_of(service: str) -> frozenset[str]:
    """The names of all operations that AWS has for a service."""
    return frozenset(service_model(service).operation_names)


def service_by_target(prefix: str) -> str | None:
    """The service whose JSON requests name that prefix in `X-Amz-Target`."""
    return _by("targetPrefix").get(prefix)


def service_by_version(version: str) -> str | None:
    """The service whose forms name that version of the API."""
    return _by("apiVersion").get(version)


def signing_name(service: str) -> str:
    """The name of a service in signatures: `monitoring` for `cloudwatch`."""
    return str(service_model(service).signing_name)


@cache
def _by(key: str) -> dict[str, str]:
    found = ((service_model(service).metadata.get(key), service) for service in SERVICES)
    return {value: service for value, service in found if value}


@cache
def service_by_signing_name(name: str) -> str | None:
    """The service for which a request with that name in its credential scope is signed."""
    return next((service for service in SERVICES if signing_name(service) == name), None)


@cache
def error_names(service: str) -> dict[str, tuple[str, str]]:
    """The shape and the code of an error, found by either; where XML was first, they differ."""
    found: dict[str, tuple[str, str]] = {}
    for shape in service_model(service).error_shapes:
        code = shape.metadata.get("error", {}).get("code", shape.name)
        found.setdefault(code, (shape.name, code))
        found[shape.name] = (shape.name, code)
    return found
