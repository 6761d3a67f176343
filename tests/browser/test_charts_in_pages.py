"""Features, model quality, bias, attribution, comparisons: windows are switched, charts saved."""

import xml.etree.ElementTree as ET
from collections.abc import Callable
from urllib.parse import quote

import pytest
from browsing import Tab
from hostile_home import NAMES, House

pytestmark = pytest.mark.slow
Enter = Callable[..., Tab]
DRAWN = "[...document.querySelectorAll('[data-chart] .plot')].every(plot => plot.childElementCount)"


def drawn(tab: Tab) -> int:
    """Waits until all charts are there; gives how many."""
    tab.page.wait_for_function(DRAWN)
    return int(tab.page.locator("[data-chart]").count())


@pytest.mark.parametrize(
    "place",
    [
        "/endpoints/loans?schedule=data",
        "/schedules/data/features?feature=income",
        "/schedules/quality/quality",
        "/schedules/bias/bias",
        "/schedules/shap/attribution",
        "/compare?left=data&right=data&feature=income",
    ],
)
def test_charts_are_drawn_and_their_numbers_stand_in_tables(enter: Enter, place: str) -> None:
    tab = enter()
    tab.go(place, draws=True)
    assert drawn(tab) > 0
    figure = tab.page.locator("figure.chart:has(svg)").first
    figure.locator(".numbers summary").click()
    assert figure.locator(".numbers tbody tr").count() > 0


def test_a_chart_of_a_page_is_saved_as_pictures_and_numbers(enter: Enter) -> None:
    tab = enter()
    tab.go("/schedules/quality/quality", draws=True)
    drawn(tab)
    figure, content = tab.page.locator("figure.chart:has(svg)").first, {}
    for ending in ("svg", "png", "csv"):
        figure.locator("summary").first.click()
        _, content[ending] = tab.saved(figure.locator(f"[data-save={ending}]"))
    ET.fromstring(content["svg"])
    assert content["png"][:8] == b"\x89PNG\r\n\x1a\n"
    assert len(content["csv"].splitlines()) > 1


def test_the_window_of_a_feature_is_switched(house: House, enter: Enter) -> None:
    first, second = house.ids["data"]
    tab = enter()
    tab.go("/schedules/data/features?feature=income")
    tab.page.locator("select[name=window]").select_option(str(second))
    tab.page.wait_for_url(f"**window={second}*")
    tab.page.get_by_role("heading", name="in this window").wait_for()
    tab.page.locator("select[name=against]").select_option(str(first))
    tab.page.wait_for_url(f"**against={first}*")
    tab.page.get_by_role("columnheader", name="Earlier").wait_for()
    tab.page.go_back()
    tab.page.get_by_role("columnheader", name="Baseline").wait_for()


def test_a_feature_is_switched_to_one_whose_name_is_markup(enter: Enter) -> None:
    tab = enter()
    tab.go(f"/schedules/live/features?feature={quote(NAMES[4])}")
    for name in NAMES:
        tab.page.locator("select[name=feature]").select_option(value=name)
        tab.page.wait_for_function("name => new URL(location).searchParams.get('feature') === name", arg=name)
        tab.page.wait_for_function("document.querySelectorAll('main img').length === 0")
    tab.go(f"/schedules/live/features?feature={quote(NAMES[1])}")
    assert "{{7*7}}" in tab.page.get_by_role("heading", level=1).inner_text()


@pytest.mark.parametrize("page", ["quality/quality", "bias/bias", "shap/attribution"])
def test_the_window_of_a_monitor_is_switched(house: House, enter: Enter, page: str) -> None:
    window = house.ids[page.partition("/")[0]][0]
    tab = enter()
    tab.go(f"/schedules/{page}", draws=True)
    before = drawn(tab)
    tab.page.locator("select[name=window]").select_option(str(window))
    tab.page.wait_for_url(f"**window={window}*")
    tab.page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert drawn(tab) == before
    tab.page.get_by_role("link", name="To the run").click()
    tab.page.wait_for_url("**/executions/*")


def test_two_windows_are_compared_feature_by_feature(house: House, enter: Enter) -> None:
    first, second = house.ids["data"]
    tab = enter()
    tab.go("/compare")
    tab.page.get_by_label("Left schedule").fill("data")
    tab.page.get_by_role("button", name="Compare").click()
    tab.page.get_by_label("Left window").select_option(str(first))
    tab.page.get_by_label("Right window").select_option(str(second))
    tab.page.get_by_role("button", name="Compare").click()
    tab.page.wait_for_url(f"**left_window={first}*right_window={second}*")
    tab.page.get_by_role("link", name="income").click()
    assert "mean by" in tab.words
    assert "of the values lie elsewhere" in tab.words
