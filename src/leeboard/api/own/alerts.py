"""Alerts: what is in force and what was, rules, routes, sinks, silences, and what was told to whom."""

from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from leeboard.api.own import Asked, Calls, Route
from leeboard.errors import InputError
from leeboard.formats.whole_number import whole_number
from leeboard.jobs.options import read_time
from leeboard.service.alerting import editing, incidents, reading, rulebook, silences, testing
from leeboard.service.alerting.incidents import Incident
from leeboard.service.alerting.rulebook import Kept
from leeboard.service.alerting.silences import Silence
from leeboard.service.arns import execution_arn
from leeboard.service.refusals import InvalidRequestError, ResourceNotFoundError

FILTERS = ("schedule", "endpoint", "severity", "rule", "pipeline", "job")
LONGEST_S = 366 * 86_400
MOST_WHO = 256


def list_in_force(asked: Asked) -> Any:
    """What is in force, the newest open ones first."""
    with asked.service.database.read() as connection:
        found = reading.in_force(connection, **_given(asked, FILTERS))
    return {"alerts": [told(each) for each in found]}


def list_history(asked: Asked) -> Any:
    """All alerts, newest first; `before` asks for the next page."""
    names = _given(asked, (*FILTERS, "state"))
    with asked.service.database.read() as connection:
        page = reading.history(
            connection, **names, before=_number(asked, "before"), limit=_number(asked, "limit") or 50
        )
    return {"alerts": [told(each) for each in page.incidents], "before": page.before}


def describe_incident(asked: Asked) -> Any:
    """One alert, with the notices that went out for it."""
    with asked.service.database.read() as connection:
        incident = incidents.existing(connection, _row(asked))
        notices = reading.notices_of(connection, incident.id)
    return told(incident) | _named(asked, incident) | {"notices": [_notice(each) for each in notices]}


def _named(asked: Asked, incident: Incident) -> dict[str, str]:
    """By what AWS's calls know the pipeline's execution that it is about."""
    name, key = incident.pipeline, incident.document.get("pipeline_execution")
    return (
        {"pipeline_execution_arn": execution_arn(asked.service.settings, name, key)} if name and key else {}
    )


def acknowledge(asked: Asked) -> Any:
    """Somebody looks after it: it is not told again while it lasts."""
    with asked.service.database.write() as connection:
        incident = incidents.acknowledge(
            connection, _row(asked), who=_who(asked), note=_text(asked, "note") or "", now=asked.now
        )
    return told(incident)


def _list(read: Callable[..., list[Kept]], name: str) -> Callable[[Asked], Any]:
    def answer(asked: Asked) -> Any:
        with asked.service.database.read() as connection:
            return {name: [_kept(each) for each in read(connection)]}

    return answer


def _put(write: Callable[..., Kept]) -> Callable[[Asked], Any]:
    def answer(asked: Asked) -> Any:
        with asked.service.database.write() as connection:
            kept = write(connection, asked.body, now=asked.now)
        asked.service.bell.ring()
        return _kept(kept)

    return answer


def remove_rule(asked: Asked) -> Any:
    """What it found is over."""
    with asked.service.database.write() as connection:
        editing.remove_rule(connection, asked.names["name"], now=asked.now)
    asked.service.bell.ring()
    return {}


def remove_route(asked: Asked) -> Any:
    with asked.service.database.write() as connection:
        editing.remove_route(connection, asked.names["name"])
    return {}


def remove_sink(asked: Asked) -> Any:
    with asked.service.database.write() as connection:
        editing.remove_sink(connection, asked.names["name"])
    return {}


def list_silences(asked: Asked) -> Any:
    """Those that are not over; with `all` also the last ones that are."""
    with asked.service.database.read() as connection:
        found = silences.list_silences(connection, asked.now, with_over=asked.query.get("all") == "true")
    return {"silences": [_silence(each) for each in found]}


def add_silence(asked: Asked) -> Any:
    """From now, or `from`, for so many seconds or `until` a time."""
    starts_at = _time(asked, "from") or asked.now
    ends_at = _time(asked, "until") or _later(starts_at, _seconds(asked))
    with asked.service.database.write() as connection:
        made = silences.silence(
            connection, asked.body.get("match", {}), starts_at=starts_at, ends_at=ends_at,
            who=_who(asked), comment=_text(asked, "comment") or "", now=asked.now,
        )  # fmt: skip
    return _silence(made)


def end_silence(asked: Asked) -> Any:
    """It is over now."""
    with asked.service.database.write() as connection:
        return _silence(silences.end_silence(connection, _row(asked), now=asked.now))


def list_notices(asked: Asked) -> Any:
    """What was told to whom, newest first; `before` asks for the next page."""
    with asked.service.database.read() as connection:
        found = reading.recent_notices(
            connection, **_given(asked, ("sink", "state")),
            before=_number(asked, "before"), limit=_number(asked, "limit") or 50,
        )  # fmt: skip
    return {"notices": [_notice(each) for each in found]}


def test(asked: Asked) -> Any:
    """Send a test notice to a sink, at once."""
    sink = _text(asked, "sink")
    if sink is None:
        raise InvalidRequestError('say which "sink" to test')
    error = testing.try_sink(asked.service, sink, now=asked.now, who=_who(asked))
    return {"sink": sink, "is_delivered": error is None, "error": error}


def told(incident: Incident) -> dict[str, Any]:
    """An alert as these calls tell it."""
    facts = {name: value for name, value in incident.document.items() if name != "title"}
    return {
        "alert": incident.id,
        "rule": incident.rule,
        "title": incident.title,
        "state": incident.state,
        "severity": incident.severity,
        "schedule": incident.schedule_name,
        "endpoint": incident.endpoint,
        "monitoring_type": incident.monitoring_type,
        "pipeline": incident.pipeline,
        "job": incident.job,
        "opened_at": incident.opened_at,
        "changed_at": incident.changed_at,
        "resolved_at": incident.resolved_at,
    } | facts


def _kept(kept: Kept) -> dict[str, Any]:
    return kept.document | {"origin": kept.origin, "modified_at": kept.modified_at}


def _silence(silence: Silence) -> dict[str, Any]:
    return {
        "silence": silence.id,
        "match": {key: getattr(silence.match, key) for key in silence.match.__struct_fields__
                  if getattr(silence.match, key) is not None},
        "comment": silence.comment,
        "from": silence.starts_at,
        "until": silence.ends_at,
        "who": silence.created_by,
    }  # fmt: skip


def _notice(notice: reading.DeliveredNotice) -> dict[str, Any]:
    document = {name: notice.document.get(name) for name in ("kind", "severity", "title", "text")}
    facts = {name: value for name, value in asdict(notice).items() if name not in ("id", "document")}
    return {"notice": notice.id} | facts | document


def _given(asked: Asked, names: tuple[str, ...]) -> dict[str, Any]:
    return {name: asked.query[name] for name in names if asked.query.get(name)}


def _number(asked: Asked, name: str) -> int | None:
    given = asked.query.get(name)
    if not given:
        return None
    number = whole_number(given)
    if number is None:
        raise InvalidRequestError(f"{name} is {given[:40]!r}; expected a number")
    return number


def _row(asked: Asked) -> int:
    number = whole_number(asked.names["number"])
    if number is None:
        raise ResourceNotFoundError(f"there is nothing with the number {asked.names['number'][:40]}")
    return number


def _text(asked: Asked, name: str) -> str | None:
    given = asked.body.get(name)
    if given is not None and (not isinstance(given, str) or "\0" in given):
        raise InvalidRequestError(f"{name} is {str(given)[:40]!r}; expected a text")
    return given


def _who(asked: Asked) -> str:
    return (_text(asked, "who") or asked.caller.name)[:MOST_WHO]


def _seconds(asked: Asked) -> float:
    given = asked.body.get("seconds", 3600)
    if not isinstance(given, int | float) or not 0 < given <= LONGEST_S:
        raise InvalidRequestError(f"seconds is {str(given)[:40]}; expected 1 to {LONGEST_S}")
    return float(given)


def _later(at: datetime, seconds: float) -> datetime:
    try:
        return at + timedelta(seconds=seconds)
    except OverflowError:
        raise InvalidRequestError(f"from is {at.isoformat()}, and no time is so much later") from None


def _time(asked: Asked, name: str) -> datetime | None:
    given = _text(asked, name)
    if given is None:
        return None
    try:
        return read_time(given, name)
    except (InputError, OverflowError) as error:
        raise InvalidRequestError(str(error)) from None


ENTRY = Calls(
    "alerts",
    (
        Route("GET", "/leeboard/alerts", list_in_force),
        Route("GET", "/leeboard/alerts/history", list_history),
        Route("POST", "/leeboard/alerts/test", test),
        Route("GET", "/leeboard/alerts/notices", list_notices),
        Route("GET", "/leeboard/alerts/rules", _list(rulebook.kept_rules, "rules")),
        Route("POST", "/leeboard/alerts/rules", _put(editing.put_rule)),
        Route("DELETE", "/leeboard/alerts/rules/{name}", remove_rule),
        Route("GET", "/leeboard/alerts/routes", _list(rulebook.kept_routes, "routes")),
        Route("POST", "/leeboard/alerts/routes", _put(editing.put_route)),
        Route("DELETE", "/leeboard/alerts/routes/{name}", remove_route),
        Route("GET", "/leeboard/alerts/sinks", _list(rulebook.kept_sinks, "sinks")),
        Route("POST", "/leeboard/alerts/sinks", _put(editing.put_sink)),
        Route("DELETE", "/leeboard/alerts/sinks/{name}", remove_sink),
        Route("GET", "/leeboard/alerts/silences", list_silences),
        Route("POST", "/leeboard/alerts/silences", add_silence),
        Route("DELETE", "/leeboard/alerts/silences/{number}", end_silence),
        Route("GET", "/leeboard/alerts/incidents/{number}", describe_incident),
        Route("POST", "/leeboard/alerts/incidents/{number}/acknowledge", acknowledge),
    ),
)
