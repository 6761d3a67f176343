"""Which points are on their way to other stores, and that they are sent until they arrive."""

import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from random import Random
from typing import Any

import pytest
from sqlalchemy import select

from leeboard.clock import now
from leeboard.emit.choices import Choice
from leeboard.service.emitted import EMISSION, hand_over, points_of, portions, ranges, written
from leeboard.service.metrics import add_numbered, dimensions_key
from leeboard.service.queue import claim
from leeboard.service.service import Service
from leeboard.service.work.kinds import KINDS
from leeboard.service.work.task import Task
from leeboard.state.tables import work

NOW = now()
"""CloudWatch is sent no points of two weeks ago."""
NAMESPACE = "aws/sagemaker/Endpoints/data-metrics"


def emitted(service: Service, n: int) -> list[int]:
    """Points that an execution emitted, handed over."""
    dimensions = dimensions_key([{"Name": "MonitoringSchedule", "Value": "hourly"}])
    sums = {"sample_count": 1.0, "sum": 0.5, "minimum": 0.5, "maximum": 0.5, "unit": "None"}
    points = [
        {"name": f"feature_data_{each}", "dimensions": dimensions, "at": NOW, **sums} for each in range(n)
    ]
    with service.database.write() as connection:
        numbers = add_numbered(connection, NAMESPACE, points)
        hand_over(connection, numbers, now=NOW)
    return numbers


def do_next(service: Service) -> str | None:
    """Does what is due; gives what it was."""
    held = claim(service.database, "me", [EMISSION], now=now(), lease_s=20)
    if held is None:
        return None
    KINDS.get(EMISSION).perform(Task(service, None, held))
    return held.subject


def waiting(service: Service) -> list[str]:
    with service.database.read() as connection:
        return list(connection.execute(select(work.c.subject).order_by(work.c.id)).scalars())


@dataclass(frozen=True, slots=True)
class Listener:
    """A StatsD that a test can take away."""

    socket: socket.socket

    @property
    def place(self) -> str:
        return f"127.0.0.1:{self.socket.getsockname()[1]}"

    def lines(self, n: int) -> set[bytes]:
        found: set[bytes] = set()
        while len(found) < n:
            found.update(self.socket.recv(65536).splitlines())
        return found


@pytest.fixture
def statsd() -> Iterator[Listener]:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as opened:
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 22)
        opened.bind(("127.0.0.1", 0))
        opened.settimeout(120)
        yield Listener(opened)


@pytest.fixture
def emitting(service: Service) -> Callable[..., Service]:
    def with_choices(*choices: Choice) -> Service:
        return replace(service, settings=replace(service.settings, emitters=choices))

    return with_choices


def test_numbers_are_ranges_and_numbers_again() -> None:
    numbers = sorted(Random(1).sample(range(1000), 400))
    texts = list(written(numbers))
    assert all(len(text) <= 200 for text in texts)
    told = [range(first, last + 1) for text in texts for first, last in ranges(text)]
    assert [number for one in told for number in one] == numbers
    assert list(written([3, 4, 5, 9])) == ["3-5,9-9"]
    assert list(written([])) == []


def test_a_request_is_not_larger_than_stores_take() -> None:
    assert list(portions("1-3,10-1200")) == ["1-3,10-506", "507-1006", "1007-1200"]


def test_points_are_found_by_their_numbers(service: Service) -> None:
    numbers = emitted(service, 3)
    with service.database.read() as connection:
        [text] = written(numbers)
        found = points_of(connection, text)
    assert [point.name for point in found] == [f"feature_data_{n}" for n in range(3)]
    assert found[0].dimensions == (("MonitoringSchedule", "hourly"),)
    assert (found[0].namespace, found[0].at, found[0].sum) == (NAMESPACE, NOW, 0.5)


def test_points_of_two_at_the_same_moment_are_not_mixed(service: Service, together: Any) -> None:
    told = together(4, lambda _: emitted(service, 50))
    numbers = [number for one in told for number in one]
    assert len(set(numbers)) == len(numbers) == 200
    kept = [ranges(subject.partition("/")[2]) for subject in waiting(service)]
    held = [n for pairs in kept for first, last in pairs for n in range(first, last + 1)]
    assert sorted(held) == sorted(numbers)


def test_without_emitters_nothing_stays(emitting: Any) -> None:
    service = emitting()
    emitted(service, 3)
    assert do_next(service) is not None
    assert waiting(service) == []


def test_every_emitter_gets_its_own_work_and_sends_it(emitting: Any, statsd: Listener) -> None:
    service = emitting(Choice("statsd", statsd.place))
    emitted(service, 700)
    while do_next(service):
        pass
    assert waiting(service) == []
    assert len(statsd.lines(700)) == 700


def test_a_store_that_does_not_answer_is_tried_later_and_others_get_theirs(
    emitting: Any, statsd: Listener, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("leeboard.service.work.kinds.emission.FIRST_WAIT_S", 300.0)  # later than this test
    service = emitting(Choice("cloudwatch", "http://127.0.0.1:9"), Choice("statsd", statsd.place))
    emitted(service, 2)
    emitted(service, 2)
    done = []
    while subject := do_next(service):
        done.append(subject.partition("/")[0])
    assert sorted(done) == ["cloudwatch", "cloudwatch", "points", "points", "statsd", "statsd"]
    left = waiting(service)
    assert len(left) == 2
    assert all(subject.startswith("cloudwatch/") for subject in left)
    assert len(statsd.lines(2)) == 2


def test_what_was_for_an_emitter_that_is_gone_is_let_go(emitting: Any, statsd: Listener) -> None:
    before, after = emitting(Choice("statsd", statsd.place)), emitting()
    emitted(before, 1)
    do_next(before)
    assert [subject.partition("/")[0] for subject in waiting(after)] == ["statsd"]
    do_next(after)
    assert waiting(after) == []
