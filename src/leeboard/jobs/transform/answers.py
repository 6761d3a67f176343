"""What the model answered to a payload, as the bytes that are stored of it."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import blake2b
from itertools import count
from typing import Any, cast
from uuid import UUID

from leeboard.errors import InputError
from leeboard.formats.manifest import INFERENCE_ID, INFERENCE_TIME, JOINED_INPUT, JOINED_OUTPUT
from leeboard.jobs.transform.kinds import Kind, kind_of
from leeboard.jobs.transform.order import TransformOrder
from leeboard.jobs.transform.payloads import Payload
from leeboard.jobs.transform.records import as_json, cells_of, line_of, records_in, selected, written

TIME = "%Y-%m-%dT%H:%M:%SZ"


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back for a payload."""

    status: int
    body: bytes
    content_type: str | None = None


def stored(payload: Payload, answer: Answer, order: TransformOrder) -> bytes:
    """The answer as it goes into the output object.

    Records that the job has taken apart stand on lines of their own, whatever `AssembleWith` says: they
    could not be told apart otherwise.

    Raises:
        InputError: its records do not fit those of the payload, or cannot be read.
    """
    if not order.changes_answers:
        return _ended(answer.body) if order.is_assembled else answer.body
    kind = _kind(answer, order)
    records = _spread(records_in(answer.body, kind), kind, payload)
    if order.joins:
        records, kind = _joined(payload, records, kind, order)
    try:
        records = [selected(record, order.output_filter, kind) for record in records]
    except InputError as error:
        raise InputError(f"OutputFilter: {error}") from error
    if order.makes_ids:
        marks = _marks(payload, order)
        records = [_marked(record, kind, next(marks), order) for record in records]
    text = written(records, kind)
    return _ended(text) if order.is_assembled or order.is_split or kind == "csv" else text


def _ended(text: bytes) -> bytes:
    return text if text.endswith(b"\n") else text + b"\n"


def _kind(answer: Answer, order: TransformOrder) -> Kind:
    """As it was asked for, else as the model says, else as it was sent."""
    kind = kind_of(order.accept) or kind_of(answer.content_type) or order.input_kind
    if kind is None:
        raise InputError(
            f"the answer is of type {answer.content_type or 'unknown'!r}; OutputFilter and "
            "GenerateInferenceId need CSV or JSON: give the type in Accept"
        )
    return kind


def _spread(records: list[Any], kind: Kind, payload: Payload) -> list[Any]:
    """The elements of one array, or of one line, that answers all records of a payload."""
    if payload.n_records == 1 or len(records) != 1:
        return records
    elements = records[0] if kind == "json" else cells_of(records[0])
    if not isinstance(elements, list) or len(elements) != payload.n_records:
        return records
    return elements if kind == "json" else [line_of([cell]) for cell in elements]


def _joined(
    payload: Payload, answers: list[Any], kind: Kind, order: TransformOrder
) -> tuple[list[Any], Kind]:
    """Each record with its answer; of the kind of the records."""
    own = cast(Kind, order.input_kind)  # the order is checked for it
    sent = records_in(payload.source, own, is_lines=order.is_split)
    if len(sent) != len(answers):
        raise InputError(
            f"{len(sent)} records were sent and {len(answers)} came back, so that they cannot be joined; "
            "with BatchStrategy SingleRecord each is asked for alone"
        )
    join = _beside if own == "csv" else _below
    return [join(one, answer, kind) for one, answer in zip(sent, answers, strict=True)], own


def _beside(line: str, answer: Any, kind: Kind) -> str:
    """A CSV line with the cells of its answer behind."""
    if kind == "csv":
        return f"{line},{answer}"
    cells = answer if isinstance(answer, list) else [answer]
    return f"{line},{line_of([cell if isinstance(cell, str) else as_json(cell) for cell in cells])}"


def _below(record: Any, answer: Any, kind: Kind) -> dict[str, Any]:
    """A JSON object with its answer under a key; what is no object gets a key too."""
    if kind == "csv":
        cells = [_value(cell) for cell in cells_of(answer)]
        answer = cells[0] if len(cells) == 1 else cells
    return (record if isinstance(record, dict) else {JOINED_INPUT: record}) | {JOINED_OUTPUT: answer}


def _value(cell: str) -> Any:
    """A cell that is a number as that number."""
    try:
        value = json.loads(cell)
    except ValueError:
        return cell
    return value if type(value) in (int, float) else cell


def _marked(record: Any, kind: Kind, inference_id: str, order: TransformOrder) -> Any:
    time = order.started_at.strftime(TIME)
    if kind == "csv":
        return f"{record},{inference_id},{time}"
    named = record if isinstance(record, dict) else {JOINED_OUTPUT: record}
    return named | {INFERENCE_ID: inference_id, INFERENCE_TIME: time}


def _marks(payload: Payload, order: TransformOrder) -> Iterator[str]:
    """Ids as unique as random ones, and the same again when a job is repeated after a crash."""
    place = (order.name, order.started_at.isoformat(), order.output, payload.item.uri, str(payload.number))
    seed = blake2b("\0".join(place).encode(errors="replace"), digest_size=16)
    for number in count():
        of_record = seed.copy()
        of_record.update(b"\0%d" % number)
        yield str(UUID(bytes=of_record.digest(), version=4))
