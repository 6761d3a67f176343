"""Runs by time: the worst of each span."""

from leeboard.service.service import Service
from leeboard.service.views.strips import Spans, strips
from watched_fleet import HOUR, NOW, REASON, Fleet


def test_strips_tell_the_worst_of_each_hour_and_where_nothing_ran(fleet: Fleet, service: Service) -> None:
    first, second = fleet.schedule("first"), fleet.schedule("second")
    fleet.run(first, 1)
    bad = fleet.run(second, 1, "CompletedWithViolations")
    fleet.run(first, 3, "Failed", reason=REASON)
    spans = Spans.until(NOW, HOUR, 5)
    with service.database.read() as connection:
        held = strips(connection, "endpoint", ["churn", "nobody"], spans)
    assert [span.state for span in held["churn"]] == [None, "no data", None, "in violation", None]
    assert (held["churn"][3].execution_id, held["churn"][3].n_runs, held["churn"][3].n_bad) == (bad, 2, 1)
    assert not any(span.state for span in held["nobody"])
