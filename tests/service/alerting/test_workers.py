"""Deliveries beside jobs, by the threads of a server."""

from collections.abc import Callable
from socket import socket
from time import monotonic, sleep
from typing import Any

from leeboard.service.work.planner import plan_due
from leeboard.service.work.workers import Workers


def soon(is_so: Callable[[], Any]) -> None:
    deadline = monotonic() + 60
    while not is_so():
        assert monotonic() < deadline
        sleep(0.02)


def test_a_sink_that_hangs_holds_up_no_job_and_no_other_sink(
    house: Any, receiver: Any, add_schedule: Callable[..., Any]
) -> None:
    with socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        house.sink(f"http://127.0.0.1:{silent.getsockname()[1]}", name="silent")
        house.sink(receiver.url)
        house.route(on=["ended"], sinks=["silent", "hook"])
        for n in range(5):
            add_schedule(f"s{n}", due_at=house.at)
        plan_due(house.service, house.at)
        workers = Workers(house.service, None)
        workers.start()
        soon(lambda: len(receiver.posts) == 5)
        told = {(row.sink, row.state) for row in house.notices()}
    workers.close()
    assert told >= {("silent", "waiting")}
    assert ("silent", "delivered") not in told
