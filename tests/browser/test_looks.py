"""How each page looks: no width scrolls sideways, axe finds nothing grave, and pictures of all to look at."""

import re
from itertools import product

import pytest
from addresses import addresses, more_addresses
from browsing import AXE, DRAW_ALL, SCREENSHOTS, Browser, Tab
from hostile_home import House

pytestmark = pytest.mark.slow
THEMES = ("light", "dark")
WIDTHS = (360, 1280, 2000)
GRAVE = """axe.run(document, {resultTypes: ["violations"]}).then(r => r.violations
    .filter(v => v.impact === "serious" || v.impact === "critical")
    .map(v => `${v.id}: ${v.nodes.map(n => n.html.slice(0, 200) + " " + n.failureSummary).join("; ")}`))"""
SCROLLS_TO = "document.scrollingElement.scrollWidth - innerWidth"
WIDEST = """[...document.querySelectorAll("body *")]
    .filter(e => e.getBoundingClientRect().right > innerWidth + 1 && !e.closest(".wide, pre, .strip, svg"))
    .map(e => e.outerHTML.slice(0, 160)).slice(0, 3)"""


@pytest.fixture(scope="module")
def tabs(browser: Browser) -> dict[str, Tab]:
    """One tab for each theme: opening one takes longer than most pages do."""
    return {theme: browser.tab(theme=theme) for theme in THEMES}


@pytest.fixture(scope="module")
def places(house: House) -> list[str]:
    """All that is looked at, but what is no page of ours."""
    found = [*addresses(house).values(), *more_addresses(house)]
    return [place for place in found if not place.endswith("/log")]


def picture(tab: Tab, place: str, kind: str) -> None:
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    name = re.sub(r"\W+", "-", place).strip("-")[:60] or "overview"
    tab.page.screenshot(path=SCREENSHOTS / f"{name}-{kind}.png", full_page=True, animations="disabled")


@pytest.mark.parametrize("theme", THEMES)
def test_axe_finds_nothing_grave(tabs: dict[str, Tab], places: list[str], theme: str) -> None:
    tab, found = tabs[theme], {}
    for place in places:
        tab.go(place, draws=True)
        picture(tab, place, theme)
        if AXE.exists():
            tab.page.evaluate(AXE.read_text("utf-8"))
            found[place] = tab.page.evaluate(GRAVE)
    assert tab.said == []
    assert {place: grave for place, grave in found.items() if grave} == {}
    if not AXE.exists():
        pytest.skip("no axe-core here: npm ci in frontend/")


def test_no_page_scrolls_sideways(tabs: dict[str, Tab], places: list[str]) -> None:
    tab, found = tabs["light"], {}
    for place, width in product(places, WIDTHS):
        tab.page.set_viewport_size({"width": width, "height": 900})
        if width == WIDTHS[0]:
            tab.go(place)
            tab.page.evaluate(DRAW_ALL)
            picture(tab, place, "narrow")
        if (over := tab.page.evaluate(SCROLLS_TO)) > 0:
            found[f"{place} at {width}"] = over, tab.page.evaluate(WIDEST)
    assert tab.said == []
    assert found == {}
