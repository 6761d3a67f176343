"""Every component and chart of the dashboard on one page.

python tests/dashboard/gallery.py serves it; with a folder, puts pictures of it there and says what axe finds.
"""
# ruff: noqa: T201

import json
import shutil
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import product
from pathlib import Path
from threading import Thread
from typing import Literal
from urllib.parse import parse_qs

sys.path.append(str(Path(__file__).parent))
from gallery_charts import Shown, gallery

ROOT = Path(__file__).parents[2]
STATIC = ROOT / "src/leeboard/dashboard/static"
PAGE = ROOT / "frontend/gallery.html"
THEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
AXE = ROOT / "frontend/node_modules/axe-core/axe.min.js"
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
FLAGS = (
    "no-sandbox",
    "disable-gpu",
    "disable-background-networking",
    "disable-component-update",
    "disable-sync",
)
POLICY = "default-src 'self'; style-src 'self'; img-src 'self' data: blob:; frame-ancestors 'none'"
TYPES = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml", ".txt": "text/plain"}
FIGURE = """<div class="card">
<figure class="chart" id="{name}" data-chart="{kind}" tabindex="0" aria-label="{title}">
<figcaption>{title}</figcaption><div class="plot" data-height="{height}"></div>
<script type="application/json">{data}</script></figure></div>
"""
FOUND = """axe.run().then(r => r.violations.map(
    v => `${v.id}: ${v.nodes.map(n => n.html.slice(0, 160) + ' ' + n.failureSummary).join('; ')}`))"""


def figure(shown: Shown) -> str:
    """As the macro of the pages writes it."""
    data = json.dumps(shown.data).replace("<", "\\u003c").replace("&", "\\u0026")
    title = escape(shown.title)
    return FIGURE.format(name=shown.name, kind=shown.kind, title=title, height=shown.height, data=data)


def page(only: Sequence[str] = ()) -> str:
    """The gallery with its charts, or with some of them."""
    charts = [shown for shown in gallery() if not only or shown.name in only]
    return PAGE.read_text("utf-8").replace("<!-- charts -->", "".join(map(figure, charts)))


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        path, _, query = self.path.partition("?")
        file = STATIC / Path(path).name
        if path == "/log":
            ended = {"Leeboard-Next": "99", "Leeboard-Ended": "1"}
            self._answer(b"2026-11-26 10:00:05 done\n", "text/plain", ended)
        elif path.startswith("/static/") and file.is_file():
            self._answer(file.read_bytes(), TYPES[file.suffix], {})
        else:
            self._answer(page(parse_qs(query).get("only", [])).encode(), "text/html; charset=utf-8", {})

    def _answer(self, body: bytes, kind: str, more: dict[str, str]) -> None:
        self.send_response(200)
        length = str(len(body))
        headers = {"Content-Type": kind, "Content-Length": length, "Content-Security-Policy": POLICY, **more}
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Says nothing."""


@contextmanager
def served(port: int = 0) -> Iterator[str]:
    """The address of the gallery while it runs."""
    with ThreadingHTTPServer(("127.0.0.1", port), _Handler) as server:
        thread = Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def look(folder: Path) -> None:
    """Pictures in both themes at three widths, and what the console and axe say."""
    from playwright.sync_api import sync_playwright

    with served() as url, sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=[f"--{flag}" for flag in FLAGS])
        for theme, width in product(THEMES, (360, 1280, 2000)):
            context = browser.new_context(color_scheme=theme, viewport={"width": width, "height": 900})
            tab = context.new_page()
            tab.on("console", lambda message: print("console:", message.text))
            tab.goto(url)
            tab.evaluate("dispatchEvent(new Event('beforeprint'))")  # draws what is out of view too
            print(theme, width, "scrolls to", tab.evaluate("document.documentElement.scrollWidth"))
            tab.screenshot(path=folder / f"{theme}-{width}.png", full_page=True, timeout=200_000)
            tab.evaluate(AXE.read_text("utf-8"))
            print(*tab.evaluate(FOUND), sep="\n")
            context.close()
        browser.close()


if __name__ == "__main__":
    if len(sys.argv) > 1:
        look(Path(sys.argv[1]))
    else:
        with served(8950) as address:
            input(f"{address}; Enter ends it. ")
