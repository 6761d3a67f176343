"""What began a session and is another at the next start ends it for good."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from leeboard.service.access import sessions
from leeboard.service.access.changed_keys import FILE, forget_changed
from leeboard.service.access.visitors import KEY, TOKEN, Origin, Visitor

NOW = datetime(2026, 11, 26, 10, tzinfo=UTC)
ANNA = Origin(KEY, "anna", "reader", "the secret of anna")
BERT = Origin(TOKEN, "dashboard", "editor", "the token of the house")


def come(service: Any, origin: Origin | None, name: str = "anna") -> str:
    visitor = Visitor.by(origin) if origin else Visitor(name, "reader", 4711)
    with service.database.write() as connection:
        return sessions.begin(connection, visitor, NOW)


def start(service: Any, home: Path, *origins: Origin) -> int:
    return forget_changed(service.database, home, origins)


@pytest.mark.parametrize("database_url", ["sqlite", "postgresql"], indirect=True)
def test_an_old_secret_that_is_put_back_revives_no_session(service: Any, tmp_path: Path) -> None:
    start(service, tmp_path, ANNA, BERT)
    hers, his = come(service, ANNA), come(service, BERT)
    assert start(service, tmp_path, replace(ANNA, secret="another"), BERT) == 1
    assert start(service, tmp_path, ANNA, BERT) == 0
    found = [sessions.find_session(service.database, each, NOW, [ANNA, BERT]) for each in (hers, his)]
    assert found == [None, Visitor.by(BERT)]


@pytest.mark.parametrize(
    "now", [[BERT], [replace(ANNA, role="editor"), BERT], [replace(ANNA, name="eve"), BERT]]
)
def test_one_that_is_gone_or_has_another_role_is_another(
    service: Any, tmp_path: Path, now: list[Origin]
) -> None:
    start(service, tmp_path, ANNA, BERT)
    come(service, ANNA)
    assert start(service, tmp_path, *now) == 1


def test_a_start_with_the_same_keys_ends_nothing(service: Any, tmp_path: Path) -> None:
    cookie = come(service, ANNA)
    assert [start(service, tmp_path, *held) for held in ((ANNA, BERT), (BERT, ANNA))] == [0, 0]
    assert sessions.find_session(service.database, cookie, NOW, [ANNA]) == Visitor.by(ANNA)


def test_sessions_of_named_tokens_are_left_alone(service: Any, tmp_path: Path) -> None:
    start(service, tmp_path, ANNA)
    come(service, None)
    assert start(service, tmp_path, replace(ANNA, secret="another")) == 0


def test_the_file_holds_no_secret_and_is_of_one_user(service: Any, tmp_path: Path) -> None:
    start(service, tmp_path, ANNA, BERT)
    file = tmp_path / FILE
    assert file.stat().st_mode & 0o077 == 0
    assert not any(each.secret in file.read_text() for each in (ANNA, BERT))


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"chance": 1, "known": []}', '{"chance": "c", "known": {"x": 1}}']
)
def test_a_file_that_cannot_be_understood_is_made_anew(service: Any, tmp_path: Path, text: str) -> None:
    (tmp_path / FILE).write_text(text)
    assert start(service, tmp_path, ANNA) == 0
    assert list(json.loads((tmp_path / FILE).read_text())["known"].values()) == [["anna", "reader"]]


def test_a_home_that_cannot_be_written_keeps_nobody_out(service: Any, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert start(service, tmp_path / "file", ANNA) == 0
