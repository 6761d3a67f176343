"""Reads what a form sent, within bounds."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import Message, Receive

from leeboard.dashboard.visit import Fields, Upload
from leeboard.state.texts import storable

MOST_FIELDS, MOST_FILES = 5000, 4
MOST_FIELD_BYTES, MOST_BODY_BYTES = 8 << 20, 64 << 20


@dataclass(frozen=True, slots=True)
class Sent:
    """Fields and files by their names."""

    fields: Fields
    files: Mapping[str, Upload]


async def read_form(request: Request, *, most_bytes: int = MOST_BODY_BYTES) -> Sent:
    """The fields and files of a POST.

    Raises:
        HTTPException: it is longer than what is taken, or no form.
    """
    is_plain = request.headers.get("content-type", "").startswith("application/x-www-form-urlencoded")
    most_bytes = min(most_bytes, MOST_FIELD_BYTES) if is_plain else most_bytes
    bounded = Request(request.scope, _bounded(request.receive, most_bytes))
    if is_plain:
        return Sent(_fields(await run_in_threadpool(_pairs, await bounded.body())), {})
    pairs: list[tuple[str, str]] = []
    files: dict[str, Upload] = {}
    limits = {"max_files": MOST_FILES, "max_fields": MOST_FIELDS, "max_part_size": MOST_FIELD_BYTES}
    async with bounded.form(**limits) as form:
        for name, value in form.multi_items():
            if isinstance(value, UploadFile):
                files[name] = Upload(value.filename or "", await value.read())
            else:
                pairs.append((name, value))
    return Sent(_fields(pairs), files)


def _pairs(body: bytes) -> list[tuple[str, str]]:
    """Starlette's own reader takes a second for a megabyte, in which nobody else is answered."""
    try:
        return parse_qsl(
            body.decode(errors="replace"),
            keep_blank_values=True,
            errors="replace",
            max_num_fields=MOST_FIELDS,
        )
    except ValueError:
        raise HTTPException(400, f"the form has more than {MOST_FIELDS} fields") from None


def _fields(pairs: Iterable[tuple[str, str]]) -> Fields:
    found: dict[str, list[str]] = {}
    for name, value in pairs:
        found.setdefault(name, []).append(storable(value))
    return {name: tuple(values) for name, values in found.items()}


def _bounded(receive: Receive, most_bytes: int) -> Receive:
    n_bytes = 0

    async def receive_some() -> Message:
        nonlocal n_bytes
        message = await receive()
        n_bytes += len(message.get("body", b""))
        if n_bytes > most_bytes:
            raise HTTPException(413, f"the form has more than {most_bytes:,} bytes")
        return message

    return receive_some
