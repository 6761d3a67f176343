"""Named tokens: shown once, kept as digests, never two of one name."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from leeboard.service.access import tokens
from leeboard.service.access.visitors import Visitor
from leeboard.service.refusals import (
    InvalidRequestError,
    RefusalError,
    ResourceInUseError,
    ResourceNotFoundError,
)

BOTH = pytest.mark.parametrize("database_url", ["sqlite", "postgresql"], indirect=True)
NOW = datetime(2026, 11, 26, 10, tzinfo=UTC)


def add(service, name="anna", role="reader", **options):
    with service.database.write() as connection:
        return tokens.add(connection, name, role, NOW, **options)


def all_of(service):
    with service.database.read() as connection:
        return tokens.all_of(connection)


def test_a_token_is_found_by_its_secret_which_is_not_kept(service):
    token, secret = add(service, days=7)
    assert token.expires_at == NOW + timedelta(days=7)
    with service.database.read() as connection:
        assert tokens.find(connection, secret, NOW) == Visitor("anna", "reader", token.id)
        assert tokens.find(connection, token.name, NOW) is None
        assert secret not in str(connection.execute(text("SELECT * FROM access_tokens")).all())
    assert secret.startswith("lbt_")


def test_tokens_are_listed_by_name_and_can_be_removed(service):
    for name in ("carl", "anna", "bert"):
        add(service, name)
    with service.database.write() as connection:
        tokens.remove(connection, "bert")
    assert [token.name for token in all_of(service)] == ["anna", "carl"]


def test_a_secret_of_a_removed_token_is_not_that_of_the_next_of_its_name(service):
    _, secret = add(service)
    with service.database.write() as connection:
        tokens.remove(connection, "anna")
    add(service)
    with service.database.read() as connection:
        assert tokens.find(connection, secret, NOW) is None


def test_a_name_that_is_taken_is_refused_and_the_first_stays(service):
    first, secret = add(service)
    with pytest.raises(ResourceInUseError, match=r"leeboard tokens remove anna"):
        add(service, role="editor")
    assert all_of(service) == [first]
    with service.database.read() as connection:
        assert tokens.find(connection, secret, NOW)


@BOTH
def test_of_several_who_add_a_name_at_once_one_does(service, together):
    def one(number):
        try:
            return add(service)[1]
        except ResourceInUseError:
            return None

    assert together(6, one).count(None) == 5


@pytest.mark.parametrize(
    "name", ["", "Anna", "a" * 64, "-a", "a b", "a\n", "dashboard", "reader", "ä", "\0", "<b>"]
)
def test_a_name_that_is_none_is_refused(service, name):
    with pytest.raises(InvalidRequestError, match=r"the name is"):
        add(service, name)


@pytest.mark.parametrize(
    ("role", "days"), [("admin", None), ("", None), ("reader", 0), ("reader", -1), ("reader", 10**9)]
)
def test_a_role_or_a_time_that_is_none_is_refused(service, role, days):
    with pytest.raises(RefusalError):
        add(service, role=role, days=days)


def test_what_is_not_there_cannot_be_removed_and_the_refusal_names_those_that_are(service):
    add(service)
    with service.database.write() as connection, pytest.raises(ResourceNotFoundError, match=r"known: anna"):
        tokens.remove(connection, "ann")


def test_there_is_a_bound_to_their_number(service, monkeypatch):
    monkeypatch.setattr(tokens, "MOST_TOKENS", 2)
    for name in ("anna", "bert"):
        add(service, name)
    with pytest.raises(InvalidRequestError, match=r"there are 2 tokens"):
        add(service, "carl")
