import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.importorskip("playwright.sync_api", reason="no Playwright here")
sys.path.append(str(Path(__file__).parent))

from gallery import CHROMIUM
from gallery_browser import Looked, looking
from playwright.sync_api import expect

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium here to run the pages' script with")


CHOOSY = """<form><label>Which <select name="which"><option>a<option>b</select></label>
<p data-only="which a"><label>Of a <input></label></p>
<p data-only="which b c"><label>Of b or c <input></label></p>
<p data-only="which a"><label>Wrong <input aria-invalid="true"></label></p></form>"""


@pytest.fixture(scope="module")
def looked() -> Iterator[Looked]:
    with looking() as open_browser:
        yield open_browser


@pytest.fixture(autouse=True)
def quiet(looked: Looked) -> Iterator[None]:
    looked.said.clear()
    yield
    assert looked.said == []


def test_a_form_with_a_question_is_sent_only_after_yes(looked: Looked) -> None:
    with looked.tab("no-point") as page:
        sent: list[str] = []
        page.on("request", lambda request: sent.append(request.method) if "/form" in request.url else None)
        page.route("**/form", lambda route: route.fulfill(body="done"))
        page.get_by_role("button", name="Delete schedule").click()
        expect(page.locator("dialog[open]")).to_contain_text("Its runs stay")
        page.get_by_role("button", name="Cancel", exact=True).first.click()
        assert sent == []
        page.get_by_role("button", name="Delete schedule").click()
        page.get_by_role("button", name="Delete", exact=True).click()
        page.wait_for_url("**/form")
        assert sent == ["POST"]


def test_parts_of_a_form_show_while_their_choice_is_made_and_keep_what_they_hold(looked: Looked) -> None:
    with looked.tab("no-point") as page:
        page.locator("main").evaluate("(main, form) => main.insertAdjacentHTML('beforeend', form)", CHOOSY)
        page.get_by_label("Which").select_option("b")
        expect(page.get_by_label("Of a")).to_be_hidden()
        expect(page.get_by_label("Of b or c")).to_be_visible()
        expect(page.get_by_label("Wrong")).to_be_visible()
        page.get_by_label("Of b or c").fill("stays")
        page.get_by_label("Which").select_option("a")
        expect(page.get_by_label("Of b or c")).to_be_hidden()
        expect(page.get_by_label("Of b or c")).to_have_value("stays")


def test_typing_into_a_filter_swaps_the_results_and_keeps_the_url_short(looked: Looked) -> None:
    with looked.tab("no-point") as page:
        page.get_by_label("Name", exact=True).fill("iris")
        page.wait_for_url("**/?name=iris")
        expect(page.locator("#results")).to_have_count(1)


@pytest.mark.slow
def test_a_server_that_fails_is_said_and_the_page_stays(looked: Looked) -> None:
    with looked.tab("no-point") as page:
        page.route("**/?name=*", lambda route: route.fulfill(status=204, body=""))
        page.get_by_label("Name", exact=True).fill("x")
        page.route("**/?state=*", lambda route: route.abort())
        page.unroute("**/?name=*")
        page.route("**/?name=*", lambda route: route.abort())
        page.get_by_label("Name", exact=True).fill("y")
        assert "cannot be reached" in page.wait_for_selector("[data-unreached]").inner_text()
        looked.said[:] = [text for text in looked.said if "ERR_FAILED" not in text and "fetch" not in text]


@pytest.mark.slow
def test_a_log_grows_until_the_run_has_ended(looked: Looked) -> None:
    with looked.tab("no-point") as page:
        page.locator(".fold summary").click()
        page.get_by_text("2026-11-26 10:00:05 done").wait_for()
        expect(page.locator(".log")).to_have_attribute("data-after", "99")


@pytest.mark.slow
def test_a_command_is_copied(looked: Looked) -> None:
    with looked.tab("no-point") as page:
        page.context.grant_permissions(["clipboard-read", "clipboard-write"])
        page.locator(".empty .copy button").click()
        page.get_by_text("Copied").wait_for()
        assert page.evaluate("navigator.clipboard.readText()").startswith("curl -d")


def test_keys_search_and_explain(looked: Looked) -> None:
    with looked.tab("no-point") as page:
        page.keyboard.press("/")
        assert page.evaluate("document.activeElement.name") == "q"
        page.locator("h1").click()
        page.keyboard.press("?")
        expect(page.locator("dialog[open]")).to_contain_text("Search")
        page.keyboard.press("Escape")
        page.keyboard.press("g")
        page.keyboard.press("s")
        page.wait_for_url("**#s")


@pytest.mark.slow
def test_a_time_tells_its_age(looked: Looked) -> None:
    with looked.tab("no-point") as page:
        expect(page.locator("time[data-ago] + .ago")).to_contain_text("ago")
        page.locator("td time").first.hover()
        assert "in your time zone" in page.locator("td time").first.get_attribute("title")
