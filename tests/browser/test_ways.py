"""Other ways to use the pages: by keys, in another theme, without JavaScript, and every link once."""

from collections import deque
from collections.abc import Callable
from urllib.parse import urldefrag, urlsplit

import pytest
from browsing import Tab
from hostile_home import House

pytestmark = pytest.mark.slow
Enter = Callable[..., Tab]
MOST_LINKS = 200
LINKS = "links => links.map(a => [a.href, a.hasAttribute('download')])"
FOCUSED = (
    "(document.activeElement.getAttribute('aria-label') || document.activeElement.innerText || '').trim()"
)


def tabbed(tab: Tab, n: int) -> list[str]:
    """Names of what the tab key comes by."""
    found = []
    for _ in range(n):
        tab.page.keyboard.press("Tab")
        found.append(tab.page.evaluate(FOCUSED))
    return found


def test_keys_alone_lead_through_a_page(enter: Enter) -> None:
    tab = enter()
    tab.go("/")
    reached = tabbed(tab, 12)
    assert reached[:3] == ["Skip to content", "leeboard", "Overview"]
    assert "Search" in reached
    assert any(name.startswith("You: dashboard") for name in reached)
    tab.go("/")
    tab.page.keyboard.press("Tab")
    tab.page.keyboard.press("Enter")
    assert tab.page.evaluate("document.activeElement.id") == "main"


def test_letters_search_explain_and_go(enter: Enter) -> None:
    tab = enter()
    tab.go("/")
    tab.page.keyboard.press("/")
    assert tab.page.evaluate(FOCUSED) == "Search"
    tab.page.keyboard.press("Escape")
    tab.page.locator("main").focus()
    tab.page.keyboard.press("?")
    assert "Change the theme" in tab.page.get_by_role("dialog").inner_text()
    tab.page.keyboard.press("Escape")
    tab.page.keyboard.press("g")
    tab.page.keyboard.press("s")
    tab.page.wait_for_url("**/dashboard/schedules")


def test_the_theme_is_switched_and_kept(enter: Enter) -> None:
    tab = enter(theme="dark")
    tab.go("/")
    ground = "getComputedStyle(document.body).backgroundColor"
    dark = tab.page.evaluate(ground)
    tab.page.locator("[data-theme-switch]").click()
    assert tab.page.evaluate(ground) != dark
    tab.go("/schedules")
    assert tab.page.evaluate("document.documentElement.dataset.theme") == "light"


def test_without_javascript_tables_are_there_and_forms_are_sent(house: House, enter: Enter) -> None:
    tab = enter(java_script_enabled=False)
    tab.go("/")
    tab.page.get_by_label("Name or model").fill("hosti")
    tab.page.get_by_role("button", name="Apply").click()
    assert tab.page.locator("#results tbody tr").count() == 2
    tab.go(f"/executions/{house.live}")
    assert "3 violations" in tab.words
    assert "CompletedWithViolations" in tab.page.locator("pre.log").last.inner_text()
    tab.go("/schedules/spare")
    tab.send("Set", Bad_runs="1", of_the_last="1")
    assert "It alerts when 1 of the last 1 runs are bad." in tab.words
    tab.go("/schedules/quality/quality")
    figure = tab.page.locator("figure.chart").first
    figure.locator(".numbers summary").click()
    assert figure.locator("tbody tr").first.is_visible()


def test_without_javascript_a_stranger_logs_in_and_out(house: House, enter: Enter) -> None:
    tab = enter("", java_script_enabled=False)
    tab.go("/schedules")
    tab.send("Log in", Token=house.reader_token)
    assert tab.path == "/schedules"
    tab.page.get_by_label("You: reader, reader").click()
    tab.page.get_by_role("button", name="Log out").click()
    assert tab.path == "/login"


def test_every_link_leads_somewhere(enter: Enter) -> None:
    tab, failed = enter(), {}
    seen: set[str] = set()
    waiting = deque([f"{tab.url}/dashboard/"])
    while waiting and len(seen) < MOST_LINKS:
        address = waiting.popleft()
        if (kind := shape(address)) in seen:
            continue
        seen.add(kind)
        answer = tab.page.goto(address)
        if answer.status != 200 or tab.said:
            failed[address] = answer.status, [*tab.said]
            tab.said.clear()
        for link, is_saved in tab.page.eval_on_selector_all("a[href]", LINKS):
            if not is_saved and link.startswith(f"{tab.url}/dashboard"):
                waiting.append(urldefrag(link).url)
    assert failed == {}
    assert len(seen) > 60


def shape(address: str) -> str:
    """The same for links that differ in the order or the page of a table only."""
    parts = urlsplit(address)
    kept = [each for each in parts.query.split("&") if not each.startswith(("sort=", "page="))]
    return f"{parts.path}?{'&'.join(sorted(kept))}"
