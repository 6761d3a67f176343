"""Points as executions emit them."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from leeboard.emit import Point

AT = datetime(2026, 11, 22, 9, tzinfo=UTC)
DATA = "aws/sagemaker/Endpoints/data-metrics"
ABOUT = (("Endpoint", "churn"), ("MonitoringSchedule", "hourly"))


@pytest.fixture
def point() -> Callable[..., Point]:
    """One value, or a set of them."""

    def make(name: str, value: float = 0.25, *, n: float = 1, namespace: str = DATA, more=(), at=AT) -> Point:
        return Point(namespace, name, ABOUT + tuple(more), at, n, value * n, value - n + 1, value + n - 1)

    return make
