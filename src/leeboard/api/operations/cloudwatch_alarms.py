"""CloudWatch alarms. Their actions are kept and told, and not taken: there is nobody here to notify."""

from itertools import islice
from typing import Any

from sqlalchemy import ColumnElement

from leeboard.api.operations import Operations
from leeboard.api.wire import Call
from leeboard.service.cloudwatch.alarms import (
    Alarm,
    change_alarm,
    found_alarms,
    put_alarm,
    set_state,
)
from leeboard.service.cloudwatch.alarms import (
    delete_alarms as deleted,
)
from leeboard.service.cloudwatch.points import checked_dimensions
from leeboard.service.cloudwatch.refused import BadCombinationError, BadTokenError
from leeboard.service.cloudwatch.tokens import read_token, write_token
from leeboard.state.tables import alarms

PAGE = 50
ACTIONS = ("OKActions", "AlarmActions", "InsufficientDataActions")


def put_metric_alarm(call: Call) -> dict[str, Any]:
    with call.desk.database.write() as connection:
        put_alarm(connection, call.params, call.now)
    return {}


def describe_alarms(call: Call) -> dict[str, Any]:
    """Only alarms on metrics: there are no others here."""
    params = call.params
    if "AlarmNames" in params and "AlarmNamePrefix" in params:
        raise BadCombinationError("AlarmNames and AlarmNamePrefix are mutually exclusive.")
    if not _asks_for_metric_alarms(params):
        return {"MetricAlarms": [], "CompositeAlarms": []}
    size = params.get("MaxRecords", PAGE)
    with call.desk.database.read() as connection:
        wanted = (
            each for each in found_alarms(connection, call.now, *_filters(params)) if _is_wanted(each, params)
        )
        found = list(islice(wanted, size + 1))
    return {
        "MetricAlarms": [_told(call, each) for each in found[:size]],
        "CompositeAlarms": [],
        "NextToken": write_token(found[size - 1].name) if len(found) > size else None,
    }


def _asks_for_metric_alarms(params: dict[str, Any]) -> bool:
    family = "ChildrenOfAlarmName" in params or "ParentsOfAlarmName" in params
    return not family and "MetricAlarm" in params.get("AlarmTypes", ["MetricAlarm"])


def _filters(params: dict[str, Any]) -> list[ColumnElement[bool]]:
    filters: list[ColumnElement[bool]] = []
    if "AlarmNames" in params:
        filters.append(alarms.c.name.in_(params["AlarmNames"]))
    if "AlarmNamePrefix" in params:
        filters.append(alarms.c.name.startswith(params["AlarmNamePrefix"], autoescape=True))
    if "NextToken" in params:
        try:
            filters.append(alarms.c.name > read_token(params["NextToken"], str))
        except ValueError as error:
            raise BadTokenError(f"NextToken: {error}") from None
    return filters


def _is_wanted(alarm: Alarm, params: dict[str, Any]) -> bool:
    if not alarm.name.startswith(params.get("AlarmNamePrefix", "")):
        return False  # databases may not look at case
    if params.get("StateValue", alarm.state) != alarm.state:
        return False
    prefix = params.get("ActionPrefix")
    actions = [action for kind in ACTIONS for action in alarm.document.get(kind, [])]
    return prefix is None or any(action.startswith(prefix) for action in actions)


def describe_alarms_for_metric(call: Call) -> dict[str, Any]:
    """Alarms on that one metric; those that compute with it are not among them."""
    with call.desk.database.read() as connection:
        found = [each for each in found_alarms(connection, call.now) if _watches(each, call.params)]
    return {"MetricAlarms": [_told(call, each) for each in found]}


def _watches(alarm: Alarm, params: dict[str, Any]) -> bool:
    names = ("Namespace", "MetricName", "Statistic", "ExtendedStatistic", "Period", "Unit")
    document = alarm.document
    is_same = all(document.get(name) == params[name] for name in names if name in params)
    keys = [checked_dimensions(each.get("Dimensions", []), "Alarm") for each in (document, params)]
    return is_same and keys[0] == keys[1]


def delete_alarms(call: Call) -> dict[str, Any]:
    with call.desk.database.write() as connection:
        deleted(connection, call.params["AlarmNames"])
    return {}


def enable_alarm_actions(call: Call) -> dict[str, Any]:
    return _switch(call, True)


def disable_alarm_actions(call: Call) -> dict[str, Any]:
    return _switch(call, False)


def _switch(call: Call, is_on: bool) -> dict[str, Any]:
    with call.desk.database.write() as connection:
        for name in call.params["AlarmNames"]:
            change_alarm(connection, name, {"ActionsEnabled": is_on})
    return {}


def set_alarm_state(call: Call) -> dict[str, Any]:
    params = call.params
    with call.desk.database.write() as connection:
        set_state(connection, params["AlarmName"], params["StateValue"], params["StateReason"], call.now)
    return {}


def _told(call: Call, alarm: Alarm) -> dict[str, Any]:
    place = f"{call.caller.region}:{call.caller.account}"
    return {
        "ActionsEnabled": True,
        **{kind: [] for kind in ACTIONS},
        **alarm.document,
        "AlarmArn": f"arn:aws:cloudwatch:{place}:alarm:{alarm.name}",
        "AlarmConfigurationUpdatedTimestamp": alarm.modified_at,
        "StateValue": alarm.state,
        "StateReason": alarm.reason,
        "StateUpdatedTimestamp": alarm.changed_at,
        "StateTransitionedTimestamp": alarm.changed_at,
    }


ENTRY = Operations(
    "cloudwatch",
    "alarms",
    (
        put_metric_alarm,
        describe_alarms,
        describe_alarms_for_metric,
        delete_alarms,
        enable_alarm_actions,
        disable_alarm_actions,
        set_alarm_state,
    ),
)
