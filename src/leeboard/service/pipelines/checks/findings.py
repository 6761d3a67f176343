"""What a check found, in the words of a failed step."""

from leeboard.errors import LeeboardError
from leeboard.formats.reading import read_violations
from leeboard.service.pipelines.checks.types import QUALITY, CheckType
from leeboard.storage import list_objects, read_bytes

MOST_BYTES = 4 << 20
"""Of a file of violations that is read for its words."""
MOST_TOLD = 5


def reason(check_type: CheckType, uri: str) -> str:
    """AWS's sentence, then the first violations."""
    noun = "Quality" if check_type.step == QUALITY else "Clarify"
    return f"ClientError: {noun} check failed. See violation report {uri}{_told(uri)}"


def _told(uri: str) -> str:
    """Nothing if the file cannot be read: the step has failed in any case."""
    try:
        stored = next(list_objects(uri), None)
        if stored is None or stored.size_bytes > MOST_BYTES:
            return ""
        found = read_violations(read_bytes(uri), uri).violations
    except LeeboardError:
        return ""
    first = [f"{one.subject or 'data set'} ({one.constraint_check_type})" for one in found[:MOST_TOLD]]
    more = f" and {len(found) - MOST_TOLD} more" if len(found) > MOST_TOLD else ""
    return f" (violations: {', '.join(first)}{more})" if found else ""
