"""Who may read the numbers: programs of this machine, and who has a token."""

from base64 import b64encode
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from leeboard.service.access import audit, tokens
from leeboard.service.access.doorman import FREE, OVERALL, TooManyAttemptsError
from leeboard.service.access.front import Front
from leeboard.service.access.login import Credentials, login
from leeboard.service.access.scraping import KNOWN_FOR, MOST_KNOWN, OPEN, TOKEN, Scrapes, UnknownScraperError
from leeboard.service.keys import key_ring

NOW = datetime(2026, 11, 26, 10, tzinfo=UTC)
SECOND = timedelta(seconds=1)
HERE = {"host": "127.0.0.1:7070"}
PROMETHEUS = "192.0.2.9"
READERS = {"LEEBOARD_READER_ACCESS_KEY_ID": "LOOK", "LEEBOARD_READER_SECRET_ACCESS_KEY": "only: a look"}


@pytest.fixture
def keys(service):
    return key_ring(service.settings.home, READERS)


def scrapes_of(service, keys, *, listens_on="127.0.0.1", public_url=None, trusted=(), access="auto"):
    told = replace(service, settings=replace(service.settings, metrics_access=access))
    return Scrapes(told, keys, Front.of(listens_on, public_url, trusted))


@pytest.fixture
def scrapes(service, keys):
    return scrapes_of(service, keys, listens_on="0.0.0.0")


def bearer(token, **headers):
    return {"authorization": f"Bearer {token}"} | headers


def basic(name, secret):
    return {"authorization": f"Basic {b64encode(f'{name}:{secret}'.encode()).decode()}"}


@pytest.mark.parametrize("peer", ["127.0.0.1", "::1", "127.9.9.9"])
@pytest.mark.parametrize("host", ["127.0.0.1:7070", "localhost:7070", "[::1]:7070"])
def test_programs_of_this_machine_are_asked_for_nothing(service, keys, peer, host):
    assert scrapes_of(service, keys).is_open(peer, {"host": host})


ASKED = {
    "who comes from elsewhere": ({"listens_on": "0.0.0.0"}, PROMETHEUS, HERE),
    "this machine, if others may come too": ({"listens_on": "0.0.0.0"}, "127.0.0.1", HERE),
    "who comes by the public name": (
        {"public_url": "https://board.example.org"}, "127.0.0.1", {"host": "board.example.org"},
    ),
    "who comes by a proxy that hides": ({"public_url": "https://board.example.org"}, "127.0.0.1", HERE),
    "who comes by a proxy of another machine": ({"trusted": ("10.0.0.0/8",)}, "127.0.0.1", HERE),
    "a name that another site points here": ({}, "127.0.0.1", {"host": "evil.example"}),
    "who has no name for it": ({}, "127.0.0.1", {}),
    "a connection without an address": ({}, "", HERE),
    "everybody": ({"access": TOKEN}, "127.0.0.1", HERE),
} | {
    f"a proxy that nobody told of, by {name}": ({}, "127.0.0.1", HERE | {name: "x"})
    for name in ("x-forwarded-for", "x-forwarded-proto", "x-real-ip", "forwarded", "via")
}  # fmt: skip


@pytest.mark.parametrize(("options", "peer", "headers"), ASKED.values(), ids=ASKED)
def test_others_are_asked(service, keys, options, peer, headers):
    assert not scrapes_of(service, keys, **options).is_open(peer, headers)


@pytest.mark.parametrize(("options", "peer", "headers"), ASKED.values(), ids=ASKED)
def test_nobody_is_asked_where_it_is_said_so(service, keys, options, peer, headers):
    assert scrapes_of(service, keys, **options | {"access": OPEN}).is_open(peer, headers)


def test_a_token_lets_in_whatever_its_role_and_so_do_keys(service, keys, scrapes):
    with service.database.write() as connection:
        _, secret = tokens.add(connection, "prometheus", "reader", NOW)
    given = [bearer(each) for each in (secret, keys.dashboard_token, keys.reader_token)]
    given += [{"authorization": f"bearer   {secret} "}, basic("any", secret), basic("", secret)]
    given += [basic("LOOK", "only: a look"), basic(keys.access_key, keys.secrets[keys.access_key])]
    for headers in given:
        scrapes.admit(PROMETHEUS, headers, NOW + SECOND)
    with service.database.read() as connection:
        assert [each.used_at for each in tokens.all_of(connection)] == [NOW + SECOND]
        assert audit.read(connection) == []


def refused(scrapes, headers, client=PROMETHEUS, at=NOW):
    with pytest.raises(UnknownScraperError) as refusal:
        scrapes.admit(client, headers, at)
    return refusal.value.message


@pytest.mark.parametrize(
    "given", ["", "Bearer", "Bearer ", "Basic", "Basic !", "Basic eA==", "Basic /w==", "Digest x", "AWS4 x"]
)
def test_who_gives_nothing_is_told_how_and_counts_as_no_guess(service, scrapes, given):
    for _ in range(FREE + OVERALL):
        assert "leeboard tokens add" in refused(scrapes, {"authorization": given})
    with service.database.read() as connection:
        assert audit.read(connection) == []


WRONG = [
    bearer("wrong"),
    bearer("\xff\xfe"),
    bearer("x" * 100_000),
    basic("LOOK", "wrong"),
    basic("x", "LOOK"),
]


@pytest.mark.parametrize("headers", WRONG, ids=range(len(WRONG)))
def test_what_is_wrong_is_refused_and_written_down_without_it(service, scrapes, headers):
    assert "no token or key pair" in refused(scrapes, headers)
    with service.database.read() as connection:
        (line,) = audit.read(connection)
    assert (line.visitor, line.action, line.subject, line.outcome) == (
        "(unknown)", "login", "metrics", "refused",
    )  # fmt: skip
    assert "wrong" not in repr(line)


def test_the_token_of_captured_payloads_opens_no_numbers(keys, scrapes):
    assert "no token or key pair" in refused(scrapes, bearer(keys.capture_token))


def test_guesses_are_slowed_down_here_and_at_the_login_together(service, keys, scrapes):
    for number in range(FREE):
        if number % 2:
            refused(scrapes, bearer("wrong"))
        else:
            login(service, keys, Credentials("wrong"), NOW, client=PROMETHEUS)
    for ask in (
        lambda: scrapes.admit(PROMETHEUS, bearer(keys.reader_token), NOW),
        lambda: login(service, keys, Credentials(keys.reader_token), NOW, client=PROMETHEUS),
    ):
        with pytest.raises(TooManyAttemptsError):
            ask()
    scrapes.admit(PROMETHEUS, bearer(keys.reader_token), NOW + SECOND)


def test_the_guesses_of_others_do_not_blind_who_has_been_reading(keys, scrapes):
    right = bearer(keys.reader_token)
    scrapes.admit(PROMETHEUS, right, NOW)
    for number in range(OVERALL):
        refused(scrapes, bearer("wrong"), f"10.1.{number}.1")
    scrapes.admit(PROMETHEUS, right, NOW)
    for client, headers in (("10.2.0.1", right), (PROMETHEUS, bearer("wrong"))):
        with pytest.raises(TooManyAttemptsError):
            scrapes.admit(client, headers, NOW)


def test_a_token_that_is_removed_reads_no_more_although_it_was_known(service, scrapes):
    with service.database.write() as connection:
        _, secret = tokens.add(connection, "prometheus", "reader", NOW)
    scrapes.admit(PROMETHEUS, bearer(secret), NOW)
    with service.database.write() as connection:
        tokens.remove(connection, "prometheus")
    assert "no token or key pair" in refused(scrapes, bearer(secret))


def test_a_use_is_noted_once_an_hour(service, scrapes):
    with service.database.write() as connection:
        _, secret = tokens.add(connection, "prometheus", "reader", NOW)
    noted = []
    for at in (NOW, NOW + KNOWN_FOR - SECOND, NOW + KNOWN_FOR):
        scrapes.admit(PROMETHEUS, bearer(secret), at)
        with service.database.read() as connection:
            noted.append(tokens.all_of(connection)[0].used_at)
    assert noted == [NOW, NOW, NOW + KNOWN_FOR]


def test_behind_a_proxy_the_address_that_it_tells_is_slowed_down(service, keys):
    scrapes = scrapes_of(service, keys, public_url="https://board.example.org")
    for _ in range(FREE):
        refused(scrapes, bearer("wrong", **{"x-forwarded-for": f"1.1.1.1,{PROMETHEUS}"}), "127.0.0.1")
    with pytest.raises(TooManyAttemptsError):
        scrapes.admit("127.0.0.1", bearer("x", **{"x-forwarded-for": f"2.2.2.2,{PROMETHEUS}"}), NOW)
    scrapes.admit("127.0.0.1", bearer(keys.reader_token, **{"x-forwarded-for": "192.0.2.1"}), NOW)


def test_it_remembers_a_bounded_number_of_readers(keys, scrapes):
    for number in range(MOST_KNOWN + 10):
        scrapes.admit(f"10.{number // 250}.{number % 250}.1", bearer(keys.reader_token), NOW)
    assert len(scrapes._known) == MOST_KNOWN
