"""How rules, sinks and routes may be named."""

import re

from leeboard.errors import InputError

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ._-]{0,63}")


def alarm_name(rule: str, about: str | None, feature: str | None) -> str:
    """What programs for AWS know an alert by."""
    return "/".join(part for part in (rule, about, feature) if part)[:255]


def check_name(noun: str, name: str) -> None:
    """Raises InputError for a name that cannot be one."""
    if not NAME.fullmatch(name):
        raise InputError(
            f"a {noun} is named {name[:80]!r}; expected 1 to 64 letters, digits, spaces, '.', '_' or '-', "
            "the first a letter or digit"
        )
