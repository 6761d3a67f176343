"""One server for all tests of the browser, a browser a module, and tabs in which nothing goes wrong."""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

pytest.importorskip("playwright.sync_api", reason="no Playwright here")
sys.path.append(str(Path(__file__).parent))

from browsing import CHROMIUM, Browser, Tab, browsing
from hostile_home import House, hostile_house


@pytest.fixture(scope="session")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A server with hostile data."""
    if CHROMIUM is None:
        pytest.skip("no Chromium here")
    with hostile_house(tmp_path_factory.mktemp("hostile")) as made:
        yield made


@pytest.fixture(scope="module")
def browser(house: House) -> Iterator[Browser]:
    """For one module: the event loop of Playwright would be in the way of other tests."""
    with browsing(house) as opened:
        yield opened


@pytest.fixture
def enter(browser: Browser) -> Iterator[Callable[..., Tab]]:
    """Opens tabs; in none of them may anything go wrong."""
    opened: list[Tab] = []

    def tab(role: str = "editor", **options: object) -> Tab:
        opened.append(browser.tab(role, **options))
        return opened[-1]

    yield tab
    for each in opened:
        each.page.context.close()
    assert [text for each in opened for text in each.said] == []
