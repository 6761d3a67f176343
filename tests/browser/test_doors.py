"""Logging in and out, and what readers may not."""

from collections.abc import Callable
from pathlib import Path

import pytest
from browsing import Tab
from hostile_home import House
from playwright.sync_api import expect

pytestmark = pytest.mark.slow
Enter = Callable[..., Tab]


def test_a_stranger_logs_in_and_lands_where_they_wanted_to_go(house: House, enter: Enter) -> None:
    tab = enter("")
    tab.go("/schedules?state=failed")
    assert tab.path.startswith("/login?then=")
    tab.send("Log in", Token="guess")
    assert "That is no token or key pair of this server" in tab.words
    tab.forgives("403")
    tab.send("Log in", Token=house.token)
    tab.page.wait_for_url("**/dashboard/schedules?state=failed")
    tab.page.get_by_label("You: dashboard, editor").click()
    tab.page.get_by_role("button", name="Log out").click()
    tab.page.wait_for_url("**/dashboard/login")
    tab.go("/")
    assert tab.path.startswith("/login")


def test_a_pair_of_keys_logs_in_as_well(house: House, enter: Enter) -> None:
    tab = enter("")
    tab.go("/login")
    tab.page.get_by_text("With a key pair instead").click()
    keys = house.server.environment
    fields = {"Access_key_id": keys["AWS_ACCESS_KEY_ID"], "Secret_access_key": keys["AWS_SECRET_ACCESS_KEY"]}
    tab.send("Log in with keys", **fields)
    tab.page.wait_for_url("**/dashboard/")


def test_the_address_of_the_command_logs_in_once(house: House, enter: Enter) -> None:
    url = house.server.command("dashboard", "--no-open").stdout.strip()
    first, second = enter(""), enter("")
    first.page.goto(url)
    assert first.path == "/"
    second.page.goto(url)
    assert "That is no token or key pair of this server" in second.words
    second.forgives("403")


def test_a_reader_sees_all_and_no_button_that_changes_anything(house: House, enter: Enter) -> None:
    tab = enter("reader")
    for place in (
        "/schedules/live",
        f"/executions/{house.live}",
        f"/alerts/{house.incident}",
        "/alerts/routes",
    ):
        assert tab.go(place).status == 200
        assert tab.page.locator("main form[method=post], main button.danger").count() == 0, place
    tab.page.get_by_label("You: reader, reader").click()
    assert tab.page.get_by_role("link", name="Access").count() == 0


def test_a_reader_who_asks_all_the_same_is_refused(enter: Enter) -> None:
    tab = enter("reader")
    assert tab.go("/access").status == 403
    assert "You are logged in as a reader" in tab.words
    sent = "fetch('/dashboard/schedules/spare/delete', {method: 'POST'}).then(answer => answer.status)"
    assert tab.page.evaluate(sent) == 403
    tab.forgives("403")


def test_a_token_that_was_made_lets_its_owner_in_until_it_is_removed(enter: Enter) -> None:
    maker, owner = enter(), enter("")
    maker.go("/access")
    maker.page.get_by_label("Role").select_option("reader")
    maker.send("Make", Name="somebody")
    token = maker.page.locator(".notice code").inner_text()
    owner.go("/login")
    owner.send("Log in", Token=token)
    owner.page.wait_for_url("**/dashboard/")
    assert owner.page.get_by_label("You: somebody, reader").count() == 1
    maker.page.get_by_role("row", name="somebody").get_by_role("button", name="Remove").click()
    maker.agree("Remove")
    maker.page.get_by_text("The token somebody is gone").wait_for()
    owner.go("/")
    assert owner.path.startswith("/login")


def test_a_token_with_a_wrong_name_is_told_beside_the_form(enter: Enter) -> None:
    tab = enter()
    tab.go("/access")
    tab.send("Make", Name="<img src=x onerror=alert(1)>")
    assert "<img src=x onerror=alert(1)>" in tab.page.get_by_role("alert").inner_text()
    tab.forgives("400")


def test_a_report_runs_its_scripts_without_our_cookies(house: House, enter: Enter) -> None:
    tab = enter()
    tab.go(f"/executions/{house.ids['data'][1]}")
    link = tab.page.get_by_role("link", name="report.html")
    assert "hostile.html" not in tab.words or link.count() == 1
    tab.go(f"/executions/{house.ids['data'][1]}/files/hostile.html")
    told = tab.page.locator("#told").inner_text()
    assert told.startswith("SecurityError")
    link_page = tab.go(f"/executions/{house.ids['data'][1]}/files/report.html")
    assert "sandbox" in link_page.headers["content-security-policy"]
    assert tab.page.locator("h1, h2").count() > 0


def test_a_file_is_taken_away_as_it_is(house: House, enter: Enter) -> None:
    tab = enter()
    tab.go(f"/executions/{house.ids['data'][1]}")
    row = tab.page.get_by_role("row", name="statistics.json")
    name, content = tab.saved(row.get_by_role("link", name="Download"))
    kept = Path(house.server.home) / "data/results-1/statistics.json"
    assert (name, content) == ("statistics.json", kept.read_bytes())


@pytest.mark.parametrize("is_login_gone", [True, False], ids=["an expired login", "a form that is too old"])
def test_what_was_typed_outlives(enter: Enter, is_login_gone: bool, house: House) -> None:
    tab = enter("editor")
    tab.go("/alerts/rules/edit")
    tab.page.get_by_label("Severity").select_option("critical")
    if is_login_gone:
        tab.page.context.clear_cookies()
    else:
        tab.page.evaluate("for (const each of document.getElementsByName('csrf')) each.value = 'old'")
    tab.send("Save", Name="kept", What_to_do_about_it="call Ana")
    expect(tab.page.locator("main")).to_contain_text("What you typed is kept in this tab")
    if is_login_gone:
        tab.send("Log in", Token=house.token)
    else:
        tab.forgives("403")
        tab.page.get_by_role("link", name="Back to the form").click()
    expect(tab.page.get_by_role("status")).to_contain_text("send it again")
    expect(tab.page.get_by_label("What to do about it")).to_have_value("call Ana")
    expect(tab.page.get_by_label("Severity")).to_have_value("critical")
    tab.go("/alerts/rules/edit")
    expect(tab.page.get_by_label("What to do about it")).to_have_value("")
