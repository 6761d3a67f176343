"""Overview, schedules, audit log and search: filters, sorting, addresses, and what can be taken away."""

import csv
import io
import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from browsing import Tab
from hostile_home import NAMES, House
from playwright.sync_api import expect

pytestmark = pytest.mark.slow
Enter = Callable[..., Tab]


def named(tab: Tab) -> Any:
    """The links of the rows of the results."""
    return tab.page.locator("#results tbody th a")


def names(tab: Tab) -> list[str]:
    """What the rows are called now: for a page that is loaded, or after `expect`."""
    return [each.strip() for each in named(tab).all_inner_texts()]


def test_a_filter_swaps_the_rows_and_stands_in_the_address(enter: Enter) -> None:
    tab = enter()
    tab.go("/")
    everything = names(tab)
    assert {"loans", "hostile"} <= set(everything)
    tab.page.evaluate("document.body.dataset.old = 'yes'")
    tab.page.get_by_label("Name or model").fill("hosti")
    tab.page.wait_for_url("**/dashboard/?q=hosti")
    expect(named(tab)).to_have_text(["hostile", "hostile-model"])
    assert tab.page.evaluate("document.body.dataset.old") == "yes"
    tab.page.go_back()
    tab.page.wait_for_url("**/dashboard/")
    expect(named(tab)).to_have_text(everything)


def test_columns_sort_both_ways(enter: Enter) -> None:
    tab = enter()
    tab.go("/schedules")
    header = tab.page.locator("#results").locator("th", has_text="Schedule")
    for sort, order in (("name", "ascending"), ("-name", "descending")):
        header.get_by_role("link").click()
        tab.page.wait_for_url(f"**/schedules?sort={sort}")
        expect(header).to_have_attribute("aria-sort", order)
        known = [each for each in names(tab) if each in {"bias", "data", "live", "quality", "shap"}]
        assert known == sorted(known, reverse=sort == "-name")


def test_states_of_the_tiles_are_filters(enter: Enter) -> None:
    tab = enter()
    tab.go("/")
    tab.page.locator("#tiles").get_by_role("link", name=re.compile("in violation")).click()
    tab.page.wait_for_url("**/?state=in*violation")
    expect(named(tab)).to_have_text(["loans"])
    tab.page.get_by_role("link", name="show all").click()
    tab.page.wait_for_url("**/dashboard/")


@pytest.mark.parametrize("place", ["/", "/schedules", "/endpoints/loans", "/schedules/data", "/audit"])
def test_tables_are_taken_away_as_csv_and_json(enter: Enter, place: str) -> None:
    tab = enter()
    tab.go(place)
    links = tab.page.locator(".exports")
    for number in range(links.get_by_role("link", name="CSV").count()):
        _, written = tab.saved(links.get_by_role("link", name="CSV").nth(number))
        _, told = tab.saved(links.get_by_role("link", name="JSON").nth(number))
        rows = list(csv.reader(io.StringIO(written.decode("utf-8-sig"))))
        assert {len(row) for row in rows} == {len(rows[0])}
        assert len(json.loads(told)) == len(rows) - 1


def test_search_finds_by_parts_of_names_and_leads_there(house: House, enter: Enter) -> None:
    tab = enter()
    tab.go("/")
    tab.page.keyboard.press("/")
    tab.page.keyboard.type("onerror")
    tab.page.keyboard.press("Enter")
    tab.page.wait_for_url("**/search?q=onerror")
    tab.page.get_by_role("link", name=NAMES[0]).first.click()
    expect(tab.page.get_by_role("heading", level=1)).to_contain_text(NAMES[0])
    tab.go(f"/search?q=%23{house.live}")
    assert tab.path == f"/executions/{house.live}"
    tab.go("/search?q=nothing-of-the-kind")
    assert "Nothing has" in tab.words


def test_the_audit_log_tells_who_made_what(enter: Enter) -> None:
    tab = enter()
    tab.go("/audit")
    tab.page.get_by_label("Subject").fill("live")
    tab.page.wait_for_url("**/audit?subject=live")
    tab.page.get_by_role("cell", name="CreateMonitoringSchedule").first.wait_for()
