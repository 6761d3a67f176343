"""Alerts: looked after, silenced; rules, sinks, routes and silences that are made, tried and removed."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest
from browsing import Tab
from hostile_home import House

pytestmark = pytest.mark.slow
Enter = Callable[..., Tab]
MARKUP = "<img src=x onerror=alert(1)>{{7*7}}"


@contextmanager
def receiver() -> Iterator[tuple[str, list[Any]]]:
    """Address of a server that keeps what is posted to it."""
    received: list[Any] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            received.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Says nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/alarm", received
        server.shutdown()
        thread.join()


def test_somebody_looks_after_an_alert_and_silences_it(house: House, enter: Enter) -> None:
    tab = enter()
    tab.go("/alerts")
    tab.page.locator("section:has(#now)").get_by_role("link", name="live: 3 violations").click()
    tab.page.wait_for_url(f"**/alerts/{house.incident}")
    tab.send("I look after it", Note=MARKUP)
    tab.page.get_by_text("You look after it").wait_for()
    assert f"Looked after by dashboard: {MARKUP}" in tab.words
    tab.send("Silence", Why=MARKUP)
    tab.page.get_by_text("Nobody is told of").wait_for()
    tab.go("/alerts/silences")
    row = tab.page.get_by_role("row", name=MARKUP)
    row.get_by_role("button", name="End").click()
    tab.page.get_by_text("is told again").wait_for()


def test_alerts_are_filtered(enter: Enter) -> None:
    tab = enter()
    tab.go("/alerts")
    tab.page.locator("select[name=severity]").select_option("critical")
    tab.page.wait_for_url("**/alerts?severity=critical")
    tab.page.get_by_text("Nothing is in force that fits").wait_for()


def test_a_rule_is_made_changed_and_removed(enter: Enter) -> None:
    tab = enter()
    tab.go("/alerts/rules")
    tab.page.locator("main .head").get_by_role("link", name="New rule").click()
    tab.send("Save", Name="too-many", What_to_do_about_it=MARKUP, Above="many")
    assert "expected a number" in tab.page.get_by_role("alert").inner_text()
    assert tab.page.get_by_label("Name", exact=True).input_value() == "too-many"
    tab.forgives("400")
    tab.send("Save", Above="1000")
    tab.page.get_by_text("The rule too-many is in force").wait_for()
    assert "a window with more than 1000 violations" in tab.words
    tab.page.get_by_role("row", name="too-many").get_by_role("link", name="Edit").click()
    assert tab.page.get_by_label("What to do about it").input_value() == MARKUP
    tab.send("Save", Above="2000")
    tab.page.get_by_text("a window with more than 2000 violations").wait_for()
    tab.page.get_by_role("row", name="too-many").get_by_role("button", name="Remove").click()
    tab.agree("Remove")
    tab.page.get_by_text("No rules yet").wait_for()


def keep_sink(tab: Tab, kind: str, **fields: str) -> None:
    """Goes from the page of routes to the form of a kind, fills it and sends it."""
    tab.go("/alerts/routes")
    tab.page.get_by_role("link", name="New sink").click()
    tab.page.get_by_role("link", name=kind).click()
    for label, value in fields.items():
        tab.page.get_by_label(label).fill(value)
    tab.page.get_by_role("button", name="Save").click()


def test_a_sink_is_made_and_tested_and_a_route_leads_to_it(enter: Enter) -> None:
    tab = enter()
    with receiver() as (url, received):
        keep_sink(tab, "Webhook", Name="here", URL=url, Secret="hush")
        tab.page.get_by_text("The sink here is kept.").wait_for()
        tab.page.get_by_role("row", name="here").get_by_role("button", name="Test").click()
        tab.page.get_by_text("A test notice arrived at here.").wait_for()
    assert len(received) == 1
    card = tab.page.locator("section:has(#new-route)")
    card.get_by_label("Name").fill("all")
    card.get_by_label("here").check()
    card.locator("[name=schedule]").fill("nothing-*")
    card.get_by_role("button", name="Save").click()
    tab.page.get_by_text("The route all is kept.").wait_for()
    for name in ("all", "here"):
        tab.page.get_by_role("row", name=name).get_by_role("button", name="Remove").click()
        tab.agree("Remove")
        tab.page.get_by_text(f"{name} is gone.").wait_for()
    assert "No routes yet" in tab.words


def test_a_test_that_reaches_nobody_says_so_and_the_sink_is_mended(enter: Enter) -> None:
    tab = enter()
    keep_sink(tab, "Webhook", Name="nobody", URL="http://127.0.0.1:9/", Secret="hush", Headers="X-Key: key")
    row = tab.page.get_by_role("row", name="nobody")
    row.get_by_role("button", name="Test").click()
    tab.page.get_by_text("It did not arrive at nobody").wait_for()
    with receiver() as (url, received):
        row.get_by_role("link", name="Edit").click()
        assert tab.page.get_by_label("Secret").first.input_value() == ""
        tab.send("Save", Secret="new")
        row.get_by_role("link", name="Edit").click()
        tab.page.get_by_label("URL").fill(url)
        tab.page.get_by_role("button", name="Save").click()
        tab.page.get_by_text("the address is another one now").first.wait_for()
        tab.forgives("400")
        tab.page.get_by_label("No secret any more").check()
        tab.page.get_by_label("Headers").fill("X-Key: anew")
        tab.page.get_by_role("button", name="Save").click()
        row.get_by_role("button", name="Test").click()
        tab.page.get_by_text("A test notice arrived at nobody").wait_for()
    assert len(received) == 1
    row.get_by_role("button", name="Remove").click()
    tab.agree("Remove")
    tab.page.get_by_text("The sink nobody is gone.").wait_for()


def test_what_is_wrong_with_a_sink_is_told_beside_its_field(enter: Enter) -> None:
    tab = enter()
    keep_sink(tab, "CloudEvents", Name="broken", URL=MARKUP, Headers=f"</textarea>{MARKUP}")
    tab.page.get_by_text("expected such as https://broker.example.org/").wait_for()
    assert tab.page.get_by_label("URL").input_value() == MARKUP
    assert tab.page.get_by_label("Headers").input_value() == f"</textarea>{MARKUP}"
    tab.forgives("400")


def test_a_form_that_may_hold_secrets_is_not_kept_in_the_tab(enter: Enter) -> None:
    tab = enter()
    keep_sink(tab, "CloudEvents", URL="https://example.org/token-in-path")  # without the name it is not sent
    tab.page.route("**/alerts/sinks/edit", lambda route: route.fulfill(status=204, body=""))
    with tab.page.expect_response("**/alerts/sinks/edit"):
        tab.send("Save", Name_needed="secret")
    assert tab.page.evaluate("sessionStorage.getItem('leeboard:typed')") is None


def test_a_silence_is_made_and_ended(enter: Enter) -> None:
    tab = enter()
    tab.go("/alerts/silences")
    tab.send("Be quiet", Why="maintenance")
    assert "say what to be quiet about" in tab.page.get_by_role("alert").inner_text()
    tab.forgives("400")
    tab.send("Be quiet", Schedule="nothing-*", Why=MARKUP)
    tab.page.get_by_text("Nobody is told of").first.wait_for()
    tab.page.get_by_role("row", name="nothing-").get_by_role("button", name="End").click()
    tab.page.get_by_text("is told again").wait_for()
