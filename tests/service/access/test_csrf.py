"""A form of another site changes nothing."""

import pytest

from leeboard.service.access import csrf


def test_a_form_carries_the_token_of_its_own_session_and_no_other():
    one, other = csrf.token_of("cookie"), csrf.token_of("another cookie")
    assert csrf.is_right("cookie", one)
    assert not csrf.is_right("cookie", other)
    assert not any(
        csrf.is_right("cookie", each) for each in ("", one[:-1], one.upper(), "ä", "\ud800", "cookie")
    )


def test_who_has_no_session_has_no_token():
    assert not csrf.is_right("", csrf.token_of(""))


def test_the_token_does_not_give_the_cookie_away():
    assert "cookie" not in csrf.token_of("cookie")


@pytest.mark.parametrize(
    ("headers", "is_ours"),
    [
        ({"sec-fetch-site": "same-origin"}, True),
        ({"sec-fetch-site": "none"}, True),
        ({"sec-fetch-site": "same-site"}, False),
        ({"sec-fetch-site": "cross-site", "origin": "http://here:7070"}, False),
        ({"sec-fetch-site": ""}, False),
        ({"origin": "http://here:7070"}, True),
        ({"origin": "https://HERE:7070"}, True),
        ({"origin": "http://here"}, False),
        ({"origin": "http://evil:7070"}, False),
        ({"origin": "http://here:7070.evil"}, False),
        ({"origin": "null"}, False),
        ({"origin": ""}, False),
        ({"origin": "http://[here:7070"}, False),
        ({}, True),
    ],
)
def test_the_browser_says_whose_page_sent_a_form(headers, is_ours):
    assert csrf.is_same_origin({"host": "here:7070"} | headers) == is_ours


def test_without_a_host_no_origin_is_ours():
    assert not csrf.is_same_origin({"origin": "null"})
