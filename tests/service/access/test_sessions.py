"""Sessions last while they are used, and no longer than they may."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import event, select, text, update

from leeboard.service import retention
from leeboard.service.access import links, sessions, tokens
from leeboard.service.access.digests import digest_of
from leeboard.service.access.visitors import KEY, TOKEN, Origin, Visitor
from leeboard.state.access_tables import access_tokens, login_codes
from leeboard.state.access_tables import sessions as table

NOW = datetime(2026, 11, 26, 10, tzinfo=UTC)
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
BOTH = pytest.mark.parametrize("database_url", ["sqlite", "postgresql"], indirect=True)
OF_ANNA = Origin(KEY, "anna", "reader", "the secret of anna")
ANNA = Visitor.by(OF_ANNA)


def begin(service, visitor=ANNA, at=NOW):
    with service.database.write() as connection:
        return sessions.begin(connection, visitor, at)


def find(service, cookie, at=NOW, origins=(OF_ANNA,)):
    return sessions.find_session(service.database, cookie, at, origins)


def test_a_session_is_known_by_its_cookie_alone(service):
    cookie = begin(service)
    assert find(service, cookie, NOW) == ANNA
    wrong = (cookie[:-1], cookie + "x", cookie.swapcase(), "", "x" * 100_000, "\0", "ä\ud800")
    assert [find(service, each, NOW) for each in wrong] == [None] * len(wrong)


def test_the_database_does_not_hold_the_cookie(service):
    cookie = begin(service)
    with service.database.read() as connection:
        assert cookie not in str(connection.execute(text("SELECT * FROM sessions")).all())


def test_one_that_is_used_lasts_a_week_and_not_longer(service):
    cookie, at = begin(service), NOW
    while at + 11 * HOUR < NOW + sessions.WHOLE:
        at += 11 * HOUR
        assert find(service, cookie, at) == ANNA
    assert find(service, cookie, NOW + sessions.WHOLE) is None


def test_one_that_is_not_used_is_over_after_half_a_day(service):
    cookie = begin(service)
    assert find(service, cookie, NOW + sessions.IDLE - MINUTE) == ANNA
    assert find(service, cookie, NOW + 2 * sessions.IDLE - MINUTE) is None


def test_what_was_seen_is_written_at_most_once_a_minute(service):
    cookie, writes = begin(service), []
    engine = service.database._engine
    event.listen(
        engine, "before_cursor_execute", lambda *a: writes.append(a[2]) if "UPDATE" in a[2] else None
    )
    for seconds in range(0, 150, 10):
        find(service, cookie, NOW + timedelta(seconds=seconds))
    assert len(writes) == 2


def test_who_logs_out_is_out(service):
    cookie, other = begin(service), begin(service)
    with service.database.write() as connection:
        sessions.end(connection, cookie, [OF_ANNA])
    assert [find(service, each, NOW) for each in (cookie, other)] == [None, ANNA]
    with service.database.write() as connection:
        assert sessions.end_all(connection) == 1
    assert find(service, other, NOW) is None


@BOTH
def test_a_token_that_is_removed_takes_its_sessions_with_it(service):
    with service.database.write() as connection:
        ids = [tokens.add(connection, name, "reader", NOW)[0].id for name in ("anna", "bert")]
    cookies = [
        begin(service, Visitor(name, "reader", id_)) for name, id_ in zip(("anna", "bert"), ids, strict=True)
    ]
    with service.database.write() as connection:
        tokens.remove(connection, "anna")
    assert find(service, cookies[0], NOW) is None
    assert find(service, cookies[1], NOW).name == "bert"


def test_a_session_is_over_when_its_token_is(service):
    with service.database.write() as connection:
        token, _ = tokens.add(connection, "anna", "reader", NOW - 23 * HOUR, days=1)
    cookie = begin(service, Visitor("anna", "reader", token.id))
    assert find(service, cookie, NOW + 59 * MINUTE) is not None
    assert find(service, cookie, NOW + HOUR) is None


def test_a_session_cannot_be_begun_with_a_token_that_was_removed_meanwhile(service):
    cookie = begin(service, Visitor("anna", "reader", 4711))
    assert find(service, cookie, NOW) is None


@BOTH
def test_sessions_that_are_over_are_forgotten_with_the_other_old_rows(service):
    cookies = [begin(service, at=at) for at in (NOW - sessions.WHOLE, NOW - sessions.IDLE, NOW - HOUR)]
    assert retention.prune(service, NOW) == 2
    with service.database.read() as connection:
        assert len(connection.execute(select(table)).all()) == 1
    assert find(service, cookies[2], NOW) == ANNA


def test_a_link_is_good_once(service):
    with service.database.write() as connection:
        code = links.make(connection, OF_ANNA, NOW)
    assert [redeem(service, each) for each in (code[:-1], code, code, "", "x" * 9999)] == [
        None,
        ANNA,
        None,
        None,
        None,
    ]


def test_a_link_is_good_for_a_minute(service):
    with service.database.write() as connection:
        early, late = (links.make(connection, OF_ANNA, NOW) for _ in range(2))
    assert redeem(service, early, NOW + MINUTE - timedelta(seconds=1)) == ANNA
    assert redeem(service, late, NOW + MINUTE) is None


@BOTH
def test_of_many_who_come_with_one_link_at_once_one_gets_in(service, together):
    with service.database.write() as connection:
        code = links.make(connection, OF_ANNA, NOW)
    came = together(8, lambda number: redeem(service, code))
    assert (came.count(ANNA), came.count(None)) == (1, 7)


def test_links_that_nobody_used_are_forgotten_when_the_next_is_made(service):
    for at in (NOW, NOW, NOW + 2 * MINUTE):
        with service.database.write() as connection:
            links.make(connection, OF_ANNA, at)
    with service.database.read() as connection:
        assert len(connection.execute(select(login_codes)).all()) == 1


def redeem(service, code, at=NOW, origins=(OF_ANNA,)):
    with service.database.write() as connection:
        return links.redeem(connection, code, at, origins)


OTHERS = {
    "another secret": replace(OF_ANNA, secret="another"),
    "another role": replace(OF_ANNA, role="editor"),
    "another name": replace(OF_ANNA, name="bert"),
    "a token of that name": replace(OF_ANNA, kind=TOKEN),
}


@BOTH
def test_a_session_is_found_while_what_began_it_holds(service):
    cookie = begin(service)
    assert find(service, cookie, NOW, [*OTHERS.values(), OF_ANNA]).origin == OF_ANNA
    assert find(service, cookie, NOW, []) is None


@pytest.mark.parametrize("other", OTHERS.values(), ids=OTHERS)
def test_a_session_or_a_link_is_over_once_what_began_it_is_another(service, other):
    cookie = begin(service)
    with service.database.write() as connection:
        code = links.make(connection, OF_ANNA, NOW)
    assert find(service, cookie, NOW, [other]) is None
    assert redeem(service, code, NOW, [other]) is None
    assert find(service, cookie) == redeem(service, code) == ANNA


@BOTH
def test_a_session_is_over_once_its_token_has_another_role(service):
    with service.database.write() as connection:
        token, _ = tokens.add(connection, "anna", "editor", NOW)
    cookie = begin(service, Visitor("anna", "editor", token.id))
    assert find(service, cookie).is_editor
    for role, found in (("reader", None), ("editor", Visitor("anna", "editor", token.id))):
        with service.database.write() as connection:
            connection.execute(update(access_tokens).values(role=role))
        assert find(service, cookie) == found


def test_a_token_made_anew_under_the_same_name_does_not_revive_sessions(service):
    cookies = []
    for _ in range(2):
        with service.database.write() as connection:
            token, _ = tokens.add(connection, "anna", "reader", NOW)
        cookies.append(begin(service, Visitor("anna", "reader", token.id)))
        assert find(service, cookies[-1]) is not None
        with service.database.write() as connection:
            tokens.remove(connection, "anna")
    assert [find(service, cookie) for cookie in cookies] == [None, None]


def test_who_is_known_by_nothing_that_can_be_looked_up_has_no_session(service):
    assert find(service, begin(service, Visitor("anna", "editor"))) is None


def test_the_database_gives_nothing_to_try_secrets_on(service):
    cookie = begin(service)
    with service.database.read() as connection:
        kept = connection.execute(select(table.c.digest)).scalar_one()
    assert kept == OF_ANNA.seal(cookie)
    assert kept not in (OF_ANNA.seal(""), digest_of(OF_ANNA.secret), digest_of(cookie))


def test_two_cookies_are_never_the_same(service):
    assert len({begin(service) for _ in range(50)}) == 50


@BOTH
def test_a_token_that_is_removed_while_somebody_logs_in_leaves_no_session(service, together):
    with service.database.write() as connection:
        token, _ = tokens.add(connection, "anna", "reader", NOW)

    def one(number):
        if number:
            return begin(service, Visitor("anna", "reader", token.id))
        with service.database.write() as connection:
            tokens.remove(connection, "anna")
        return None

    cookies = together(8, one)[1:]
    assert [find(service, cookie, NOW) for cookie in cookies] == [None] * 7
