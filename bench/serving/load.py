"""Sends the same request over some kept connections, each one the next as soon as it has its answer."""

import asyncio
import gc
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter

import uvloop

CONNECTIONS = 16
LIMIT_S = 120


@dataclass(frozen=True, slots=True)
class Target:
    """Whom to ask, and what.

    Attributes:
        requests: whole, as they go over the wire, sent in turn.
        pid: of the process that answers, for its CPU time; None if it is somebody else's.
    """

    name: str
    port: int
    requests: Sequence[bytes]
    pid: int | None


@dataclass(frozen=True, slots=True)
class Turn:
    """What one turn of a target took.

    Attributes:
        latencies_s: of each request, sorted.
        cpu_s: of the process that answered.
        n_good: answers with status 200.
    """

    wall_s: float
    latencies_s: Sequence[float]
    cpu_s: float
    n_good: int

    @property
    def per_s(self) -> float:
        return len(self.latencies_s) / self.wall_s

    def ms_at(self, share: float) -> float:
        """The latency that this share of the requests stayed below."""
        return self.latencies_s[min(int(share * len(self.latencies_s)), len(self.latencies_s) - 1)] * 1e3

    @property
    def cpu_us(self) -> float:
        """CPU time of one request."""
        return self.cpu_s / len(self.latencies_s) * 1e6


@dataclass(slots=True)
class _Count:
    left: int
    done: asyncio.Event
    n_open: int = CONNECTIONS
    n_good: int = 0
    latencies_s: list[float] = field(default_factory=list)


class _Asking(asyncio.Protocol):
    def __init__(self, requests: Sequence[bytes], count: _Count) -> None:
        self._requests, self._count = requests, count
        self._got, self._wanted, self._sent_at = b"", 0, 0.0

    def connection_made(self, transport) -> None:
        self._transport = transport

    def ask(self) -> None:
        if self._count.left <= 0:
            self._transport.close()
            return
        self._count.left -= 1
        self._got, self._wanted = b"", 0
        self._sent_at = perf_counter()
        self._transport.write(self._requests[self._count.left % len(self._requests)])

    def data_received(self, data: bytes) -> None:
        self._got += data
        if not self._wanted and (end := self._got.find(b"\r\n\r\n")) >= 0:
            self._wanted = end + 4 + _content_length(self._got[:end])
        if self._wanted and len(self._got) >= self._wanted:
            self._count.latencies_s.append(perf_counter() - self._sent_at)
            self._count.n_good += self._got.startswith(b"HTTP/1.1 200")
            self.ask()

    def connection_lost(self, error) -> None:
        self._count.n_open -= 1
        if not self._count.n_open:
            self._count.done.set()


def _content_length(head: bytes) -> int:
    for line in head.split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            return int(value)
    raise ValueError(f"an answer without a length: {head[:200]!r}")


def load(target: Target, n_requests: int) -> Turn:
    """One turn.

    Raises:
        RuntimeError: not every request was answered.
    """
    before = cpu_s(target.pid)
    gc.collect()
    gc.disable()
    try:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            wall_s, count = runner.run(_load(target, n_requests))
    finally:
        gc.enable()
    if len(count.latencies_s) != n_requests:
        raise RuntimeError(f"{target.name} answered {len(count.latencies_s)} of {n_requests} requests")
    return Turn(wall_s, sorted(count.latencies_s), cpu_s(target.pid) - before, count.n_good)


async def _load(target: Target, n_requests: int) -> tuple[float, _Count]:
    loop = asyncio.get_running_loop()
    count = _Count(n_requests, asyncio.Event())
    asking = [
        (await loop.create_connection(lambda: _Asking(target.requests, count), "127.0.0.1", target.port))[1]
        for _ in range(CONNECTIONS)
    ]
    start = perf_counter()
    for each in asking:
        each.ask()
    async with asyncio.timeout(LIMIT_S):
        await count.done.wait()
    return perf_counter() - start, count


def take_turns(targets: Sequence[Target], *, n_requests: int, turns: int) -> dict[str, list[Turn]]:
    """The turns of each, one after the other, after one short turn that is not counted."""
    for target in targets:
        load(target, n_requests // 4)
    found: dict[str, list[Turn]] = {target.name: [] for target in targets}
    for _ in range(turns):
        for target in targets:
            turn = load(target, n_requests)
            found[target.name].append(turn)
            print(
                f"  {target.name}: {turn.per_s:,.0f}/s, p50 {turn.ms_at(0.5):.2f} ms, "
                f"p99 {turn.ms_at(0.99):.2f} ms, CPU {turn.cpu_us:.0f} us",
                flush=True,
            )
    return found


def cpu_s(pid: int | None) -> float:
    """Time that the threads of a process have had until now; ticks of the clock would be too coarse."""
    if pid is None:
        return 0.0
    return (
        sum(int(file.read_text().split()[0]) for file in Path(f"/proc/{pid}/task").glob("*/schedstat")) / 1e9
    )
