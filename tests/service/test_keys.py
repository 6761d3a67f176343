"""Whose requests a server believes."""

import json
import os
from pathlib import Path

import pytest

from leeboard.errors import FormatError, InputError
from leeboard.service.keys import key_ring

OWN = {"LEEBOARD_ACCESS_KEY_ID": "MINE", "LEEBOARD_SECRET_ACCESS_KEY": "my secret"}
AWS = {"AWS_ACCESS_KEY_ID": "THEIRS", "AWS_SECRET_ACCESS_KEY": "their secret"}


def kept(home: Path) -> dict[str, str]:
    return json.loads((home / "keys.json").read_text())


def test_the_first_start_makes_a_pair_that_later_ones_find(tmp_path: Path) -> None:
    first, second = key_ring(tmp_path, {}), key_ring(tmp_path, {})
    assert first == second
    assert first.is_generated
    assert first.secrets == {first.access_key: kept(tmp_path)["secret_access_key"]}
    assert first.capture_token == kept(tmp_path)["capture_token"]


def test_a_made_pair_cannot_be_guessed(tmp_path: Path) -> None:
    rings = [key_ring(tmp_path / str(n), {}) for n in range(20)]
    assert len({ring.access_key for ring in rings}) == 20
    assert len({ring.secrets[ring.access_key] for ring in rings}) == 20
    assert min(len(ring.secrets[ring.access_key]) for ring in rings) >= 40
    assert {len(ring.access_key) for ring in rings} == {20}


def test_the_file_is_for_its_user_alone(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        key_ring(tmp_path, {})
    finally:
        os.umask(before)
    assert (tmp_path / "keys.json").stat().st_mode & 0o777 == 0o600


def test_a_pair_of_ones_own_counts_and_is_not_written_down(tmp_path: Path) -> None:
    ring = key_ring(tmp_path, OWN)
    assert (ring.access_key, ring.is_generated) == ("MINE", False)
    assert ring.secrets["MINE"] == "my secret"
    assert "my secret" not in (tmp_path / "keys.json").read_text()


def test_awss_pair_counts_only_where_it_is_asked_for(tmp_path: Path) -> None:
    assert "THEIRS" not in key_ring(tmp_path, AWS).secrets
    ring = key_ring(tmp_path, AWS, adopts_aws=True)
    assert (ring.access_key, ring.secrets["THEIRS"], ring.is_generated) == ("THEIRS", "their secret", False)
    both = key_ring(tmp_path, AWS | OWN, adopts_aws=True)
    assert both.access_key == "MINE"
    assert {"MINE", "THEIRS"} <= set(both.secrets)


@pytest.mark.parametrize("half", list(OWN))
def test_half_a_pair_is_refused(tmp_path: Path, half: str) -> None:
    with pytest.raises(InputError, match=r"LEEBOARD_ACCESS_KEY_ID and LEEBOARD_SECRET_ACCESS_KEY"):
        key_ring(tmp_path, {half: "x"})


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", "5", "{}", '{"access_key_id": "A"}', '{"access_key_id": 1, "secret_access_key": ""}'],
)
def test_a_file_that_holds_no_pair_is_refused_and_left_alone(tmp_path: Path, text: str) -> None:
    (tmp_path / "keys.json").write_text(text)
    with pytest.raises(FormatError, match=r"keys.json holds no key pair"):
        key_ring(tmp_path, {})
    assert (tmp_path / "keys.json").read_text() == text


def test_a_file_without_a_token_gets_one_and_keeps_the_rest(tmp_path: Path) -> None:
    pair = {"access_key_id": "A", "secret_access_key": "B", "note": "of a user"}
    (tmp_path / "keys.json").write_text(json.dumps(pair))
    ring = key_ring(tmp_path, {})
    assert ring.secrets == {"A": "B"}
    tokens = {name: getattr(ring, name) for name in ("capture_token", "dashboard_token", "reader_token")}
    assert kept(tmp_path) == pair | tokens
    assert len(set(tokens.values())) == 3


@pytest.mark.parametrize("name", ["capture_token", "dashboard_token", "reader_token"])
def test_a_file_of_an_older_leeboard_gets_the_tokens_that_it_lacks(tmp_path: Path, name: str) -> None:
    first = key_ring(tmp_path, {})
    old = {key: value for key, value in kept(tmp_path).items() if key != name}
    (tmp_path / "keys.json").write_text(json.dumps(old))
    ring = key_ring(tmp_path, {})
    assert getattr(ring, name) not in ("", getattr(first, name))
    assert kept(tmp_path) == old | {name: getattr(ring, name)}


def test_a_token_of_the_environment_stands_before_the_files_and_is_not_written_down(tmp_path: Path) -> None:
    given = {"LEEBOARD_DASHBOARD_TOKEN": "d" * 16, "LEEBOARD_READER_TOKEN": "r" * 16}
    ring = key_ring(tmp_path, given)
    assert (ring.dashboard_token, ring.reader_token) == ("d" * 16, "r" * 16)
    assert "d" * 16 not in (tmp_path / "keys.json").read_text()


def test_a_short_token_is_refused_and_not_repeated(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"LEEBOARD_DASHBOARD_TOKEN has 7 characters") as caught:
        key_ring(tmp_path, {"LEEBOARD_DASHBOARD_TOKEN": "hunter2"})
    assert "hunter2" not in str(caught.value)


def test_readers_may_have_a_pair_of_their_own(tmp_path: Path) -> None:
    given = {"LEEBOARD_READER_ACCESS_KEY_ID": "LOOK", "LEEBOARD_READER_SECRET_ACCESS_KEY": "only"}
    ring = key_ring(tmp_path, given)
    assert (ring.secrets["LOOK"], ring.is_generated) == ("only", True)
    assert [ring.role_of(key) for key in ("LOOK", ring.access_key)] == ["reader", "editor"]
    with pytest.raises(InputError, match=r"give readers their own"):
        key_ring(tmp_path, given | {"LEEBOARD_ACCESS_KEY_ID": "LOOK", "LEEBOARD_SECRET_ACCESS_KEY": "x"})


def test_secrets_do_not_show_in_logs(tmp_path: Path) -> None:
    ring = key_ring(tmp_path, OWN)
    assert "my secret" not in repr(ring)
    for name in ("capture_token", "dashboard_token", "reader_token"):
        assert getattr(ring, name) not in repr(ring)
