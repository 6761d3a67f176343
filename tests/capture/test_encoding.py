"""How payloads are written into capture records."""

from base64 import b64decode

import pytest

from leeboard.capture.encoding import TextTypes, event_data


@pytest.mark.parametrize(
    ("content_type", "encoding"),
    [
        ("text/csv", "CSV"),
        (" Text/CSV ; charset=utf-8", "CSV"),
        ("application/json", "JSON"),
        ("application/jsonlines", "BASE64"),
        ("image/png", "BASE64"),
        (None, "BASE64"),
    ],
)
def test_the_media_type_alone_decides_the_encoding(content_type, encoding):
    assert TextTypes().encoding_of(content_type) == encoding


def test_a_type_may_be_added_to_those_that_are_kept_as_text():
    types = TextTypes(json=frozenset({"application/jsonlines"}))
    data = event_data('{"a":1}\n{"a":2}\n', "application/jsonlines", "INPUT", types)
    assert (data.encoding, data.data) == ("JSON", '{"a":1}\n{"a":2}\n')


def test_text_keeps_its_last_line_end_and_its_header():
    data = event_data(b"28,0\n", "text/csv; charset=utf-8", "OUTPUT")
    assert dict(data.members()) == {
        "mode": "OUTPUT",
        "data": "28,0\n",
        "encoding": "CSV",
        "observedContentType": "text/csv; charset=utf-8",
    }


def test_bytes_that_are_not_utf_8_become_base64_whatever_their_type():
    data = event_data(b"caf\xe9", "text/csv", "INPUT")
    assert (data.encoding, b64decode(data.data)) == ("BASE64", b"caf\xe9")


def test_a_missing_content_type_is_left_out():
    assert "observedContentType" not in dict(event_data(b"\x00", None, "INPUT").members())
