"""Who is let in, by what, and who is not."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from leeboard.service.access import audit, links, sessions, tokens
from leeboard.service.access.doorman import FREE, TooManyAttemptsError
from leeboard.service.access.login import Credentials, doorman_of, login, redeem
from leeboard.service.access.origins import of_key, origins_of
from leeboard.service.access.visitors import Visitor
from leeboard.service.keys import key_ring

BOTH = pytest.mark.parametrize("database_url", ["sqlite", "postgresql"], indirect=True)
NOW = datetime(2026, 11, 26, 10, tzinfo=UTC)
SECOND = timedelta(seconds=1)
READERS = {"LEEBOARD_READER_ACCESS_KEY_ID": "LOOK", "LEEBOARD_READER_SECRET_ACCESS_KEY": "only a look"}


@pytest.fixture
def keys(service):
    return key_ring(service.settings.home, READERS)


def lines(service):
    with service.database.read() as connection:
        return audit.read(connection)


def add_token(service, name="anna", role="reader", **options):
    with service.database.write() as connection:
        return tokens.add(connection, name, role, NOW, **options)


def test_the_tokens_of_the_home_let_an_editor_and_a_reader_in(service, keys):
    came = [
        login(service, keys, Credentials(token), NOW) for token in (keys.dashboard_token, keys.reader_token)
    ]
    assert came == [Visitor("dashboard", "editor"), Visitor("reader", "reader")]


def test_a_key_pair_lets_in_with_the_role_that_it_has(service, keys):
    own = Credentials(access_key=keys.access_key, secret=keys.secrets[keys.access_key])
    assert login(service, keys, own, NOW) == Visitor(keys.access_key, "editor")
    assert login(service, keys, Credentials("", "LOOK", "only a look"), NOW) == Visitor("LOOK", "reader")


@BOTH
def test_a_named_token_lets_in_and_its_use_is_noted(service, keys):
    token, secret = add_token(service)
    assert login(service, keys, Credentials(secret), NOW + SECOND) == Visitor("anna", "reader", token.id)
    with service.database.read() as connection:
        assert [each.used_at for each in tokens.all_of(connection)] == [NOW + SECOND]


def test_a_token_whose_days_are_over_lets_nobody_in(service, keys):
    _, secret = add_token(service, days=1)
    day = timedelta(days=1)
    assert login(service, keys, Credentials(secret), NOW + day - SECOND) is not None
    assert login(service, keys, Credentials(secret), NOW + day) is None


@pytest.mark.parametrize(
    "given",
    [
        Credentials(),
        Credentials("wrong"),
        Credentials("ä\0\ud800"),
        Credentials("x" * 10_000_000),
        Credentials(access_key="LOOK", secret=""),
        Credentials(access_key="LOOK", secret="only a look "),
        Credentials(access_key="nobody", secret=""),
        Credentials(access_key="nobody", secret="only a look"),
    ],
    ids=range(8),
)
def test_what_is_not_right_lets_nobody_in_and_is_written_down(service, keys, given):
    assert login(service, keys, given, NOW, client="192.0.2.7") is None
    (line,) = lines(service)
    assert (line.visitor, line.action, line.outcome) == ("(unknown)", "login", "refused")
    assert line.details["client"] == "192.0.2.7"


def test_an_empty_token_of_the_server_lets_nobody_in(service, keys):
    assert login(service, replace(keys, dashboard_token=""), Credentials(), NOW) is None


def test_nothing_that_was_given_stands_in_the_log_or_in_what_is_printed(service, keys):
    given = [Credentials("my-mistyped-token"), Credentials(access_key="pasted-secret", secret="wrong-secret")]
    for each in given:
        login(service, keys, each, NOW)
    told = repr(lines(service))
    assert not any(word in told for word in ("mistyped", "pasted", "wrong-secret"))
    assert "mistyped" not in repr(given)
    assert "wrong-secret" not in repr(given)


def test_who_fails_again_and_again_waits_longer_each_time(service, keys):
    for _ in range(FREE):
        assert login(service, keys, Credentials("wrong"), NOW, client="a") is None
    at, waits = NOW, []
    for _ in range(4):
        with pytest.raises(TooManyAttemptsError) as refusal:
            login(service, keys, Credentials("wrong"), at, client="a")
        waits.append(refusal.value.wait_s)
        at += waits[-1] * SECOND
        assert login(service, keys, Credentials("wrong"), at, client="a") is None
    assert waits == [1, 2, 4, 8]
    assert refusal.value.status == 429


def test_who_has_to_wait_is_not_let_in_with_the_right_token_either_but_others_are(service, keys):
    right = Credentials(keys.dashboard_token)
    for _ in range(FREE):
        login(service, keys, Credentials("wrong"), NOW, client="a")
    with pytest.raises(TooManyAttemptsError):
        login(service, keys, right, NOW, client="a")
    assert login(service, keys, right, NOW, client="b")
    assert login(service, keys, right, NOW + SECOND, client="a")
    assert login(service, keys, Credentials("wrong"), NOW + SECOND, client="a") is None


def test_attempts_that_are_refused_unseen_leave_no_lines(service, keys):
    for _ in range(FREE):
        login(service, keys, Credentials("wrong"), NOW, client="a")
    for _ in range(50):
        with pytest.raises(TooManyAttemptsError):
            login(service, keys, Credentials("wrong"), NOW, client="a")
    assert len(lines(service)) == FREE


def test_guesses_at_the_same_moment_get_no_more_tries(service, keys, together):
    def guess(number):
        try:
            return login(service, keys, Credentials(f"guess{number}"), NOW, client="a")
        except TooManyAttemptsError:
            return "wait"

    assert together(16, guess).count(None) == FREE


def test_a_login_link_works_however_many_logins_failed(service, keys):
    with service.database.write() as connection:
        code = links.make(connection, of_key(keys, keys.access_key), NOW)
    for number in range(200):
        try:
            login(service, keys, Credentials("wrong"), NOW, client=f"10.0.0.{number}")
        except TooManyAttemptsError:
            break
    with pytest.raises(TooManyAttemptsError):
        login(service, keys, Credentials(keys.dashboard_token), NOW, client="198.51.100.1")
    assert redeem(service, keys, code, NOW) == Visitor(keys.access_key, "editor")
    assert lines(service)[0].details["by"] == "link"


def test_each_server_of_a_process_has_a_doorman_of_its_own(service, tmp_path):
    assert doorman_of(service.settings.home) is doorman_of(service.settings.home)
    assert doorman_of(service.settings.home) is not doorman_of(tmp_path / "other")


def test_who_was_let_in_has_a_session(service, keys):
    visitor = login(service, keys, Credentials(keys.reader_token), NOW)
    assert find(service, keys, begin(service, visitor)) == visitor


def begin(service, visitor):
    with service.database.write() as connection:
        return sessions.begin(connection, visitor, NOW)


def find(service, keys, cookie):
    return sessions.find_session(service.database, cookie, NOW, origins_of(keys))


TOKEN, OTHER = "a token of sixteen", "another one of sixteen"
CHANGES = {
    "a token of the environment is another": (
        {"LEEBOARD_DASHBOARD_TOKEN": TOKEN}, {"LEEBOARD_DASHBOARD_TOKEN": OTHER}, Credentials(TOKEN),
    ),
    "a token of the environment is gone": ({"LEEBOARD_READER_TOKEN": TOKEN}, {}, Credentials(TOKEN)),
    "an editor's token is a reader's": (
        {"LEEBOARD_DASHBOARD_TOKEN": TOKEN}, {"LEEBOARD_READER_TOKEN": TOKEN}, Credentials(TOKEN),
    ),
    "a reader's token is an editor's": (
        {"LEEBOARD_READER_TOKEN": TOKEN}, {"LEEBOARD_DASHBOARD_TOKEN": TOKEN}, Credentials(TOKEN),
    ),
    "a pair is gone": (READERS, {}, Credentials("", "LOOK", "only a look")),
    "a pair has another secret": (
        READERS, READERS | {"LEEBOARD_READER_SECRET_ACCESS_KEY": "another"},
        Credentials("", "LOOK", "only a look"),
    ),
    "a reader's pair is an editor's": (
        READERS, {"LEEBOARD_ACCESS_KEY_ID": "LOOK", "LEEBOARD_SECRET_ACCESS_KEY": "only a look"},
        Credentials("", "LOOK", "only a look"),
    ),
}  # fmt: skip


@pytest.mark.parametrize(("before", "after", "given"), CHANGES.values(), ids=CHANGES)
def test_a_session_ends_with_what_it_was_opened_with(service, before, after, given):
    first, second = (key_ring(service.settings.home, each) for each in (before, after))
    cookie = begin(service, login(service, first, given, NOW))
    assert find(service, first, cookie) is not None
    assert find(service, second, cookie) is None


@pytest.mark.parametrize("name", ["dashboard_token", "reader_token", "secret_access_key"])
def test_a_session_ends_with_what_the_server_made_itself(service, name):
    file = service.settings.home / "keys.json"
    keys = key_ring(service.settings.home, {})
    kept = json.loads(file.read_text())
    key = keys.access_key if name == "secret_access_key" else ""
    given = Credentials(access_key=key, secret=kept[name]) if key else Credentials(kept[name])
    cookie = begin(service, login(service, keys, given, NOW))
    other = next(token for token in ("dashboard_token", "reader_token") if token != name)
    file.write_text(json.dumps(kept | {other: "changed"}))
    assert find(service, key_ring(service.settings.home, {}), cookie) is not None
    file.write_text(json.dumps({each: kept[each] for each in kept if each != name} | (
        {name: "changed"} if key else {}
    )))  # fmt: skip
    assert find(service, key_ring(service.settings.home, {}), cookie) is None


def test_an_access_key_named_as_a_token_of_the_server_is_not_that_token(service):
    pair = {"LEEBOARD_READER_ACCESS_KEY_ID": "dashboard", "LEEBOARD_READER_SECRET_ACCESS_KEY": "a look"}
    keys = key_ring(service.settings.home, pair)
    visitor = login(service, keys, Credentials("", "dashboard", "a look"), NOW)
    assert (visitor.name, visitor.role) == ("dashboard", "reader")
    assert find(service, keys, begin(service, visitor)).role == "reader"
