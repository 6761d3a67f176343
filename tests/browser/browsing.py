"""A headless Chromium on the dashboard, and everything that should not happen in it."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hostile_home import House

ROOT = Path(__file__).parents[2]
AXE = ROOT / "frontend/node_modules/axe-core/axe.min.js"
SCREENSHOTS = ROOT / "build/screenshots"
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
FLAGS = (
    "no-sandbox", "disable-gpu", "disable-background-networking", "disable-component-update", "disable-sync",
)  # fmt: skip
POLICY_BREACHES = """addEventListener("securitypolicyviolation",
    event => console.error("policy", event.violatedDirective, event.blockedURI))"""
DRAW_ALL = "dispatchEvent(new Event('beforeprint'))"  # charts out of view wait to be seen otherwise
WAIT_MS = 120_000


@dataclass
class Tab:
    """One page of a browser of its own, with what went wrong in it."""

    page: Any
    url: str
    said: list[str] = field(default_factory=list)

    def go(self, path: str, *, draws: bool = False) -> Any:
        """Opens a page below the dashboard; gives the answer."""
        answer = self.page.goto(f"{self.url}/dashboard{path}")
        if draws:
            self.page.evaluate(DRAW_ALL)
        return answer

    @property
    def path(self) -> str:
        """Where it is, below the dashboard, with its query."""
        return str(self.page.url).removeprefix(f"{self.url}/dashboard")

    @property
    def words(self) -> str:
        """What the main part says, with single blanks."""
        return " ".join(self.page.locator("main").inner_text().split())

    def send(self, button: str, **fields: str) -> None:
        """Fills fields by their labels and presses a button, as somebody would."""
        for label, value in fields.items():
            self.page.get_by_label(label.replace("_", " "), exact=True).fill(value)
        self.page.get_by_role("button", name=button, exact=True).click()

    def agree(self, verb: str) -> None:
        """Answers the question that a button asked."""
        self.page.get_by_role("dialog").get_by_role("button", name=verb, exact=True).click()

    def saved(self, link: Any) -> tuple[str, bytes]:
        """Name and content of what a click saves."""
        with self.page.expect_download() as download:
            link.click()
        return download.value.suggested_filename, Path(download.value.path()).read_bytes()

    def forgives(self, *parts: str) -> None:
        """Takes back what was meant to happen; what was not, stays."""
        self.said[:] = [text for text in self.said if not any(part in text for part in parts)]


@dataclass
class Browser:
    """Opens tabs on one house."""

    chromium: Any
    house: House
    _states: dict[str, Any] = field(default_factory=dict)

    def tab(self, role: str = "editor", *, theme: str = "light", width: int = 1280, **options: Any) -> Tab:
        """A tab of somebody who is logged in; of a stranger without a role."""
        view = {"width": width, "height": 900}
        context = self.chromium.new_context(
            color_scheme=theme, viewport=view, reduced_motion="reduce", locale="en-GB",
            storage_state=self._state(role) if role else None, **options,
        )  # fmt: skip
        context.set_default_timeout(WAIT_MS)
        context.add_init_script(POLICY_BREACHES)
        tab = Tab(context.new_page(), self.house.url)
        watch(tab, context)
        return tab

    def _state(self, role: str) -> Any:
        if role not in self._states:
            token = self.house.token if role == "editor" else self.house.reader_token
            context = self.chromium.new_context()
            context.set_default_timeout(WAIT_MS)
            answer = context.request.post(f"{self.house.url}/dashboard/login", form={"token": token})
            assert answer.ok, (answer.status, answer.url)
            self._states[role] = context.storage_state()
            context.close()
        return self._states[role]


def watch(tab: Tab, context: Any) -> None:
    """Notes messages of the console, errors, dialogs, requests to elsewhere, answers that are refusals."""
    said = tab.said
    context.on("console", lambda message: _heard(message, said))
    context.on("weberror", lambda error: said.append(f"error: {error.error}"))
    context.on("dialog", lambda dialog: _asked(dialog, said))
    context.on("request", lambda request: _foreign(request.url, tab.url, said))
    context.on("response", lambda answer: _refused(answer, said))


def _heard(message: Any, said: list[str]) -> None:
    url = message.location.get("url", "")
    if not url.endswith("/favicon.ico"):  # Chromium's own idea, for pages of plain text
        said.append(f"console: {message.text} {url}")


def _asked(dialog: Any, said: list[str]) -> None:
    said.append(f"dialog: {dialog.message}")
    dialog.dismiss()


def _foreign(asked: str, url: str, said: list[str]) -> None:
    if not asked.startswith((f"{url}/dashboard", "data:", "blob:")):
        said.append(f"foreign: {asked}")


def _refused(answer: Any, said: list[str]) -> None:
    if answer.status >= 400:
        said.append(f"{answer.status}: {answer.request.method} {answer.url}")


@contextmanager
def browsing(house: House) -> Iterator[Browser]:
    """A browser for the tests of one module: while it is open, nothing else may have an event loop."""
    from playwright.sync_api import expect, sync_playwright

    expect.set_options(timeout=WAIT_MS)  # five seconds by default
    with sync_playwright() as play:
        chromium = play.chromium.launch(executable_path=CHROMIUM, args=[f"--{flag}" for flag in FLAGS])
        yield Browser(chromium, house)
        chromium.close()
