"""Shoots the dashboard's pages for the documents, from a copy of the home folder of a finished demo.

leeboard demo --dir build/demo
python tools/make_pictures.py build/demo/home
"""

import argparse
import io
import json
import os
import shutil
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.parse import urlencode
from urllib.request import urlopen

from leeboard.service.packed_summaries import unpack

PICTURES = Path(__file__).parents[1] / "docs/pictures"
WIDTH, HEIGHT, MOST_HEIGHT = 1280, 720, 1300
COLOURS = 128
START_S, SETTLE_MS = 60, 15_000
THEMES = ("light", "dark")
FIRST = (
    "select id, schedule_name from executions where monitoring_type = ?"
    " and status = 'CompletedWithViolations' order by scheduled_at limit 1"
)
CONSTRAINTS = "baselines/data-quality-baseline/constraints.json"
SUMMARY = "select document from window_summaries where execution_id = ?"


@dataclass(frozen=True, slots=True)
class Shot:
    """One picture, of a page below /dashboard."""

    name: str
    path: str


def shots_of(home: Path) -> list[Shot]:
    """What is shown: the first hour of the demo in which data went wrong, and the monitors over the day."""
    with sqlite3.connect(home / "state.sqlite") as state:
        quality, schedule = state.execute(FIRST, ("DataQuality",)).fetchone()
        feature = _worst_feature(state, quality)
    page = f"/schedules/{schedule}"
    shots = [
        Shot("overview", "/"),
        Shot("endpoint", "/endpoints/flights"),
        Shot("execution", f"/executions/{quality}"),
        Shot("feature", f"{page}/features?feature={feature}&window={quality}"),
        Shot("quality", "/schedules/hourly-model-quality/quality"),
        Shot("bias", "/schedules/hourly-model-bias/bias"),
        Shot("attribution", "/schedules/hourly-model-explainability/attribution"),
        Shot(
            "compare", f"/compare?left={schedule}&right={schedule}&right_window={quality}&feature={feature}"
        ),
        Shot("schedule-new", "/schedules/new?endpoint=flights"),
        Shot("constraints", f"{page}/constraints?{_carrier_edited(home)}"),
        Shot("alerts", "/alerts"),
    ]
    return shots


def _carrier_edited(home: Path) -> str:
    """The query of edits that let the airline's new code in, and of their preview."""
    constraints = json.loads((home / "objects/flights" / CONSTRAINTS).read_text())
    (carrier,) = (each for each in constraints["features"] if each["name"] == "carrier")
    domains = [*carrier["string_constraints"]["domains"], "JBU"]
    edits = {"carrier": {"domains": domains}}
    return urlencode({"q": "carrier", "preview": "1", "edits": json.dumps(edits)})


def _worst_feature(state: sqlite3.Connection, execution: int) -> str:
    (kept,) = state.execute(SUMMARY, (execution,)).fetchone()
    broken = unpack(kept, f"execution {execution}").violations
    return next((each.subject for each in broken if each.subject), "departure_delay")


@contextmanager
def served(home: Path) -> Iterator[tuple[str, str]]:
    """The URL of a server on a copy of a home folder, and a token for its dashboard."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "home"
        shutil.copytree(home, copy)
        (copy / "server.json").unlink(missing_ok=True)
        _stop_the_clock(copy / "state.sqlite")
        url = f"http://127.0.0.1:{(port := _free_port())}"
        kept = {
            name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "LEEBOARD_"))
        }
        command = [sys.executable, "-m", "leeboard", "serve", "--home", str(copy), "--port", str(port)]
        with (Path(folder) / "log").open("wb") as log:
            server = subprocess.Popen(command, env=kept, stdout=log, stderr=log)
        try:
            _wait(url, server)
            yield url, json.loads((copy / "keys.json").read_text())["dashboard_token"]
        finally:
            server.terminate()
            server.wait()


def _stop_the_clock(state: Path) -> None:
    """Nothing becomes due while pictures are made: hours without traffic are no part of the story."""
    later = int((datetime.now(UTC) + timedelta(hours=1)).timestamp()) * 1_000_000
    with sqlite3.connect(state) as connection:
        connection.execute("update resources set due_at = ? where due_at is not null", (later,))
    connection.close()


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as found:
        port: int = found.getsockname()[1]
    return port


def _wait(url: str, server: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + START_S
    while time.monotonic() < deadline and server.poll() is None:
        try:
            with urlopen(f"{url}/healthz", timeout=5):
                return
        except (URLError, ConnectionError, TimeoutError):
            time.sleep(0.1)
    raise SystemExit("the server of the copy did not start")


def shoot(browser: Any, url: str, token: str, theme: str, shots: list[Shot]) -> Iterator[tuple[str, bytes]]:
    """Name and PNG of each picture; says which page is not there."""
    context = browser.new_context(
        viewport={"width": WIDTH, "height": HEIGHT},
        color_scheme=theme,
        reduced_motion="reduce",
        locale="en-GB",
    )
    page = context.new_page()
    page.goto(f"{url}/dashboard/login")
    page.fill("#token", token)
    page.click("button.primary")
    for shot in shots:
        answer = page.goto(f"{url}/dashboard{shot.path}", wait_until="load")
        if answer is None or answer.status != 200:
            print(f"{shot.name}-{theme}: there is no page {shot.path}", file=sys.stderr)
            continue
        _settle(page)
        yield f"{shot.name}-{theme}", _picture(page)
    context.close()


def _settle(page: Any) -> None:
    """Charts out of view wait to be seen; before printing all are drawn."""
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    drawn = "[...document.querySelectorAll('[data-chart] .plot')].every(plot => plot.childElementCount)"
    page.set_viewport_size({"width": WIDTH, "height": MOST_HEIGHT})
    page.wait_for_function(drawn, timeout=SETTLE_MS)
    page.set_viewport_size({"width": WIDTH, "height": HEIGHT})
    page.evaluate("document.fonts.ready")


def _picture(page: Any) -> bytes:
    height = min(page.evaluate("document.documentElement.scrollHeight"), MOST_HEIGHT)
    area = {"x": 0, "y": 0, "width": WIDTH, "height": height}
    png: bytes = page.screenshot(full_page=True, clip=area, animations="disabled")
    return png


def compressed(png: bytes) -> bytes:
    """With as many colours as a page of text and charts needs."""
    from PIL import Image

    few = Image.open(io.BytesIO(png)).convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
    buffer = io.BytesIO()
    few.save(buffer, "PNG", optimize=True)
    return buffer.getvalue()


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("home", type=Path, help="home folder of a finished `leeboard demo`; it is copied")
    asked.add_argument("--out", type=Path, default=PICTURES)
    asked.add_argument(
        "--theme", choices=THEMES, action="append", help="light, if not given; may be repeated"
    )
    asked.add_argument("--only", action="append", help="names of pictures, if not all")
    given = asked.parse_args()
    from playwright.sync_api import sync_playwright

    given.out.mkdir(parents=True, exist_ok=True)
    with served(given.home) as (url, token), sync_playwright() as play:
        shots = [shot for shot in shots_of(given.home) if not given.only or shot.name in given.only]
        browser = play.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        for theme in given.theme or THEMES[:1]:
            for name, png in shoot(browser, url, token, theme, shots):
                small = compressed(png)
                (given.out / f"{name}.png").write_bytes(small)
                print(f"{name}.png  {len(small) / 1000:,.0f} kB")
        browser.close()


if __name__ == "__main__":
    main()
