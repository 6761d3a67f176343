"""Sessions of a running server that is started again with other tokens and keys."""

from urllib.parse import urlencode, urlsplit

from live_server import LiveServer, live_server
from raw_http import Answer, asked

FIRST, SECOND = "a first token of somebody", "a second token of somebody"
READERS = {"LEEBOARD_READER_ACCESS_KEY_ID": "LBAKLOOKS", "LEEBOARD_READER_SECRET_ACCESS_KEY": "looks"}
FORM = {"Content-Type": "application/x-www-form-urlencoded", "Sec-Fetch-Site": "same-origin"}


def cookie_of(live: LiveServer, answer: Answer) -> str:
    """Its value; the name goes by the port, which the next server has another of."""
    assert answer.status == 303, answer.body
    name, _, rest = answer.headers["set-cookie"].partition("=")
    assert name == f"leeboard-{urlsplit(live.url).port}"
    return rest.partition(";")[0]


def logged_in(live: LiveServer, **fields: str) -> str:
    answer = asked(live.url, "POST", "/dashboard/login", FORM, urlencode(fields).encode())
    return cookie_of(live, answer)


def by_link(live: LiveServer) -> str:
    path = live.command("dashboard", "--no-open").stdout.strip().removeprefix(live.url)
    return cookie_of(live, asked(live.url, "GET", path))


def is_in(live: LiveServer, cookie: str) -> bool:
    name = f"leeboard-{urlsplit(live.url).port}"
    return asked(live.url, "GET", "/dashboard/", {"Cookie": f"{name}={cookie}"}).status != 303


def test_a_server_that_is_started_with_others_turns_away_who_came_by_those_before(tmp_path):
    home = tmp_path / "home"
    with live_server(home, LEEBOARD_READER_TOKEN=FIRST, **READERS) as live:
        named = live.command("tokens", "add", "anna", "--role", "editor").stdout.strip()
        cookies = {
            "token": logged_in(live, token=FIRST),
            "pair": logged_in(live, access_key_id="LBAKLOOKS", secret_access_key="looks"),
            "named": logged_in(live, token=named),
            "link": by_link(live),
        }
        assert all(is_in(live, cookie) for cookie in cookies.values())
    others = {"LEEBOARD_READER_TOKEN": SECOND, "LEEBOARD_DASHBOARD_TOKEN": FIRST}
    pair = {"LEEBOARD_ACCESS_KEY_ID": "LBAKLOOKS", "LEEBOARD_SECRET_ACCESS_KEY": "looks"}
    with live_server(home, **others, **pair) as live:
        assert {name for name, cookie in cookies.items() if is_in(live, cookie)} == {"named", "link"}
        assert live.command("tokens", "remove", "anna").returncode == 0
        assert not is_in(live, cookies["named"])
        assert asked(live.url, "GET", "/dashboard/login?code=gone").status == 403
