"""Whether what an earlier execution has found may stand for a step."""

import hashlib
import re
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

import msgspec

from leeboard.service.refusals import InvalidRequestError

_DURATION = re.compile(
    r"P?(?:(?P<weeks>\d{1,5})W)?(?:(?P<days>\d{1,6})D)?"
    r"(?:T(?:(?P<hours>\d{1,7})H)?(?:(?P<minutes>\d{1,8})M)?(?:(?P<seconds>\d{1,9})S)?)?",
    re.IGNORECASE,
)
NOT_COMPARED = frozenset(
    {
        "Name",
        "Type",
        "DependsOn",
        "DisplayName",
        "Description",
        "CacheConfig",
        "RetryPolicies",
        "PropertyFiles",
    }
)
"""Members of a step that do not change what it finds."""


def expiry_of(config: Any) -> timedelta | None:
    """How old an earlier result may be; None if none is to be used.

    Raises:
        InvalidRequestError: the configuration is none.
    """
    if not config:
        return None
    if not isinstance(config, Mapping):
        raise InvalidRequestError(f"CacheConfig is {config!r:.100}; expected Enabled and ExpireAfter")
    if config.get("Enabled") is not True:
        return None
    text = config.get("ExpireAfter")
    found = _DURATION.fullmatch(text) if isinstance(text, str) else None
    parts = {name: int(value) for name, value in found.groupdict().items() if value} if found else {}
    if not parts:
        raise InvalidRequestError(
            f"CacheConfig has ExpireAfter {text!r:.40}; expected a duration such as P30D or T12H"
        )
    return timedelta(**parts)


def cache_key(
    pipeline_id: int, fields: Mapping[str, Any], arguments: Mapping[str, Any], members: Sequence[str]
) -> str:
    """The same for two runs of a step of which one may stand for the other.

    Args:
        members: of the arguments, which have to be equal; none for all of them, and of the fields, too.
    """
    compared: dict[str, Any] = {name: arguments.get(name) for name in members}
    if not members:
        compared = {"arguments": arguments, **_without(fields)}
    told = msgspec.json.encode([pipeline_id, fields["Name"], fields["Type"], compared], order="deterministic")
    return hashlib.sha256(told).hexdigest()


def _without(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {f"field {name}": value for name, value in fields.items() if name not in NOT_COMPARED}
