"""The door of the dashboard, as somebody sees it who wants in as another, or to lead others astray."""

from typing import Any
from urllib.parse import quote

import pytest

from leeboard.clock import now
from leeboard.dashboard.app import dashboard
from leeboard.service.access import audit, links, tokens
from leeboard.service.access.doorman import FREE
from leeboard.service.access.front import Front
from leeboard.service.access.visitors import TOKEN, Origin
from leeboard.service.keys import key_ring

HOST, PUBLIC = "127.0.0.1:7070", "board.example.org"
COOKIE = "leeboard-7070"


@pytest.fixture
def proxied(service: Any, stranger: Any) -> Any:
    """The house behind a proxy with TLS on the same machine."""
    keys = key_ring(service.settings.home, {})
    return type(stranger)(dashboard(service, keys, Front.of("127.0.0.1", f"https://{PUBLIC}")), service)


def token_of(house: Any) -> str:
    return key_ring(house.service.settings.home, {}).dashboard_token


def log_in(house: Any, then: str = "", **headers: str) -> Any:
    body = f"token={token_of(house)}&then={then}".encode()
    return send(house, body, **headers)


def send(house: Any, body: bytes, **headers: Any) -> Any:
    form = {"content-type": "application/x-www-form-urlencoded", "sec-fetch-site": "same-origin"}
    return house.ask("POST", "/dashboard/login", body, form | headers)


def code_of(house: Any) -> str:
    with house.service.database.write() as connection:
        return links.make(connection, Origin(TOKEN, "dashboard", "editor", token_of(house)), now())


@pytest.mark.parametrize(
    "then",
    [
        "/dashboard/login?code=of-somebody-else",
        "/dashboard/x/../login?code=x",
        "/dashboard/x/%2e%2e/login?code=x",
        "/dashboard/l%6fgin?code=x",
        "/dashboard/..//evil.example",
        "//evil.example/dashboard/",
        "/dashboard/\r\nset-cookie: a=b",
        "/dashboardevil",
    ],
)
def test_a_login_leads_to_no_other_login_and_nowhere_else(stranger: Any, then: str) -> None:
    answered = log_in(stranger, quote(then))
    assert (answered.status, answered.headers["location"]) == (303, "/dashboard/")


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_a_link_on_the_page_of_another_logs_nobody_in_and_stays_good(stranger: Any, site: str) -> None:
    code = code_of(stranger)
    answered = stranger.get(f"/login?code={code}", **{"sec-fetch-site": site})
    assert answered.status == 403
    assert "Another page led here." in answered.words
    assert "set-cookie" not in answered.headers
    assert stranger.get(f"/login?code={code}", **{"sec-fetch-site": "none"}).status == 303


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_a_form_of_another_site_logs_nobody_in(stranger: Any, site: str) -> None:
    assert log_in(stranger, **{"sec-fetch-site": site}).status == 403


@pytest.mark.parametrize(
    "origin", ["https://evil.example", "null", "http://127.0.0.1", "http://127.0.0.1:7070.evil.example"]
)
def test_a_browser_that_tells_its_origin_alone_is_held_to_it(stranger: Any, origin: str) -> None:
    body = f"token={token_of(stranger)}".encode()
    form = {"content-type": "application/x-www-form-urlencoded", "origin": origin}
    assert stranger.ask("POST", "/dashboard/login", body, form).status == 403
    assert stranger.ask("POST", "/dashboard/login", body, form | {"origin": f"http://{HOST}"}).status == 303


def test_a_cookie_that_was_planted_is_not_the_one_of_the_session(stranger: Any) -> None:
    stranger.cookie = "planted-by-somebody-who-waits"
    answered = log_in(stranger)
    assert stranger.get("/").status == 303
    assert "planted" not in answered.headers["set-cookie"]


def test_a_new_login_ends_the_session_that_the_browser_had(editor: Any) -> None:
    assert editor.get("/access").status == 200
    assert log_in(editor).status == 303
    assert editor.get("/access").status == 303


def test_cookies_behind_tls_are_for_tls_and_the_whole_host(proxied: Any) -> None:
    answered = log_in(proxied, host=PUBLIC)
    cookie = answered.headers["set-cookie"]
    assert cookie.startswith("__Host-leeboard=")
    assert all(word in cookie for word in ("Secure", "HttpOnly", "Path=/;", "SameSite=lax"))
    assert "Domain" not in cookie


def test_a_notice_is_a_cookie_of_this_server_alone_and_gone_once_shown(editor: Any) -> None:
    with editor.service.database.write() as connection:
        tokens.add(connection, "anna", "reader", now())
    name, _, text = editor.post("/access/tokens/remove", name="anna").headers["set-cookie"].partition("=")
    assert (name, text.split("%20")[:3]) == (f"{COOKIE}-notice", ["The", "token", "anna"])
    for cookie, is_shown in (("leeboard-notice=The%20old", False), (f"{name}=The%20new%20one", True)):
        shown = editor.get("/access", cookie=cookie)
        assert ("The new one" in shown.text, "The old" in shown.text) == (is_shown, False)
        assert ("Max-Age=0" in shown.headers.get("set-cookie", "")) == is_shown


def test_a_notice_of_what_did_not_work_looks_like_one(editor: Any) -> None:
    page = editor.get("/access", cookie=f"{COOKIE}-notice=%21It%20did%20not%20arrive")
    assert '<p class="notice bad" role="alert">It did not arrive</p>' in page.text


@pytest.mark.parametrize("is_in_one_header", [True, False])
def test_who_guesses_behind_a_proxy_cannot_name_other_addresses(
    proxied: Any, is_in_one_header: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The proxy's own entry is the last, in the client's header or in one more."""
    at, statuses = now(), []
    monkeypatch.setattr("leeboard.dashboard.door.now", lambda: at)  # else a wait of a second is over
    for number in range(FREE + 1):
        told: Any = [f"1.2.3.{number}", "192.0.2.9"]
        told = ", ".join(told) if is_in_one_header else told
        statuses.append(send(proxied, b"token=guess", **{"x-forwarded-for": told, "host": PUBLIC}).status)
    assert statuses == [403] * FREE + [429]
    with proxied.service.database.read() as connection:
        assert {line.details["client"] for line in audit.read(connection)} == {"192.0.2.9"}


@pytest.mark.parametrize("url", ["http://[", "//evil.example/", "javascript:1", "", "\x7f"])
def test_a_part_of_a_page_whose_address_is_none_leads_to_the_login(stranger: Any, url: str) -> None:
    answered = stranger.get("/", **{"hx-request": "true", "hx-current-url": url})
    assert answered.status == 401
    assert answered.headers["hx-redirect"].startswith("/dashboard/login?then=")
