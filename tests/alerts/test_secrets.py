"""Secrets by name."""

from pathlib import Path

import pytest

from leeboard.alerts import DeliveryError
from leeboard.alerts.secrets import filled, forbidden, shown


def test_references_are_filled_however_deep(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("from file\n")
    value = {"url": "https://${HOST}/x", "headers": {"A": f"${{file:{tmp_path}/key}}"}, "n": [1, "${HOST}"]}
    assert filled(value, {"HOST": "h"}, is_trusted=True) == {
        "url": "https://h/x",
        "headers": {"A": "from file"},
        "n": [1, "h"],
    }


def test_what_a_variable_holds_is_not_looked_into() -> None:
    assert filled("${A}", {"A": "${B}", "B": "secret"}, is_trusted=True) == "${B}"


@pytest.mark.parametrize(
    ("value", "text"),
    [("${NOT_THERE}", "no variable NOT_THERE"), ("${file:/no/such}", "cannot be read: FileNotFoundError")],
)
def test_what_is_not_there_says_so(value: str, text: str) -> None:
    with pytest.raises(DeliveryError, match=text):
        filled(value, {}, is_trusted=True)


@pytest.mark.parametrize("value", ["${HOME}", "${file:/etc/passwd}"])
def test_who_is_not_trusted_may_not_name_them(value: str) -> None:
    with pytest.raises(DeliveryError, match="own file"):
        filled(value, {"HOME": "x"}, is_trusted=False)
    assert forbidden({"a": [value, "${LEEBOARD_NOTIFY_X}"]}) == [value]


def test_only_plain_settings_and_names_of_secrets_are_shown() -> None:
    settings = {"url": "https://h/token", "mode": "binary", "secret": "${S}", "headers": {"A": "x"}}
    assert shown(settings, frozenset({"mode"})) == {
        "url": "(hidden)",
        "mode": "binary",
        "secret": "${S}",
        "headers": {"A": "(hidden)"},
    }
