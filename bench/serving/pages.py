"""Every page of the dashboard with a large store, over HTTP by one reader after the other."""

import json
import os
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection
from math import ceil
from pathlib import Path
from shutil import rmtree
from statistics import median
from time import perf_counter
from urllib.parse import urlencode

from bench.contestants import LEEBOARD
from bench.places import ROOT
from bench.results import Goal, Part, Table
from bench.serving.leeboard import HOMES
from bench.serving.processes import Served, free_port, serving
from bench.sizes import QUICK, Sizes
from leeboard.dashboard.pages import PAGES

TEXT = """\
The store has {store},
hourly windows that ended within the last hours, and the summaries of two days; it is made by
`tools/make_large_store.py`. One logged-in connection asks for the pages in turns, {rounds} rounds after one
that is not counted; `/healthz` of the same server does next to nothing. The CPU time is that of the whole
server. Other programs ran beside it: the load was {load:.1f} at the end, with which a page takes longer than
the processor works for it."""
NEXT_TO_NOTHING = "/healthz"
PAGE_MS = 200.0
HEADER = ["page", "median ms", "p95 ms", "CPU ms", "kB"]
SIZES = {"endpoints": 500, "schedules": 5000, "executions": 1_000_000}
SMALL = {"endpoints": 20, "schedules": 200, "executions": 10_000}
NAMES = {
    "/endpoints/{name}": "endpoint-0007",
    "/models/{name}": "model-0007",
    "/schedules/{name}/quality": "endpoint-0007-modelquality-1",
    "/schedules/{name}/bias": "endpoint-0007-modelbias-2",
    "/schedules/{name}/attribution": "endpoint-0007-modelexplainability-3",
}
"""What a path is asked for, where it is not the schedule below."""
SCHEDULE = "endpoint-0007-dataquality-0"
OTHER = "endpoint-0008-dataquality-0"
QUERIES = {"/search": {"q": "endpoint-0007"}, "/compare": {"left": SCHEDULE, "right": OTHER}}
WITHOUT = ("/batch", "/constraints", "/executions/{id}/files/", "{number", "{key")
"""In the paths of pages on what this store has none of."""


@dataclass(slots=True)
class Seen:
    """What the answers to one address took."""

    walls_ms: list[float] = field(default_factory=list)
    cpu_ms: float = 0.0
    n_bytes: int = 0

    @property
    def p95_ms(self) -> float:
        return sorted(self.walls_ms)[ceil(0.95 * len(self.walls_ms)) - 1]

    def row(self, path: str) -> list:
        times = [f"{ms:.0f}" for ms in (median(self.walls_ms), self.p95_ms, self.cpu_ms / len(self.walls_ms))]
        return [f"`{path}`", *times, f"{self.n_bytes / 1e3:.0f}"]


def measure(sizes: Sizes) -> Part:
    is_quick = sizes == QUICK
    store, rounds = (SMALL, 3) if is_quick else (SIZES, 20)
    with _large(store) as (served, token):
        seen = _rounds(served, token, rounds)
    words = ", ".join(f"{n:,} {what}" for what, n in store.items())
    part = Part("server-pages", "Pages of the dashboard", "")
    part.text = TEXT.format(store=words, rounds=rounds, load=os.getloadavg()[0])
    part.tables = [Table("Each page", HEADER, [one.row(path) for path, one in seen.items()])]
    pages = [one for path, one in seen.items() if path != NEXT_TO_NOTHING]
    part.goals = [
        Goal("median time of the slowest page", PAGE_MS, max(median(one.walls_ms) for one in pages), "ms"),
        Goal("95th percentile of the slowest page", PAGE_MS, max(one.p95_ms for one in pages), "ms"),
        Goal(
            "CPU time of the slowest page", PAGE_MS,
            max(one.cpu_ms / len(one.walls_ms) for one in pages), "ms",
        ),
    ]  # fmt: skip
    return part


@contextmanager
def _large(store: Mapping[str, int]) -> Iterator[tuple[Served, str]]:
    """A server with a store that was made now, so that it is not overdue; and the token to enter.

    `LEEBOARD_BENCH_DATABASE_URL` names an empty database to make it in, instead of a file.
    """
    home = HOMES / "pages"
    rmtree(home, ignore_errors=True)
    sizes = [text for name, n in store.items() for text in (f"--{name}", str(n))]
    url = os.environ.get("LEEBOARD_BENCH_DATABASE_URL")
    state = ["--database-url", url] if url else []
    subprocess.run(
        [sys.executable, ROOT / "tools" / "make_large_store.py", home, *sizes, *state], check=True, cwd=ROOT
    )
    port = free_port()
    command = [LEEBOARD, "serve", "--home", home, "--port", str(port), "--workers", "0", *state]
    with serving("pages", [*command, "--container-engine", "none"], port, ask=NEXT_TO_NOTHING) as served:
        yield served, json.loads((home / "keys.json").read_text())["dashboard_token"]
    rmtree(home, ignore_errors=True)


def _rounds(served: Served, token: str, n: int) -> dict[str, Seen]:
    connection = HTTPConnection("127.0.0.1", served.port, timeout=60)
    cookie = _login(connection, token)
    addresses = _addresses(_an_execution(connection, cookie))
    seen: dict[str, Seen] = defaultdict(Seen)
    for number in range(n + 1):
        for shown, target in addresses.items():
            one = _asked(connection, cookie, target, served.pid)
            if number:
                seen[shown].walls_ms += one.walls_ms
                seen[shown].cpu_ms += one.cpu_ms
                seen[shown].n_bytes = one.n_bytes
        print(f"  round {number} of {n}, load {os.getloadavg()[0]:.1f}", flush=True)
    connection.close()
    return dict(seen)


def _addresses(execution: str) -> dict[str, str]:
    """What is asked by what is shown: all pages of the roster, and one that is none."""
    paths = [page.path for group in PAGES for page in group.pages if page.method == "GET"]
    found = {NEXT_TO_NOTHING: NEXT_TO_NOTHING}
    for path in paths:
        if not any(part in path for part in WITHOUT):
            query = f"?{urlencode(QUERIES[path])}" if path in QUERIES else ""
            named = path.format(name=NAMES.get(path, SCHEDULE), id=execution)
            found[path + query] = f"/dashboard{named}{query}"
    return found


def _login(connection: HTTPConnection, token: str) -> str:
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    connection.request("POST", "/dashboard/login", urlencode({"token": token}), headers)
    answer = connection.getresponse()
    answer.read()
    if answer.status != 303:
        raise RuntimeError(f"the login was answered with {answer.status}")
    return answer.headers["Set-Cookie"].partition(";")[0]


def _an_execution(connection: HTTPConnection, cookie: str) -> str:
    """The last one of the schedule."""
    path = f"/dashboard/schedules/{SCHEDULE}?export=json&table=executions"
    connection.request("GET", path, headers={"Cookie": cookie})
    return str(json.loads(connection.getresponse().read())[0]["execution"])


def _asked(connection: HTTPConnection, cookie: str, target: str, pid: int) -> Seen:
    before, began = _cpu_ms(pid), perf_counter()
    connection.request("GET", target, headers={"Cookie": cookie})
    answer = connection.getresponse()
    body = answer.read()
    wall_ms = (perf_counter() - began) * 1e3
    if answer.status != 200:
        raise RuntimeError(f"{target} was answered with {answer.status}: {body[-500:]!r}")
    return Seen([wall_ms], _cpu_ms(pid) - before, len(body))


def _cpu_ms(pid: int) -> float:
    """Of all threads of a process, to the nanosecond: a page takes less than a tick of `stat`."""
    files = Path(f"/proc/{pid}/task").glob("*/schedstat")
    return sum(int(file.read_text().split()[0]) for file in files) / 1e6
