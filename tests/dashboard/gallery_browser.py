"""The gallery in a headless Chromium, and all that its console said."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Literal

from gallery import CHROMIUM, FLAGS, served

WAIT_MS = 120_000
DRAW_ALL = "dispatchEvent(new Event('beforeprint'))"  # charts out of view wait to be seen otherwise


@dataclass
class Looked:
    """An open browser and the address of the gallery."""

    url: str
    browser: Any
    said: list[str] = field(default_factory=list)

    def _refused(self, dialog: Any) -> None:
        self.said.append(f"dialog {dialog.message}")
        dialog.dismiss()

    @contextmanager
    def tab(self, *only: str, theme: Literal["light", "dark"] = "light", width: int = 1280) -> Iterator[Any]:
        """A page with these charts drawn; without names, with all of them."""
        view = {"width": width, "height": 900}
        context = self.browser.new_context(color_scheme=theme, viewport=view, reduced_motion="reduce")
        context.set_default_timeout(WAIT_MS)
        page = context.new_page()
        page.on("console", lambda message: self.said.append(message.text))
        page.on("pageerror", lambda error: self.said.append(str(error)))
        page.on("dialog", self._refused)
        page.goto(f"{self.url}/?" + "&".join(f"only={name}" for name in only))
        page.evaluate(DRAW_ALL)
        yield page
        context.close()


@contextmanager
def looking() -> Iterator[Looked]:
    """A browser for the tests of one module."""
    from playwright.sync_api import expect, sync_playwright

    expect.set_options(timeout=WAIT_MS)  # five seconds by default
    with served() as url, sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=[f"--{flag}" for flag in FLAGS])
        yield Looked(url, browser)
        browser.close()
