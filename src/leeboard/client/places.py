"""How a program finds a server and the keys to sign with."""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

from leeboard.errors import FormatError, InputError

DEFAULT_URL = "http://127.0.0.1:7070"
DEFAULT_REGION = "us-east-1"
DEFAULT_ACCOUNT = "000000000000"
SERVER_FILE, KEYS_FILE = "server.json", "keys.json"
URL_VARIABLES = ("AWS_ENDPOINT_URL_SAGEMAKER", "AWS_ENDPOINT_URL")


@dataclass(frozen=True, slots=True)
class Keys:
    """A key pair, and where it was found."""

    access_key_id: str
    secret_access_key: str = field(repr=False)
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A server, and as whom to speak to it.

    Attributes:
        s3_url: of the foreign store that the server keeps its objects in; None if it serves S3 itself.
        home: its folder, as `leeboard serve` has to be told; None if that is not known, or the default.
    """

    url: str
    keys: Keys
    region: str = DEFAULT_REGION
    account: str = DEFAULT_ACCOUNT
    s3_url: str | None = None
    home: Path | None = None

    @classmethod
    def find(
        cls,
        server: str | None = None,
        home: str | Path | None = None,
        environment: Mapping[str, str] = os.environ,
    ) -> Self:
        """The server that the options name, else the environment's, else the default home's."""
        found = _Found.look(server, home, environment)
        return cls(
            url=found.url,
            keys=_keys(found, environment),
            region=found.told.get("region") or _region(environment),
            account=found.told.get("account", DEFAULT_ACCOUNT),
            s3_url=found.told.get("s3_url"),
            home=None if found.home == default_home(environment) else found.home,
        )


def find_url(
    server: str | None = None,
    home: str | Path | None = None,
    environment: Mapping[str, str] = os.environ,
) -> str:
    """The address alone, which needs no keys."""
    return _Found.look(server, home, environment).url


@dataclass(frozen=True, slots=True)
class _Found:
    """An address, and what is known of the server there.

    Attributes:
        home: None if its folder is not known.
        told: what the server wrote about itself.
        asks_environment_first: for keys. An address alone may be anybody's server, and a foreign store knows
            the environment's keys only.
    """

    url: str
    home: Path | None
    told: Mapping[str, Any]
    asks_environment_first: bool

    @classmethod
    def look(cls, server: str | None, home: str | Path | None, environment: Mapping[str, str]) -> Self:
        url, named = _named(server, home, environment)
        folder = named or default_home(environment)
        told = _read(folder / SERVER_FILE) or {}
        if named and not url and not told:
            raise InputError(
                f"no server uses the home {folder}: it has no {SERVER_FILE}. "
                f"Start one with: leeboard serve --home {folder}"
            )
        there = reachable(str(told.get("url", DEFAULT_URL)))
        if named or url in (None, there):
            first = bool(told.get("s3_url")) or (bool(url) and not named)
            return cls(url or there, folder, told, first)
        return cls(str(url), None, {}, True)


def default_home(environment: Mapping[str, str] = os.environ) -> Path:
    """Where a server keeps its things if it was not told a folder."""
    data = environment.get("XDG_DATA_HOME") or "~/.local/share"
    return Path(data).expanduser() / "leeboard"


def _named(
    server: str | None, home: str | Path | None, environment: Mapping[str, str]
) -> tuple[str | None, Path | None]:
    """URL and home as they were asked for: options stand before leeboard's variables, these before AWS's."""
    if not server and not home:
        server, home = environment.get("LEEBOARD_SERVER"), environment.get("LEEBOARD_HOME")
    if not server and not home:
        server = next((environment[name] for name in URL_VARIABLES if environment.get(name)), None)
    return _checked(server) if server else None, Path(home).expanduser() if home else None


def _checked(url: str) -> str:
    if not url.startswith(("http://", "https://")):
        raise InputError(f"the server's address is {url!r}: it must begin with http:// or https://")
    return reachable(url.rstrip("/"))


def reachable(url: str) -> str:
    """A server that listens on all addresses is asked at the loopback one: browsers refuse `0.0.0.0`."""
    return url.replace("//0.0.0.0:", "//127.0.0.1:", 1).replace("//[::]:", "//[::1]:", 1)


def _keys(found: _Found, environment: Mapping[str, str]) -> Keys:
    of_home = _home_keys(found.home) if found.home else None
    of_environment = _environment_keys(environment)
    keys = (of_environment or of_home) if found.asks_environment_first else (of_home or of_environment)
    if keys is None:
        missing = (
            f"{found.home} has no {KEYS_FILE}" if found.home else "the default home is of another server"
        )
        raise InputError(
            f"no keys for the server {found.url}: AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are not set, "
            f"and {missing}. Start a server with `leeboard serve`, name its folder with --home, or set these"
        )
    return keys


def _home_keys(home: Path) -> Keys | None:
    pair = _read(home / KEYS_FILE)
    if pair is None:
        return None
    try:
        return Keys(pair["access_key_id"], pair["secret_access_key"], str(home / KEYS_FILE))
    except KeyError as missing:
        raise FormatError(f"{home / KEYS_FILE} has no {missing}", str(home / KEYS_FILE)) from missing


def _environment_keys(environment: Mapping[str, str]) -> Keys | None:
    pair = environment.get("AWS_ACCESS_KEY_ID"), environment.get("AWS_SECRET_ACCESS_KEY")
    return Keys(pair[0], pair[1], "AWS_ACCESS_KEY_ID") if pair[0] and pair[1] else None


def _region(environment: Mapping[str, str]) -> str:
    return environment.get("AWS_REGION") or environment.get("AWS_DEFAULT_REGION") or DEFAULT_REGION


def _read(path: Path) -> dict[str, Any] | None:
    """A JSON object; None if there is no such file."""
    try:
        content = json.loads(path.read_bytes())
    except (FileNotFoundError, NotADirectoryError):
        return None
    except PermissionError as error:
        raise InputError(f"{path} may not be read by this user: {error.strerror}") from error
    except ValueError as error:
        raise FormatError(f"{path} is not JSON: {error}", str(path)) from error
    if not isinstance(content, dict):
        raise FormatError(f"{path} is not a JSON object", str(path))
    return content
