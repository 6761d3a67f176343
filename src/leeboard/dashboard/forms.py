"""Reads what a form sent, within bounds."""

from collections.abc import Mapping
from dataclasses import dataclass

from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import Message, Receive

from leeboard.dashboard.visit import Fields, Upload

MOST_FIELDS, MOST_FILES = 5000, 4
MOST_FIELD_BYTES, MOST_BODY_BYTES = 8 << 20, 64 << 20


@dataclass(frozen=True, slots=True)
class Sent:
    """Fields and files by their names."""

    fields: Fields
    files: Mapping[str, Upload]


async def read_form(request: Request) -> Sent:
    """The fields and files of a POST.

    Raises:
        HTTPException: it is longer than what is taken, or no form.
    """
    bounded = Request(request.scope, _bounded(request.receive))
    fields: dict[str, tuple[str, ...]] = {}
    files: dict[str, Upload] = {}
    limits = {"max_files": MOST_FILES, "max_fields": MOST_FIELDS, "max_part_size": MOST_FIELD_BYTES}
    async with bounded.form(**limits) as form:
        for name, value in form.multi_items():
            if isinstance(value, UploadFile):
                files[name] = Upload(value.filename or "", await value.read())
            else:
                fields[name] = (*fields.get(name, ()), value.replace("\0", "\N{REPLACEMENT CHARACTER}"))
    return Sent(fields, files)


def _bounded(receive: Receive) -> Receive:
    n_bytes = 0

    async def receive_some() -> Message:
        nonlocal n_bytes
        message = await receive()
        n_bytes += len(message.get("body", b""))
        if n_bytes > MOST_BODY_BYTES:
            raise HTTPException(413, f"the form has more than {MOST_BODY_BYTES >> 20} MB")
        return message

    return receive_some
