"""The baseline that a check is held against: supplied, or that of the latest approved package."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from leeboard.service.packages.packages import document, latest_approved
from leeboard.service.pipelines.checks.wishes import Wishes
from leeboard.service.refusals import InvalidRequestError
from leeboard.service.resources import Resource
from leeboard.service.service import Service


@dataclass(frozen=True, slots=True)
class BaselineFiles:
    """URIs of a baseline's files; None for one that there is not."""

    constraints: str | None = None
    statistics: str | None = None

    @property
    def files(self) -> frozenset[str]:
        """All that there are."""
        return frozenset(uri for uri in (self.constraints, self.statistics) if uri)

    def told(self, beginning: str) -> dict[str, str]:
        """As metadata have them, such as `CalculatedBaselineConstraints`."""
        files = {"Constraints": self.constraints, "Statistics": self.statistics}
        return {f"{beginning}{part}": uri for part, uri in files.items() if uri}


def previous(service: Service, wishes: Wishes) -> BaselineFiles:
    """What was registered or supplied before; supplied files win, and of supplied constraints nothing of
    a package is beside.
    """
    if wishes.constraints:
        return BaselineFiles(wishes.constraints, wishes.statistics)
    if not wishes.group:
        return BaselineFiles(None, wishes.statistics)
    with service.database.read() as connection:
        package = latest_approved(connection, wishes.group)
    found = _of_package(package, wishes) if package else BaselineFiles()
    return BaselineFiles(found.constraints, wishes.statistics or found.statistics)


def wanted(service: Service, wishes: Wishes) -> BaselineFiles:
    """The baseline that a check cannot do without.

    Raises:
        InvalidRequestError: there is none; says what to give.
    """
    found = previous(service, wishes)
    if found.constraints is None:
        with service.database.read() as connection:
            raise InvalidRequestError(_what_to_give(connection, wishes))
    return found


def _of_package(package: Resource, wishes: Wishes) -> BaselineFiles:
    part = _part(package, wishes)
    constraints = part.get(wishes.check_type.package_constraints) or {}
    statistics = part.get("Statistics") if wishes.check_type.statistics_file else None
    return BaselineFiles(constraints.get("S3Uri"), (statistics or {}).get("S3Uri"))


def _part(package: Resource, wishes: Wishes) -> Mapping[str, Any]:
    baselines = document(package).get("DriftCheckBaselines") or {}
    found: Mapping[str, Any] = baselines.get(wishes.check_type.package_part) or {}
    return found


def _what_to_give(connection: Connection, wishes: Wishes) -> str:
    member = f"DriftCheckBaselines.{wishes.check_type.package_part}.{wishes.check_type.package_constraints}"
    if wishes.group is None:
        there = "SuppliedBaselineConstraints and ModelPackageGroupName are not given"
    elif package := latest_approved(connection, wishes.group):
        there = f"the latest approved package {package.name} has no {member}"
    else:
        there = f"the model package group {wishes.group} has no approved package"
    return (
        f"no baseline to hold the data against: {there}. Give SuppliedBaselineConstraints, or approve a "
        f"package with {member}; a first run that is to make a baseline has SkipCheck true and "
        "RegisterNewBaseline true"
    )
