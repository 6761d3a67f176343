"""Under which names a server shows pages, and whose word counts about who asks."""

import pytest

from leeboard.errors import InputError
from leeboard.service.access.cookies import cookie_name, cookie_options, notice_name, notice_options
from leeboard.service.access.front import Front

LOCAL = Front.of("127.0.0.1", None)
PUBLIC = Front.of("127.0.0.1", "https://Board.example.org/")


@pytest.mark.parametrize(
    "host", ["127.0.0.1:7070", "localhost:7070", "LOCALHOST", "[::1]:7070", "board.localhost:1", "10.1.2.3"]
)
def test_names_and_addresses_of_this_machine_are_known(host):
    assert LOCAL.refusal(host) is None


@pytest.mark.parametrize(
    "host",
    ["evil.example", "evil.example:7070", "localhost.evil.example", "127.0.0.1.evil.example", "xlocalhost"],
)
def test_a_name_that_another_site_points_here_is_refused_and_told_why(host):
    assert "does not know itself by the name" in LOCAL.refusal(host)


@pytest.mark.parametrize(
    "host", ["", " ", "a b", "localhost:x", "localhost/", "<script>", "localhost,evil", "\0", "x" * 300]
)
def test_what_is_no_name_of_a_host_is_refused(host):
    assert "is missing, or is no name" in LOCAL.refusal(host)
    assert "is missing, or is no name" in Front.of("0.0.0.0", None).refusal(host)


def test_behind_a_proxy_the_public_name_is_known_too():
    assert PUBLIC.refusal("board.example.org") is None
    assert PUBLIC.refusal("localhost:7070") is None
    assert PUBLIC.refusal("board.example.org:8443") is not None
    assert (PUBLIC.is_secure("Board.Example.org"), PUBLIC.is_secure("localhost:7070")) == (True, False)


def test_where_other_machines_reach_it_its_names_are_the_networks():
    assert Front.of("0.0.0.0", None).refusal("board.lan:7070") is None
    assert Front.of("board.lan", None).refusal("other.lan") is None


def test_the_last_entry_of_a_proxy_that_is_trusted_counts():
    told = {"x-forwarded-for": "1.1.1.1, 192.0.2.9"}
    assert PUBLIC.client("127.0.0.1", told) == "192.0.2.9"
    assert PUBLIC.client("10.0.0.5", told) == "10.0.0.5"
    wide = Front.of("0.0.0.0", "https://board.example.org", ("10.0.0.0/8",))
    assert wide.client("10.0.0.5", told) == "192.0.2.9"
    assert wide.client("11.0.0.5", told) == "11.0.0.5"


def test_a_proxy_that_is_named_is_believed_without_a_public_name_too():
    told = {"x-forwarded-for": "192.0.2.9"}
    named = Front.of("0.0.0.0", None, ("10.0.0.0/8",))
    assert [named.client(peer, told) for peer in ("10.0.0.5", "127.0.0.1")] == ["192.0.2.9", "127.0.0.1"]


@pytest.mark.parametrize(
    ("told", "client"),
    [
        ("192.0.2.9:50123", "192.0.2.9"),
        ("1.1.1.1, [2001:db8::1]:443", "2001:db8::1"),
        ("[2001:db8::1]", "2001:db8::1"),
        ("2001:db8::1", "2001:db8::1"),
        ("192.0.2.9:x", "127.0.0.1"),
        ("unknown", "127.0.0.1"),
        ("192.0.2.9\n", "192.0.2.9"),
    ],
)
def test_a_port_that_a_proxy_tells_is_left_out(told, client):
    assert PUBLIC.client("127.0.0.1", {"x-forwarded-for": told}) == client


@pytest.mark.parametrize(
    "told", [{}, {"x-forwarded-for": ""}, {"x-forwarded-for": "evil"}, {"x-forwarded-for": "1.1.1.1,"}]
)
def test_without_a_proxys_word_the_connection_counts(told):
    assert PUBLIC.client("127.0.0.1", told) == "127.0.0.1"
    assert LOCAL.client("127.0.0.1", {"x-forwarded-for": "192.0.2.9"}) == "127.0.0.1"
    assert PUBLIC.client("", told) == ""


@pytest.mark.parametrize(
    "url",
    [
        "",
        "board",
        "ftp://b",
        "https://",
        "https://u:p@b",
        "https://b/x",
        "https://b?x",
        "https://b:0",
        "https://[",
    ],
)
def test_a_public_url_that_is_none_is_refused(url):
    with pytest.raises(InputError, match=r"public URL is"):
        Front.of("127.0.0.1", url)


def test_a_network_that_is_none_is_refused():
    with pytest.raises(InputError, match=r"'proxy' is no network"):
        Front.of("127.0.0.1", None, ("proxy",))


def test_two_servers_of_a_machine_have_cookies_of_their_own():
    hosts = ("localhost:7070", "localhost:7071", "localhost", "[::1]:7070", "evil:x;y")
    assert [cookie_name(host, is_secure=False) for host in hosts] == [
        "leeboard-7070", "leeboard-7071", "leeboard", "leeboard-7070", "leeboard",
    ]  # fmt: skip
    assert cookie_name("board.example.org", is_secure=True) == "__Host-leeboard"


def test_a_cookie_over_tls_is_bound_to_it_and_to_the_whole_host():
    safe, plain = cookie_options(is_secure=True), cookie_options(is_secure=False)
    assert (safe["secure"], safe["path"], plain["secure"]) == (True, "/", False)
    assert all(each["httponly"] and each["samesite"] == "lax" for each in (safe, plain))


def test_a_notice_goes_by_the_port_as_the_session_does():
    assert [notice_name(f"localhost:{port}", is_secure=False) for port in (7070, 7071)] == [
        "leeboard-7070-notice", "leeboard-7071-notice",
    ]  # fmt: skip
    assert notice_name("board.example.org", is_secure=True) == "__Host-leeboard-notice"
    safe = notice_options(is_secure=True)
    assert (safe["secure"], safe["path"], safe["httponly"], "max_age" in safe) == (True, "/", True, False)
