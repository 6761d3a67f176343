"""Settings that name secrets instead of holding them: `${NAME}` and `${file:PATH}`."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from leeboard.alerts import DeliveryError

REFERENCE = re.compile(r"\$\{(file:)?([^{}]{1,1024})\}")
OPEN = "LEEBOARD_NOTIFY_"
"""How variables begin that sinks may name which were made over HTTP: others are the server's own."""
HIDDEN = "(hidden)"
MOST_BYTES = 65_536


def filled(value: Any, environment: Mapping[str, str], *, is_trusted: bool) -> Any:
    """The value with its references replaced, however deep they are.

    Args:
        is_trusted: whether it comes from the server's own file, and may name any variable and file.

    Raises:
        DeliveryError: there is no such variable or file, or it may not be named.
    """
    if isinstance(value, str):
        return REFERENCE.sub(lambda match: _found(match, environment, is_trusted), value)
    if isinstance(value, Mapping):
        return {key: filled(each, environment, is_trusted=is_trusted) for key, each in value.items()}
    if isinstance(value, list):
        return [filled(each, environment, is_trusted=is_trusted) for each in value]
    return value


def forbidden(value: Any) -> list[str]:
    """The references that a value from outside may not have."""
    if isinstance(value, str):
        found = REFERENCE.finditer(value)
        return [match[0] for match in found if match[1] or not match[2].startswith(OPEN)]
    parts = value.values() if isinstance(value, Mapping) else value if isinstance(value, list) else ()
    return [each for part in parts for each in forbidden(part)]


def shown(settings: Mapping[str, Any], plain: frozenset[str]) -> dict[str, Any]:
    """Settings for eyes: what may be secret is hidden, unless it only names a secret."""
    return {name: value if name in plain else _masked(value) for name, value in settings.items()}


def _masked(value: Any) -> Any:
    if value is None or (isinstance(value, str) and REFERENCE.fullmatch(value)):
        return value
    if isinstance(value, Mapping):
        return {key: _masked(each) for key, each in value.items()}
    return HIDDEN


def _found(match: re.Match[str], environment: Mapping[str, str], is_trusted: bool) -> str:
    is_file, name = bool(match[1]), match[2]
    if not is_trusted and (is_file or not name.startswith(OPEN)):
        raise DeliveryError(f"only the server's own file may name {match[0]}; others ${{{OPEN}...}}")
    if is_file:
        return _read(Path(name))
    if name not in environment:
        raise DeliveryError(f"the server's environment has no variable {name}")
    return environment[name]


def _read(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return file.read(MOST_BYTES).decode().strip()
    except (OSError, ValueError) as error:
        raise DeliveryError(f"the secret in {path} cannot be read: {type(error).__name__}") from None
