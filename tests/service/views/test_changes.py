"""What changed of late: what went wrong or right again, and what people did."""

from datetime import timedelta

from leeboard.service.access import audit
from leeboard.service.service import Service
from leeboard.service.views import changes
from leeboard.service.views.fleet import lines
from watched_fleet import HOUR, NOW, Fleet

DAY = timedelta(days=1)


def test_what_was_clean_yesterday_and_is_bad_now_went_wrong(fleet: Fleet, service: Service) -> None:
    broke, old = fleet.schedule("broke"), fleet.schedule("old")
    fleet.run(broke, 2)
    fleet.run(broke, 1, "CompletedWithViolations")
    fleet.run(old, 30)
    fleet.run(old, 1, "Failed", reason="AlgorithmError")
    with service.database.read() as connection:
        found = changes.broken(connection, lines(connection, now=NOW), NOW - DAY)
        turned = changes.turns(connection, NOW - DAY)
    assert [each.line.name for each in found] == ["broke"]
    assert {(turn.schedule, turn.is_in_alert) for turn in turned} == {("broke", True), ("old", True)}


def test_new_things_are_changes_also_without_the_audit_log(fleet: Fleet, service: Service) -> None:
    fleet.since(fleet.endpoint("churn"), NOW - HOUR)
    fleet.endpoint("old")
    with service.database.read() as connection:
        deeds = changes.deeds(connection, NOW - DAY)
    assert [(deed.what, deed.subject, deed.words) for deed in deeds] == [("endpoint", "churn", "deployed")]


def test_who_only_came_in_changed_nothing(fleet: Fleet, service: Service) -> None:
    told = {"at": NOW, "visitor": "ada", "via": "dashboard"}
    with service.database.write() as connection:
        audit.write(connection, action=audit.LOGIN, subject="dashboard", **told)
        audit.write(connection, action="ran a schedule by hand", subject="hourly", **told)
        assert [deed.words for deed in changes.deeds(connection, NOW - DAY)] == ["ran a schedule by hand"]
