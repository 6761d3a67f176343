"""Objects to payloads: what is sent to the model in one request."""

import gzip
import zlib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import BinaryIO, cast

from leeboard import storage
from leeboard.errors import FormatError, InputError
from leeboard.jobs.transform.inputs import InputObject
from leeboard.jobs.transform.order import MB, TransformOrder
from leeboard.jobs.transform.records import filtered

_BROKEN = (EOFError, zlib.error, gzip.BadGzipFile)


@dataclass(frozen=True, slots=True)
class Payload:
    """The body of one request.

    Attributes:
        number: within its object, from 1.
        source: its records as the object has them, without the last line end.
        body: what is sent of them.
        lines: first and last line of them in the object; None if it was not split.
    """

    item: InputObject
    number: int
    source: bytes
    body: bytes
    n_records: int = 1
    lines: tuple[int, int] | None = None

    def __str__(self) -> str:
        if self.lines is None:
            return self.item.uri
        first, last = self.lines
        return f"{self.item.uri}, {f'line {first}' if first == last else f'lines {first} to {last}'}"


@dataclass(frozen=True, slots=True)
class _Record:
    line: int
    source: bytes
    sent: bytes


def payloads_of(item: InputObject, order: TransformOrder) -> Iterator[Payload]:
    """The payloads of an object in order, none if it is empty; no more than one of them is held.

    Raises:
        InputError: a record is too long, or cannot be filtered; names the line.
    """
    with _opened(item.uri, order.is_gzip) as stream:
        if order.is_split:
            yield from _batches(item, _records(stream, item.uri, order), order)
        else:
            yield from _whole(item, stream, order)


@contextmanager
def _opened(uri: str, is_gzip: bool) -> Iterator[BinaryIO]:
    with ExitStack() as stack:
        stream = stack.enter_context(storage.open_read(uri))
        if is_gzip:
            stream = cast(BinaryIO, stack.enter_context(gzip.GzipFile(fileobj=stream)))
        try:
            yield stream
        except _BROKEN as error:
            raise FormatError(
                f"{uri} cannot be unpacked with gzip: {error or 'it is cut off'}", uri
            ) from error


def _whole(item: InputObject, stream: BinaryIO, order: TransformOrder) -> Iterator[Payload]:
    source = stream.read(order.limit_bytes + 1)
    if not source:
        return
    body = filtered(source, order, item.uri)
    if max(len(source), len(body)) > order.limit_bytes:
        raise _too_long(item.uri, order, "split it with SplitType Line, or raise")
    yield Payload(item, 1, source, body)


def _records(stream: BinaryIO, uri: str, order: TransformOrder) -> Iterator[_Record]:
    """Lines that are not blank."""
    number, most = 0, order.limit_bytes + 2  # a line end is no part of a record
    while line := stream.readline(most):
        number += 1
        source = line.rstrip(b"\r\n")
        if not source.strip():
            continue
        sent = filtered(source, order, f"{uri}, line {number}", is_line=True)
        if max(len(source), len(sent)) > order.limit_bytes:
            raise _too_long(f"{uri}, line {number}", order, "raise")
        yield _Record(number, source, sent)


def _batches(item: InputObject, records: Iterator[_Record], order: TransformOrder) -> Iterator[Payload]:
    batch: list[_Record] = []
    number = size = 0
    for record in records:
        if batch and (not order.is_multi or size + len(record.sent) > order.limit_bytes):
            number += 1
            yield _payload(item, number, batch)
            batch, size = [], 0
        batch.append(record)
        size += len(record.sent) + 1
    if batch:
        yield _payload(item, number + 1, batch)


def _payload(item: InputObject, number: int, batch: list[_Record]) -> Payload:
    body = b"\n".join(record.sent for record in batch)
    is_same = all(record.sent is record.source for record in batch)
    source = body if is_same else b"\n".join(record.source for record in batch)
    return Payload(item, number, source, body, len(batch), (batch[0].line, batch[-1].line))


def _too_long(place: str, order: TransformOrder, remedy: str) -> InputError:
    most = f"the {order.limit_bytes // MB} MB that a payload may have"
    return InputError(f"{place}: more than {most}; {remedy} MaxPayloadInMB")
