"""When a schedule that is being made would run."""

import pytest

from leeboard.service.views.upcoming import planned
from watched_fleet import HOUR, NOW


def test_the_next_runs_are_told_with_their_windows() -> None:
    found = planned("cron(0 * ? * * *)", NOW, start="-PT2H", end="-PT1H")
    at = NOW.replace(minute=0) + HOUR
    assert found.times == tuple((at + n * HOUR, at + (n - 2) * HOUR, at + (n - 1) * HOUR) for n in range(3))
    assert found.words == "every hour at :00"
    assert found.window == "reads from 2 hours before to 1 hour before"


@pytest.mark.parametrize(
    ("expression", "reason"),
    [
        ("NOW", "NOW runs once"),
        ("nonsense", "is not valid"),
        ("cron(0 0 31 2 ? *)", "names no time"),
    ],
)
def test_what_never_runs_has_a_reason(expression: str, reason: str) -> None:
    found = planned(expression, NOW, start=None, end=None)
    assert reason in found.reason
    assert not found.times
