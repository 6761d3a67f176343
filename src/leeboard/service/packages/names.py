"""Names of packages and groups, which requests give as a name or as an ARN."""

from leeboard.service.arns import MODEL_PACKAGE, MODEL_PACKAGE_GROUP
from leeboard.service.refusals import InvalidRequestError


def group_name(given: str) -> str:
    """The name of a group."""
    return _name(given, MODEL_PACKAGE_GROUP)


def package_name(given: str) -> str:
    """The name of a package: that of its group and its version with a slash between, or a name of its own."""
    return _name(given, MODEL_PACKAGE)


def version_name(group: str, version: int) -> str:
    """The name of one version in a group."""
    return f"{group}/{version}"


def _name(given: str, kind: str) -> str:
    if not given.startswith("arn:"):
        return given
    found, slash, name = given.split(":", 5)[-1].partition("/")
    if found != kind or not slash:
        raise InvalidRequestError(f"{given} is the ARN of a {found}; expected one of a {kind}, or its name")
    return name
