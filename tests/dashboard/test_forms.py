"""Forms that are hostile: too long, too many fields, letters that are none."""

from typing import Any
from urllib.parse import quote

import pytest

PLAIN = {"content-type": "application/x-www-form-urlencoded", "sec-fetch-site": "same-origin"}
PARTS = {"content-type": "multipart/form-data; boundary=x", "sec-fetch-site": "same-origin"}
PART = b'--x\r\ncontent-disposition: form-data; name="token"\r\n\r\n%s\r\n--x--\r\n'


@pytest.mark.parametrize(
    ("headers", "body"), [(PLAIN, b"token=" + b"%41" * 10_000), (PARTS, PART % (b"a" * 30_000))]
)
def test_a_stranger_sends_no_long_form(stranger: Any, headers: dict[str, str], body: bytes) -> None:
    answered = stranger.ask("POST", "/dashboard/login", body, headers)
    assert answered.status == 413


def test_a_form_of_very_many_fields_is_refused(editor: Any) -> None:
    answered = editor.post("/access/tokens", name=["a"] * 5_001)
    assert answered.status == 400
    assert "more than 5000 fields" in answered.text


def test_fields_that_are_empty_or_come_twice_are_kept(editor: Any) -> None:
    answered = editor.post("/access/tokens", name=["a", "anna"], role="reader", days="")
    assert "This is the token of anna" in answered.text


def test_letters_of_any_language_arrive(editor: Any) -> None:
    answered = editor.post("/alerts/silences", schedule="x", comment="für später, 明日")
    assert answered.status == 303
    assert "für später, 明日" in editor.get("/alerts/silences").text


def test_a_field_in_a_form_of_parts_arrives(stranger: Any) -> None:
    answered = stranger.ask("POST", "/dashboard/login", PART % b"guess", PARTS)
    assert answered.status == 403


@pytest.mark.parametrize("text", ["%ff%fe", "%ed%a0%80", "%00"])
def test_bytes_that_are_no_letters_do_no_harm(editor: Any, text: str) -> None:
    assert editor.get(f"/search?q={text}").status == 200
    body = f"csrf={quote('x')}&name={text}".encode()
    assert editor.ask("POST", "/dashboard/access/tokens", body, PLAIN).status == 403
