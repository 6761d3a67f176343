"""Features of a schedule over its windows."""

from datetime import timedelta

from leeboard.service.service import Service
from leeboard.service.views.drift import drift_of
from watched_fleet import NOW, Fleet, drifting

DAY = timedelta(days=1)


def test_features_come_the_most_drifted_first(fleet: Fleet, service: Service) -> None:
    schedule = fleet.schedule("hourly")
    fleet.run(schedule, 2, summary=drifting({"calm": 0.01, "wild": 0.02}))
    fleet.run(schedule, 1, "CompletedWithViolations", summary=drifting({"calm": 0.02, "wild": 0.5}))
    with service.database.read() as connection:
        history, rows = drift_of(connection, schedule.id, NOW - DAY)
    assert [row.name for row in rows] == ["wild", "calm"]
    assert (rows[0].distance, rows[0].n_violations, rows[0].n_broken) == (0.5, 1, 1)
    assert list(rows[1].distances) == [0.01, 0.02]
    assert len(history.windows) == 2
