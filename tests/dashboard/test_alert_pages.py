"""Alerts, rules, routes, silences, the audit log and tokens, as their pages show and change them."""

import json
from datetime import timedelta, timezone
from typing import Any

import pytest
from sqlalchemy import text

from leeboard.clock import now
from leeboard.service import executions
from leeboard.service.access import tokens
from leeboard.service.access.audit import lines_of
from leeboard.service.alerting import reading, rulebook, silences
from leeboard.service.alerting.incidents import Found, settle
from leeboard.service.alerting.subjects import runs_of_pipeline
from leeboard.service.alerts import add_alert
from leeboard.service.arns import SCHEDULE
from leeboard.service.resources import add
from leeboard.service.schedules.windows import Window

HOSTILE = "<img src=x onerror=alert(1)>"


@pytest.fixture
def incident(service: Any) -> int:
    """The number of an alert in force."""
    config = {"ScheduleConfig": {"ScheduleExpression": "cron(0 * ? * * *)"}, "MonitoringType": "DataQuality"}
    document = {"MonitoringScheduleConfig": config | {"MonitoringJobDefinitionName": "d"}}
    at = now()
    with service.database.write() as connection:
        schedule = add(
            connection, service.settings, SCHEDULE, "hourly", document, now=at, status="Scheduled",
            endpoint="churn", monitoring_type="DataQuality",
        )  # fmt: skip
        add_alert(connection, schedule, now=at)
        window = Window(at - timedelta(hours=1), at, ())
        executions.plan(
            connection,
            schedule,
            window,
            scheduled_at=at,
            ready_at=at,
            cause="planned",
            now=at,
            refused="no role",
        )
        return reading.in_force(connection)[0].id


def test_an_alert_in_force_is_listed_and_can_be_looked_after(editor: Any, incident: int) -> None:
    assert "1 alert in force" in editor.get("/alerts").words
    answered = editor.post(f"/alerts/{incident}/acknowledge", note="restarting the feed")
    assert answered.headers["location"] == f"/dashboard/alerts/{incident}"
    assert "restarting the feed" in editor.get(f"/alerts/{incident}").words


def test_an_alert_in_force_that_is_silenced_says_so(editor: Any, incident: int) -> None:
    assert "silenced" not in editor.get("/alerts").words
    until = f"{now() + timedelta(hours=1):%Y-%m-%dT%H:%M}"
    editor.post("/alerts/silences", schedule="hour*", until=until)
    assert "open silenced" in editor.get("/alerts").words
    assert "keeps it quiet now" in editor.get(f"/alerts/{incident}").words


def test_filters_do_not_change_how_many_alerts_are_said_to_be_in_force(editor: Any, incident: int) -> None:
    for query in ("", "?schedule=hourly", "?schedule=nothing"):
        assert "1 alert in force: 1 warning." in editor.get(f"/alerts{query}").words


def test_a_silence_of_an_alert_is_listed_and_can_be_ended(editor: Any, incident: int) -> None:
    editor.post(f"/alerts/{incident}/silence", hours="4", note="known")
    page = editor.get("/alerts/silences")
    assert "rule schedule alert, schedule hourly" in page.words
    number = page.text.split("/alerts/silences/")[1].split("/")[0]
    editor.post(f"/alerts/silences/{number}/end")
    assert "over" in editor.get("/alerts/silences").words


def test_a_rule_is_made_shown_in_words_changed_and_removed(editor: Any, service: Any) -> None:
    form = {"name": "plan drifts", "when": "distance", "above": "0.2", "windows": "2", "of": "3"}
    assert editor.post("/alerts/rules/edit", **form, endpoint="churn, fraud-*").status == 303
    words = editor.get("/alerts/rules").words
    assert "2 of the last 3 windows with a distance above 0.2, for endpoint churn or fraud-*" in words
    assert 'value="churn, fraud-*"' in editor.get("/alerts/rules/edit?name=plan+drifts").text
    editor.post("/alerts/rules/edit", **(form | {"of": "5"}), is_new="no")
    assert "2 of the last 5 windows" in editor.get("/alerts/rules").words
    editor.post("/alerts/rules/remove", name="plan drifts")
    with service.database.read() as connection:
        assert rulebook.rules(connection) == []


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"name": "r", "when": "distance"}, "needs above"),
        ({"name": "r", "when": "failed", "windows": "many"}, "windows is &#39;many&#39;; expected a number"),
        ({"name": "r", "when": "failed", "windows": "5", "of": "3"}, "windows is 5 and of is 3"),
        ({"name": "r", "when": HOSTILE}, "Invalid enum value"),
    ],
)
def test_a_rule_that_cannot_be_says_why_and_keeps_what_was_typed(
    editor: Any, form: dict[str, str], said: str
) -> None:
    answered = editor.post("/alerts/rules/edit", **form)
    assert answered.status == 400
    assert said in answered.text
    assert 'value="r"' in answered.text
    assert HOSTILE not in answered.text


def test_a_new_rule_takes_no_others_place(editor: Any, service: Any) -> None:
    assert editor.post("/alerts/rules/edit", name="late", when="overdue", is_new="yes").status == 303
    answered = editor.post("/alerts/rules/edit", name="late", when="failed", is_new="yes")
    assert answered.status == 400
    assert "there is a rule &#39;late&#39; already" in answered.text
    with service.database.read() as connection:
        assert [rule.when for rule in rulebook.rules(connection)] == ["overdue"]


@pytest.mark.parametrize("path", ["/alerts/{}", "/alerts/{}/acknowledge", "/alerts/silences/{}/end"])
@pytest.mark.parametrize("number", ["9" * 18, "9" * 30, "9" * 5_000])
def test_a_number_that_nothing_has_leads_to_no_page(editor: Any, path: str, number: str) -> None:
    ask = editor.get if path == "/alerts/{}" else editor.post
    assert ask(path.format(number)).status == 404


@pytest.mark.parametrize("times", [{"from": "9999-12-31T10:00"}, {"until": "0001-01-01T00:00+05:00"}])
def test_a_silence_at_the_end_of_time_says_why_not(editor: Any, times: dict[str, str]) -> None:
    assert editor.post("/alerts/silences", schedule="x", **times).status == 400


def test_the_time_of_a_silence_may_have_a_zone(editor: Any) -> None:
    until = now().replace(microsecond=0) + timedelta(hours=6)
    there = until.astimezone(timezone(timedelta(hours=5)))
    editor.post("/alerts/silences", schedule="x", until=there.isoformat())
    assert f"{until:%Y-%m-%d %H:%M}" in editor.get("/alerts/silences").words


def test_a_sink_a_route_and_what_they_say(editor: Any) -> None:
    hook = {"s_url": "https://quiet.example.org/x", "s_secret": "${LEEBOARD_NOTIFY_HOOK}"}
    editor.post("/alerts/sinks/edit", name="team", kind="webhook", **hook)
    editor.post("/alerts/routes/save", name="all", sinks="team", on=["opened", "ended"], repeat_h="2")
    page = editor.get("/alerts/routes")
    assert "every 2 h" in page.words
    assert "quiet.example.org" not in page.text
    for kind, name in (("route", "all"), ("sink", "team")):
        assert editor.post("/alerts/routes/remove", kind=kind, name=name).status == 303
    assert "No sinks yet" in editor.get("/alerts/routes").words


def test_a_rule_does_not_get_what_its_form_hides(editor: Any, service: Any) -> None:
    typed = {"per": "feature", "above": "many", "windows": "2", "of": "3", "after_s": "60"}
    assert editor.post("/alerts/rules/edit", name="broken", when="failed", **typed).status == 303
    with service.database.read() as connection:
        document = rulebook.kept_rules(connection)[-1].document
    assert {key: document.get(key) for key in ("windows", "of", "above")} == {
        "windows": 2,
        "of": 3,
        "above": None,
    }
    page = editor.get("/alerts/rules/edit?name=broken").text
    assert 'data-only="when overdue pipeline-overdue job-overdue"' in page


def test_a_test_notice_that_does_not_arrive_is_told_as_a_fault(editor: Any) -> None:
    editor.post("/alerts/sinks/edit", name="gone", kind="webhook", s_url="http://127.0.0.1:1/nobody")
    cookie = editor.post("/alerts/sinks/test", name="gone").headers["set-cookie"].partition(";")[0]
    page = editor.get("/alerts/routes", cookie=cookie)
    assert '<p class="notice bad" role="alert">It did not arrive at gone' in page.text


def test_a_route_is_asked_for_once_there_is_a_sink_to_lead_to(editor: Any) -> None:
    assert "that comes first" in editor.get("/alerts/routes").words
    assert "New route" not in editor.get("/alerts/routes").words
    editor.post("/alerts/sinks/edit", name="team", kind="webhook", s_url="https://quiet.example.org/x")
    assert "New route" in editor.get("/alerts/routes").words


def test_no_page_makes_a_sink_that_runs_programs(editor: Any) -> None:
    answered = editor.post("/alerts/sinks/edit", name="x", kind="command", s_command="id")
    assert answered.status == 400
    assert "runs a program" in answered.words


def test_a_silence_needs_something_to_be_quiet_about(editor: Any) -> None:
    answered = editor.post("/alerts/silences", until=f"{now() + timedelta(hours=1):%Y-%m-%dT%H:%M}")
    assert answered.status == 400
    assert "say what to be quiet about" in answered.words


def test_who_changed_what_is_shown_and_can_be_taken_away(editor: Any, service: Any) -> None:
    editor.post("/alerts/silences", schedule="hourly*", comment=HOSTILE)
    page = editor.get("/audit?visitor=an+editor")
    assert "a editor dashboard made a silence schedule hourly*" in editor.get("/audit").words
    assert HOSTILE not in page.text
    told = json.loads(editor.get("/audit?export=json").text)
    assert [line["action"] for line in told] == [line.action for line in lines_of(service.database)]


def test_a_token_is_shown_once_and_its_removal_ends_its_sessions(editor: Any, stranger: Any) -> None:
    made = editor.post("/access/tokens", name="ada", role="reader")
    token = made.text.split("<code>")[1].split("<")[0]
    assert token not in editor.get("/access").text
    answered = stranger.post("/login", is_meant=False, token=token)
    stranger.cookie = answered.headers["set-cookie"].split("=")[1].split(";")[0]
    assert stranger.get("/").status == 200
    assert stranger.get("/access").status == 403
    editor.post("/access/tokens/remove", name="ada")
    assert stranger.get("/").status == 303


@pytest.mark.parametrize(
    ("path", "form"),
    [
        ("/access/tokens", {"name": "ada", "role": "reader"}),
        ("/alerts/rules/edit", {"name": "late", "when": "overdue"}),
        ("/alerts/silences", {"schedule": "hourly"}),
    ],
)
def test_what_cannot_be_written_down_is_not_done(
    editor: Any, service: Any, path: str, form: dict[str, str]
) -> None:
    with service.database.write() as connection:
        connection.execute(text("ALTER TABLE audit_log RENAME TO elsewhere"))
    assert editor.post(path, **form).status == 500
    with service.database.read() as connection:
        assert not tokens.all_of(connection)
        assert not rulebook.rules(connection)
        assert not silences.list_silences(connection, now())


def test_everybody_can_be_logged_out(editor: Any) -> None:
    editor.post("/access/sessions/end")
    assert editor.get("/").status == 303


def test_the_alert_of_a_pipeline_shows_what_failed_and_how_to_look_closer(editor: Any, service: Any) -> None:
    with service.database.write() as connection:
        steps = [{"step": HOSTILE, "type": "Processing", "reason": "no rows", "job": "p-a-1"}]
        facts = {"pipeline_execution": "abc", "failed_steps": steps}
        found = Found(title="train: failed at a", text="no rows", severity="critical", facts=facts)
        runs = runs_of_pipeline(7, "train")
        settle(connection, "mine", runs, [found], in_force=[], over="", routes=[], now=now())
        number = reading.in_force(connection)[0].id
    assert "train pipeline" in editor.get("/alerts?pipeline=train").words
    page = editor.get(f"/alerts/{number}")
    assert "leeboard logs p-a-1" in page.words
    assert "pipeline/train/execution/abc" in page.words
    assert HOSTILE not in page.text
    editor.post(f"/alerts/{number}/silence", hours="4", note="known")
    assert "rule mine, pipeline train" in editor.get("/alerts/silences").words
