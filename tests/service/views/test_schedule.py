"""One schedule: what it does in words, and its executions."""

from leeboard.service.service import Service
from leeboard.service.views.schedule import shown
from leeboard.service.views.schedule_runs import count_executions, list_executions
from watched_fleet import NOW, REASON, Fleet

ENDED = [
    ("Completed", None, "clean"),
    ("CompletedWithViolations", None, "in violation"),
    ("Failed", "AlgorithmError", "failed"),
    ("Failed", REASON, "no data"),
    ("Stopped", None, "stopped"),
]


def test_a_schedule_is_told_in_words(fleet: Fleet, service: Service) -> None:
    fleet.schedule("hourly")
    with service.database.read() as connection:
        found = shown(service, connection, "hourly", NOW)
    assert found.timing.words == "every hour at :00, reads the hour before"
    assert found.baseline.files == (("constraints", "s3://b/baseline/constraints.json"),)


def test_runs_are_found_by_their_state(fleet: Fleet, service: Service) -> None:
    schedule = fleet.schedule("hourly")
    for hours_ago, (status, reason, _) in enumerate(ENDED):
        fleet.run(schedule, hours_ago, status, reason=reason)
    with service.database.read() as connection:
        assert count_executions(connection, schedule.id) == len(ENDED)
        for *_, state in ENDED:
            assert count_executions(connection, schedule.id, state) == 1
            assert [row.state for row in list_executions(connection, schedule.id, state)] == [state]
