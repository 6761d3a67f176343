import re
import sys
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from html import escape
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("playwright.sync_api", reason="no Playwright here")
sys.path.append(str(Path(__file__).parent))

from gallery import AXE, CHROMIUM, FOUND, THEMES
from gallery_browser import Looked, looking
from gallery_charts import gallery
from playwright.sync_api import expect

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium here to draw the charts with")
KINDS = (
    *("distance", "quality", "top-values", "histogram", "heat", "matrix"),
    *("roc", "calibration", "quadrants", "ranks"),
)
EMPTY = ("no-point", "no-bars", "no-bins", "no-heat", "no-points")
SINGLE = ("one-point", "one-bin")
HOSTILE = ("hostile-lines", "hostile-bars", "hostile-heat")
SHAPES = "figures => figures.map(f => [f.id, f.querySelectorAll('svg path, svg text, svg rect').length])"


@pytest.fixture(scope="module")
def looked() -> Iterator[Looked]:
    with looking() as open_browser:
        yield open_browser


@pytest.fixture(scope="module")
def shared(looked: Looked) -> Iterator[Any]:
    """One page for the tests that leave it as it was: loading one takes longer than they do."""
    with looked.tab(*KINDS, *EMPTY, *SINGLE, *HOSTILE, "uneven") as page:
        yield page


@pytest.fixture(autouse=True)
def quiet(looked: Looked) -> Iterator[None]:
    """No test may make the console speak: no error, no breach of the policy."""
    looked.said.clear()
    yield
    assert looked.said == []


def drawn(page: Any) -> dict[str, int]:
    return dict(page.eval_on_selector_all("figure.chart", SHAPES))


def saved(page: Any, name: str, ending: str) -> tuple[str, bytes]:
    figure = page.locator(f"#{name}")
    figure.locator("summary").first.click()
    with page.expect_download() as download:
        figure.locator(f"[data-save={ending}]").click()
    return download.value.suggested_filename, Path(download.value.path()).read_bytes()


def test_every_kind_draws_and_no_data_says_so(shared: Any) -> None:
    shapes = drawn(shared)
    assert min(shapes[name] for name in KINDS) > 15
    assert min(shapes[name] for name in (*SINGLE, *HOSTILE)) > 5
    assert max(shapes[name] for name in EMPTY) == 0
    assert shared.locator(".blank").all_inner_texts() == ["No data in this range"] * len(EMPTY)


@pytest.mark.slow
def test_every_kind_draws_in_the_dark(looked: Looked) -> None:
    with looked.tab(*KINDS, theme="dark") as page:
        assert min(drawn(page).values()) > 15


@pytest.mark.slow
@pytest.mark.parametrize("theme", THEMES)
def test_all_of_the_gallery_draws_and_axe_finds_nothing(looked: Looked, theme: Any) -> None:
    with looked.tab(theme=theme) as page:
        shapes = drawn(page)
        found = None
        if AXE.exists():
            page.evaluate(AXE.read_text("utf-8"))
            found = page.evaluate(FOUND)
    assert {name for name, n in shapes.items() if n > 5} == {
        shown.name for shown in gallery() if not shown.name.startswith("no-")
    }
    if found is None:
        pytest.skip("no axe-core here: npm ci in frontend/")
    assert found == []


def test_names_in_the_data_are_never_markup(shared: Any) -> None:
    for name in (*HOSTILE, "ranks", "quadrants"):
        figure = shared.locator(f"#{name}")
        figure.locator(".numbers summary").click()
        expect(figure.locator("table")).to_have_count(1)
        figure.press("ArrowRight")
        expect(figure.locator(".tip b")).to_have_count(1)
    assert shared.locator(".chart img, .chart svg b, .chart .tip b b").count() == 0
    expect(shared.locator("#hostile-lines .tip b + div")).to_contain_text("<img src=x onerror=alert(1)>")


@pytest.mark.slow
def test_a_link_of_the_data_leads_to_this_server_only(looked: Looked) -> None:
    with looked.tab("hostile-bars", "hostile-lines") as page:
        for figure in (page.locator("#hostile-lines"), page.locator("#hostile-bars")):
            figure.press("ArrowRight")
            figure.press("Enter")
            assert "?only=hostile-bars" in page.url
        page.locator("#hostile-bars").press("ArrowRight")
        page.locator("#hostile-bars").press("Enter")
        page.wait_for_url("**/dashboard")


@pytest.mark.slow
def test_a_click_on_a_point_follows_its_link(looked: Looked) -> None:
    with looked.tab("distance") as page:
        plot = page.locator("#distance .plot")
        plot.scroll_into_view_if_needed()
        size = plot.bounding_box()
        plot.click(position={"x": size["width"] - 20, "y": 120})
        page.wait_for_url("**/dashboard/executions?at=2026-11-25T09%3A00%3A00Z")


def test_keys_read_a_chart_point_by_point(shared: Any) -> None:
    for name, says in (
        ("distance", "2026-11-24 11:00, distance "),
        ("heat", "sepal_length, 2026-11-24 11:00, "),
    ):
        figure = shared.locator(f"#{name}")
        figure.press("ArrowRight")
        figure.press("ArrowRight")
        expect(figure.locator("[role=status]")).to_contain_text(says)
    assert "24 points in time" in shared.locator("#distance .plot").get_attribute("aria-label")


@pytest.mark.parametrize("name", ["quality", "heat", "histogram"])
def test_a_chart_is_saved_as_a_picture_with_its_title(shared: Any, name: str) -> None:
    title = next(shown.title for shown in gallery() if shown.name == name)
    file_name, svg = saved(shared, name, "svg")
    _, png = saved(shared, name, "png")
    width = shared.locator(f"#{name} .plot").bounding_box()["width"]
    assert re.fullmatch(r"\w[\w-]+\.svg", file_name)
    ET.fromstring(svg)
    assert escape(title, quote=False) in svg.decode().replace("&#60;", "&lt;").replace("&#62;", "&gt;")
    assert png[:8] == b"\x89PNG\r\n\x1a\n"
    assert int.from_bytes(png[16:20], "big") == pytest.approx(2 * (width + 32), abs=3)


def test_numbers_are_saved_as_csv(shared: Any) -> None:
    name, csv = saved(shared, "uneven", "csv")
    assert name == "uneven-bins-with-open-ends.csv"
    assert csv.decode().splitlines()[:3] == ["from,to,baseline,last window", ",0,0.01,0", "0,1,0.5,0.3"]


def test_a_name_that_a_spreadsheet_would_run_is_led_by_an_apostrophe(shared: Any) -> None:
    _, csv = saved(shared, "hostile-bars", "csv")
    assert csv.decode().splitlines()[-1] == "'=1+1,1"


def test_the_numbers_open_as_a_table(shared: Any) -> None:
    shared.locator("#distance .numbers summary").click()
    expect(shared.locator("#distance tbody tr")).to_have_count(24)
    assert shared.locator("#distance tbody th").first.inner_text() == "2026-11-24T10:00:00Z"


def test_a_histogram_changes_to_log_and_cdf(shared: Any) -> None:
    figure = shared.locator("#histogram")
    before = figure.locator("svg").inner_html()
    for mode in ("Log", "CDF"):
        button = figure.get_by_role("button", name=mode, exact=True)
        button.click()
        expect(button).to_have_attribute("aria-pressed", "true")
        expect(figure.locator("svg")).not_to_have_js_property("innerHTML", before)


@pytest.mark.slow
def test_charts_change_with_the_theme_and_the_choice_is_kept(looked: Looked) -> None:
    with looked.tab("distance") as page:
        before = page.locator("#distance svg").inner_html()
        switch = page.locator("[data-theme-switch]")
        switch.click()
        switch.click()
        assert page.evaluate("document.documentElement.dataset.theme") == "dark"
        assert page.locator("#distance svg").inner_html() != before
        page.reload()
        assert page.evaluate("document.documentElement.dataset.theme") == "dark"


@pytest.mark.slow
def test_charts_that_a_swap_brings_are_drawn(looked: Looked) -> None:
    with looked.tab("distance") as page:
        page.locator("#distance").evaluate("figure => figure.dataset.old = 'yes'")
        page.get_by_role("button", name="Load anew").click()
        page.locator("#roc").wait_for(state="attached")
        expect(page.locator("[data-old]")).to_have_count(0)
        page.locator("#roc").scroll_into_view_if_needed()
        page.wait_for_selector("#roc svg")


@pytest.mark.slow
def test_a_morphing_swap_leaves_one_chart_with_one_menu(looked: Looked) -> None:
    with looked.tab("distance") as page:
        page.evaluate(
            "htmx.ajax('GET', location.href, {target: '#charts', select: '#charts', swap: 'outerMorph'})"
        )
        figure = page.locator("#distance")
        figure.scroll_into_view_if_needed()
        page.wait_for_selector("#distance svg")
        figure.press("ArrowRight")
        expect(figure.locator("[role=status]")).to_contain_text("2026-11-24 10:00")
        assert (figure.locator("svg").count(), figure.locator(".menu.save").count()) == (1, 1)


@pytest.mark.slow
def test_no_width_scrolls_sideways_and_charts_follow_it(looked: Looked) -> None:
    with looked.tab("distance", "heat", "ranks", width=360) as page:
        assert page.evaluate("document.documentElement.scrollWidth") == 360
        narrow = page.locator("#distance svg").get_attribute("width")
        page.set_viewport_size({"width": 700, "height": 900})
        page.wait_for_selector(f"#distance svg:not([width='{narrow}'])")
        assert page.evaluate("document.documentElement.scrollWidth") == 700
