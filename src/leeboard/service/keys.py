"""Whose requests a server believes: key pairs, and the tokens of those who cannot sign."""

import json
import os
import secrets
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from leeboard.errors import FormatError, InputError
from leeboard.storage import write_bytes

FILE = "keys.json"
OWN = ("LEEBOARD_ACCESS_KEY_ID", "LEEBOARD_SECRET_ACCESS_KEY")
AWS = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")
OF_READERS = ("LEEBOARD_READER_ACCESS_KEY_ID", "LEEBOARD_READER_SECRET_ACCESS_KEY")
TOKENS = {
    "capture_token": None,
    "dashboard_token": "LEEBOARD_DASHBOARD_TOKEN",
    "reader_token": "LEEBOARD_READER_TOKEN",
}
"""Those that every home has, and the variable that stands before the file."""
SHORTEST_TOKEN = 16
ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
KEY_LENGTH = 20


@dataclass(frozen=True, slots=True)
class KeyRing:
    """The keys of one server.

    Attributes:
        access_key: of the pair that clients on this machine are told.
        secrets: secret by access key, of all pairs.
        capture_token: for senders of captured payloads that cannot sign.
        is_generated: whether nobody gave a pair, so that one was made.
        dashboard_token: lets an editor into the dashboard; an empty one lets nobody in.
        reader_token: the same for a reader.
        readers: access keys that may look, and change nothing.
    """

    access_key: str
    secrets: Mapping[str, str] = field(repr=False)
    capture_token: str = field(repr=False)
    is_generated: bool
    dashboard_token: str = field(default="", repr=False)
    reader_token: str = field(default="", repr=False)
    readers: frozenset[str] = frozenset()

    def role_of(self, access_key: str) -> str:
        """`editor` or `reader`."""
        return "reader" if access_key in self.readers else "editor"


def key_ring(home: Path, environment: Mapping[str, str] = os.environ, *, adopts_aws: bool = False) -> KeyRing:
    """The keys of the environment, and the pair of the home folder, which is made at the first start.

    What the environment gives is not written down: clients on this machine use the pair of the folder.

    Args:
        adopts_aws: whether the environment's AWS pair counts too, as with a foreign S3, where a client
            has one pair for both.

    Raises:
        InputError: half a pair or a short token is given, or the file cannot be read.
    """
    local = _of_home(home / FILE)
    own = _pair(environment, OWN)
    aws = _pair(environment, AWS) if adopts_aws else None
    given = [pair for pair in (own, aws) if pair]
    of_file = (local["access_key_id"], local["secret_access_key"])
    readers = _readers(environment, [*given, of_file])
    tokens = {name: _token(environment, variable) or local[name] for name, variable in TOKENS.items()}
    return KeyRing(
        access_key=[*given, of_file][0][0],
        secrets=readers | dict([*given, of_file]),
        is_generated=not given,
        readers=frozenset(readers),
        **tokens,
    )


def _of_home(file: Path) -> dict[str, Any]:
    """What the file has, after it was made or completed."""
    made = {"access_key_id": _access_key(), "secret_access_key": secrets.token_urlsafe(30)}
    made |= {name: secrets.token_urlsafe(24) for name in TOKENS}
    kept = _kept(file)
    if kept is None:
        _make(file, made)
        kept = _kept(file)
    elif missing := [name for name in TOKENS if name not in kept]:
        kept |= {name: made[name] for name in missing}
        put_private(file, kept)
    return made | (kept or {})


def _readers(environment: Mapping[str, str], editors: list[tuple[str, str]]) -> dict[str, str]:
    pair = _pair(environment, OF_READERS)
    if pair and pair[0] in dict(editors):
        raise InputError(
            f"{OF_READERS[0]} is the id of a pair that may change things; give readers their own"
        )
    return dict([pair]) if pair else {}


def _token(environment: Mapping[str, str], variable: str | None) -> str | None:
    """Shorter ones could be guessed; the message does not repeat it."""
    given = environment.get(variable) if variable else None
    if given and len(given) < SHORTEST_TOKEN:
        raise InputError(f"{variable} has {len(given)} characters; expected at least {SHORTEST_TOKEN}")
    return given or None


def _pair(environment: Mapping[str, str], names: tuple[str, str]) -> tuple[str, str] | None:
    given = [environment.get(name) for name in names]
    if all(given):
        return str(given[0]), str(given[1])
    if any(given):
        raise InputError(f"only one of {' and '.join(names)} is set; a key pair needs both")
    return None


def _access_key() -> str:
    """Of the form of AWS's, as some clients look at it."""
    return "LBAK" + "".join(secrets.choice(ALPHABET) for _ in range(KEY_LENGTH - 4))


def _kept(file: Path) -> dict[str, Any] | None:
    try:
        pair = json.loads(file.read_bytes())
        for name in ("access_key_id", "secret_access_key"):
            if not pair[name] or not isinstance(pair[name], str):
                raise ValueError(f"{name} is {type(pair[name]).__name__}, and has to be a text")
        return dict(pair)
    except FileNotFoundError:
        return None
    except PermissionError as error:
        raise InputError(f"{file} may not be read by this user: {error.strerror}") from error
    except (ValueError, TypeError, KeyError) as error:
        raise FormatError(
            f"{file} holds no key pair ({error}); remove it to have a new one made", str(file)
        ) from error


def _make(file: Path, pair: dict[str, str]) -> None:
    """The first of several servers that start at once makes it for all."""
    partial = file.with_name(f".{FILE}.{secrets.token_hex(8)}")
    try:
        put_private(partial, pair)
        with suppress(FileExistsError):
            os.link(partial, file)
    finally:
        partial.unlink(missing_ok=True)


def put_private(file: Path, document: Mapping[str, Any]) -> None:
    """Readable by this user alone from its first byte on."""
    umask = os.umask(0o077)
    try:
        write_bytes(file, (json.dumps(document, indent=2) + "\n").encode())
    finally:
        os.umask(umask)
