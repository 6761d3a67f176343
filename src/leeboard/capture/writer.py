"""Writes capture records into files, one an hour, at the places where AWS puts them."""

from collections.abc import Callable, Iterable
from itertools import groupby
from uuid import UUID, uuid4

from leeboard.capture.record import answered_at
from leeboard.formats.capture import CaptureRecord
from leeboard.formats.reading import to_json_line
from leeboard.storage import Uri, write_bytes
from leeboard.storage.layout import capture_key, hour_of


def write_capture(
    root_uri: Uri,
    endpoint: str,
    variant: str,
    records: Iterable[CaptureRecord],
    *,
    new_id: Callable[[], UUID] = uuid4,
) -> list[str]:
    """Writes each UTC hour of the records as one new file, named after its first record.

    Args:
        root_uri: where the captures of all endpoints are.
        endpoint: the endpoint's name.
        variant: the variant that answered.
        records: in any order; a file holds them in order of their times.
        new_id: makes the id that sets a file apart from others of the same instant.

    Returns:
        The URIs of the files, in order of time; none for no records.

    Raises:
        FormatError: a record does not say when it was answered; nothing is written.
    """
    timed = sorted(((answered_at(record), record) for record in records), key=lambda pair: pair[0])
    uris = []
    for _, pairs in groupby(timed, key=lambda pair: hour_of(pair[0])):
        in_hour = list(pairs)
        uri = capture_key(root_uri, endpoint, variant, at=in_hour[0][0], unique_id=new_id())
        write_bytes(uri, "".join(to_json_line(record) + "\n" for _, record in in_hour).encode())
        uris.append(uri)
    return uris
