"""Another definition for a schedule: definitions never change, so it gets an edited copy by an update."""

from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from leeboard.service import scheduling
from leeboard.service.definitions import find_definition
from leeboard.service.monitor_types import INLINE_TYPE
from leeboard.service.pipelines.requests import checked
from leeboard.service.refusals import InvalidRequestError
from leeboard.service.resources import Resource
from leeboard.service.service import Service
from leeboard.service.setup import job_definitions

Edit = Callable[[dict[str, Any]], dict[str, Any]]
"""Gives the changed document of a copy of a definition."""


@dataclass(frozen=True, slots=True)
class Replacement:
    """Requests that nobody has sent yet.

    Attributes:
        seen: the schedule as it was read, which may not change until they are.
        definition: the copy; None where the schedule keeps its own, or has it inline.
        config: of the schedule.
    """

    seen: Resource
    kind: str
    definition: dict[str, Any] | None
    config: dict[str, Any]


def replacement(
    service: Service, schedule: Resource, edit: Edit | None, timing: dict[str, Any], now: datetime
) -> Replacement:
    """An update to an edited copy of the definition, checked as far as it can be without changing anything.

    Args:
        edit: None to leave the definition.
        timing: members of ScheduleConfig that change.

    Raises:
        RefusalError: as the API would refuse it.
    """
    kind = schedule.monitoring_type or INLINE_TYPE
    config = deepcopy(schedule.document["MonitoringScheduleConfig"])
    if timing:
        config["ScheduleConfig"] = config.get("ScheduleConfig", {}) | timing
    copied = None
    if edit is not None and "MonitoringJobDefinition" in config:
        config["MonitoringJobDefinition"] = edit(config["MonitoringJobDefinition"])
    elif edit is not None:
        copied = _copied(service, schedule, kind, edit, now)
        config["MonitoringJobDefinitionName"] = copied["JobDefinitionName"]
    asked = {"MonitoringScheduleName": schedule.name, "MonitoringScheduleConfig": config}
    asked = checked(service, "UpdateMonitoringSchedule", asked)
    return Replacement(schedule, kind, copied, asked["MonitoringScheduleConfig"])


def replace_in(connection: Connection, service: Service, wanted: Replacement, now: datetime) -> Resource:
    """Send them in one transaction; a schedule that is disabled stays so. Gives the schedule as it was.

    Raises:
        RefusalError: as the API would refuse it, or somebody else was quicker.
    """
    current = scheduling.unchanged(connection, wanted.seen)
    if wanted.definition:
        job_definitions.create_in(connection, service.settings, wanted.kind, wanted.definition, now)
    scheduling.update_in(connection, service, current.name, wanted.config, now, seen=current)
    return current


def _copied(service: Service, schedule: Resource, kind: str, edit: Edit, now: datetime) -> dict[str, Any]:
    with service.database.read() as connection:
        old = find_definition(connection, kind, schedule.definition or "")
        if old is None:
            raise InvalidRequestError(f"the definition {schedule.definition} of {schedule.name} was deleted")
        name = job_definitions.next_name(connection, kind, old.name, now)
    document = edit(deepcopy(old.document)) | {"JobDefinitionName": name}
    return job_definitions.as_sent(service, kind, document)
