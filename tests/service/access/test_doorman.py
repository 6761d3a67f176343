"""Who guesses is slowed down; nobody else is, and memory is bounded."""

from datetime import UTC, datetime, timedelta

import pytest

from leeboard.service.access import doorman as module
from leeboard.service.access.doorman import FREE, LONGEST_WAIT, OVERALL, Doorman, TooManyAttemptsError

NOW = datetime(2026, 11, 26, 10, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def fail(doorman, client, n=FREE, at=NOW):
    for _ in range(n):
        doorman.enter(client, at)


def test_no_wait_is_longer_than_a_quarter_of_an_hour():
    doorman, at = Doorman(), NOW
    fail(doorman, "a")
    for _ in range(40):
        at += LONGEST_WAIT
        fail(doorman, "a", 1, at)
    with pytest.raises(TooManyAttemptsError) as refusal:
        doorman.enter("a", at)
    assert refusal.value.wait_s == LONGEST_WAIT.total_seconds()


def test_what_is_long_ago_is_forgotten():
    doorman = Doorman()
    fail(doorman, "a")
    fail(doorman, "a", FREE, NOW + 3 * LONGEST_WAIT)


def succeed(doorman, client, at=NOW, **options):
    doorman.enter(client, at, **options)
    doorman.succeeded(client)


def test_a_success_neither_counts_nor_wipes_the_slate():
    doorman = Doorman()
    fail(doorman, "a", FREE - 1)
    for _ in range(FREE):
        succeed(doorman, "a")
    fail(doorman, "a", 1)
    with pytest.raises(TooManyAttemptsError):
        doorman.enter("a", NOW)


def test_a_success_makes_no_wait_longer():
    doorman = Doorman()
    fail(doorman, "a")
    succeed(doorman, "a", NOW + MINUTE)
    doorman.enter("a", NOW + MINUTE)


def test_the_failures_of_others_do_not_keep_out_who_is_known_but_its_own_do():
    doorman = Doorman()
    for number in range(OVERALL):
        doorman.enter(f"10.1.{number}.1", NOW)
    succeed(doorman, "a", is_known=True)
    for _ in range(FREE):
        doorman.enter("a", NOW, is_known=True)
    with pytest.raises(TooManyAttemptsError, match=r"wait 1 s"):
        doorman.enter("a", NOW, is_known=True)


def test_many_clients_together_wait_for_the_rest_of_the_minute():
    doorman = Doorman()
    for number in range(OVERALL):
        doorman.enter(f"10.1.{number}.1", NOW)
    with pytest.raises(TooManyAttemptsError, match=r"wait 60 s"):
        doorman.enter("198.51.100.1", NOW)
    doorman.enter("198.51.100.1", NOW + MINUTE)


def test_logins_that_succeed_count_for_nothing():
    doorman = Doorman()
    for number in range(3 * OVERALL):
        doorman.enter(f"10.1.{number}.1", NOW)
        doorman.succeeded(f"10.1.{number}.1")
    doorman.enter("198.51.100.1", NOW)


def test_addresses_of_one_subscriber_of_ipv6_are_one_client():
    doorman = Doorman()
    for number in range(FREE):
        doorman.enter(f"2001:db8:1:2::{number:x}", NOW)
    with pytest.raises(TooManyAttemptsError):
        doorman.enter("2001:db8:1:2:ffff::1%eth0", NOW)
    doorman.enter("2001:db8:1:3::1", NOW)


def test_addresses_of_ipv4_that_a_proxy_writes_as_ipv6_are_each_a_client():
    doorman = Doorman()
    fail(doorman, "::ffff:192.0.2.9")
    with pytest.raises(TooManyAttemptsError):
        doorman.enter("192.0.2.9", NOW)
    doorman.enter("::ffff:192.0.2.10", NOW)


def test_it_remembers_a_bounded_number_of_clients(monkeypatch):
    monkeypatch.setattr(module, "MOST_CLIENTS", 10)
    doorman = Doorman()
    for number in range(OVERALL - 1):
        doorman.enter(str(number) + "x" * 10_000 if number % 2 else f"10.1.{number}.1", NOW)
    assert len(doorman._clients) == 10
    assert max(map(len, doorman._clients)) <= 64
