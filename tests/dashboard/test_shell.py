"""What all pages have in common: who comes in, what a change must carry, what browsers are told."""

import json
import re
from typing import Any

import pytest

from leeboard.dashboard.answers import Download, Table, View
from leeboard.dashboard.charting import Chart
from leeboard.dashboard.exporting import export
from leeboard.dashboard.pages import PAGES
from leeboard.service.refusals import InvalidRequestError

HOSTILE = "</script><img src=x onerror=alert(1)>\"'&\u2028"


def test_a_stranger_is_asked_to_log_in_and_led_back(stranger: Any) -> None:
    answered = stranger.get("/?state=failed")
    assert answered.status == 303
    assert answered.headers["location"] == "/dashboard/login?then=%2Fdashboard%2F%3Fstate%3Dfailed"


def test_after_a_login_no_form_is_asked_for_that_was_sent_without(stranger: Any) -> None:
    answered = stranger.post("/schedules/hourly/run", is_meant=False)
    assert answered.headers["location"] == "/dashboard/login?then=%2Fdashboard%2F&unsent=1"
    assert "the form was not sent" in stranger.get("/login?then=%2Fdashboard%2F&unsent=1").words


def test_a_part_of_a_page_leads_back_to_the_page(stranger: Any) -> None:
    page = {"hx-request": "true", "hx-current-url": "http://127.0.0.1/dashboard/schedules/hourly/edit"}
    answered = stranger.get("/schedules/hourly/edit/when?every=1h", **page)
    assert answered.status == 401
    assert answered.headers["hx-redirect"] == "/dashboard/login?then=%2Fdashboard%2Fschedules%2Fhourly%2Fedit"


@pytest.mark.parametrize("path", ["/", "/nothing/here"])
def test_an_address_with_very_many_parameters_does_no_harm(editor: Any, path: str) -> None:
    query = "&".join(f"a{i}=1" for i in range(1_100))
    assert editor.get(f"{path}?{query}").status in (200, 404)


def test_the_token_of_the_home_folder_opens_the_door(stranger: Any, service: Any) -> None:
    token = json.loads((service.settings.home / "keys.json").read_text())["dashboard_token"]
    answered = stranger.post("/login", is_meant=False, token=token, then="/dashboard/schedules?page=2")
    assert (answered.status, answered.headers["location"]) == (303, "/dashboard/schedules?page=2")
    stranger.cookie = answered.headers["set-cookie"].split("=")[1].split(";")[0]
    assert stranger.get("/").status == 200


@pytest.mark.parametrize(
    "then", ["//evil.example", "https://evil.example", "/dashboard/\\evil", "javascript:1", ""]
)
def test_a_login_leads_nowhere_else(stranger: Any, service: Any, then: str) -> None:
    token = json.loads((service.settings.home / "keys.json").read_text())["dashboard_token"]
    answered = stranger.post("/login", is_meant=False, token=token, then=then)
    assert answered.headers["location"] == "/dashboard/"


def test_a_wrong_token_is_refused_without_being_shown(stranger: Any) -> None:
    answered = stranger.post("/login", is_meant=False, token="guess-of-a-token")
    assert answered.status == 403
    assert "no token or key pair of this server" in answered.text
    assert "guess-of-a-token" not in answered.text


def test_logging_out_ends_the_session(editor: Any) -> None:
    assert editor.post("/logout").status == 303
    assert editor.get("/").status == 303


def test_a_form_of_another_site_ends_no_session(editor: Any) -> None:
    editor.post("/logout", is_meant=False)
    assert editor.get("/").status == 200


POSTS = [
    re.sub(r"{(\w+)(:\w+)?}", "1", page.path)
    for group in PAGES
    for page in group.pages
    if page.method == "POST"
]


@pytest.mark.parametrize("path", POSTS)
def test_no_change_without_the_token_of_the_form(editor: Any, path: str) -> None:
    answered = editor.post(path, is_meant=False)
    assert answered.status in (403, 404)


@pytest.mark.parametrize("path", POSTS)
def test_no_reader_changes_anything(reader: Any, path: str) -> None:
    answered = reader.post(path)
    assert answered.status in (403, 404)


def test_a_page_that_is_not_there_says_so(editor: Any) -> None:
    answered = editor.get("/nothing/here")
    assert answered.status == 404
    assert "There is no such page." in answered.text


def test_every_answer_forbids_scripts_of_others_and_frames(stranger: Any, editor: Any) -> None:
    for answered in (stranger.get("/"), stranger.get("/login"), editor.get("/"), editor.get("/nothing")):
        policy = answered.headers["content-security-policy"]
        assert "default-src 'self'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert answered.headers["cache-control"] == "no-store"


def test_files_of_ours_may_be_kept_by_browsers(stranger: Any) -> None:
    assert "immutable" in stranger.get("/static/dashboard.css").headers["cache-control"]


def test_a_name_that_is_not_ours_gets_no_page(editor: Any) -> None:
    assert editor.get("/", host="evil.example").status == 421


def test_data_of_charts_cannot_leave_their_element() -> None:
    chart = Chart("bars", "b", {"categories": [HOSTILE], "series": [{"name": HOSTILE, "values": [1]}]})
    assert not set("<>&\u2028") & set(chart.json)
    assert json.loads(chart.json)["categories"] == [HOSTILE]


@pytest.mark.parametrize("number", [float("nan"), float("inf"), -float("inf")])
def test_what_is_no_number_is_a_gap(number: float) -> None:
    chart = Chart("bars", "b", {"categories": ["a"], "series": [{"name": "s", "values": [number]}]})
    assert json.loads(chart.json)["series"][0]["values"] == [None]
    assert json.loads(whole(export(view_of(("a", number)), "json", ""))) == [{"name": "a", "n": None}]


def view_of(*rows: tuple[Any, ...]) -> View:
    return View("message.html", "Some <page>", tables={"rows": Table(("name", "n"), lambda: rows)})


def whole(download: Download) -> str:
    assert not isinstance(download.content, bytes)
    return b"".join(download.content).decode()


def test_a_table_leaves_as_csv_in_which_no_text_is_a_formula() -> None:
    made = export(view_of(("=1+1", 2), ('say "hi"', None), ("-3", -3)), "csv", "")
    assert whole(made) == 'name,n\n\'=1+1,2\n"say ""hi""",\n\'-3,-3\n'
    assert made.name == "leeboard-some-page-rows.csv"


def test_names_of_columns_are_no_formulas_either() -> None:
    view = View("message.html", "P", tables={"rows": Table(("=1+1",), lambda: [("\n=2",)])})
    assert whole(export(view, "csv", "")) == "'=1+1\n\"'\n=2\"\n"


@pytest.mark.parametrize("rows", [(), (("a", 1),), (("a", 1), ("b", None))])
def test_a_table_leaves_as_json(rows: tuple[tuple[Any, ...], ...]) -> None:
    told = json.loads(whole(export(view_of(*rows), "json", "rows")))
    assert told == [dict(zip(("name", "n"), row, strict=True)) for row in rows]


def test_a_table_that_is_not_there_is_named() -> None:
    with pytest.raises(InvalidRequestError, match="no table 'other'; it has: rows"):
        export(view_of(), "csv", "other")
