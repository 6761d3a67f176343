"""The body of an answer as what it says of each row: values for the label and for the probability."""

import ast
import csv
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from io import StringIO
from typing import Any

from leeboard.errors import InputError
from leeboard.jobs.models.connections import Answer
from leeboard.jobs.models.protocol import ModelProtocol
from leeboard.tables.cells.members import NestedError, rows_in
from leeboard.tables.cells.paths import compiled
from leeboard.tables.text.jsontext import decode

SHOWN = 120
"""Characters of an answer in messages."""
LABEL_KEYS = ("predicted_label", "label", "prediction", "class")
PROBABILITY_KEYS = ("probabilities", "scores", "probability", "score")
"""Where values are looked for in objects, if nobody says where they are."""


@dataclass(frozen=True, slots=True)
class Values:
    """What was said of some rows; None for what was not asked for, or is not there.

    A value is a scalar, or a list with an element for each class.
    """

    labels: list[Any] | None = None
    probabilities: list[Any] | None = None

    @property
    def all(self) -> list[list[Any]]:
        return [values for values in (self.labels, self.probabilities) if values is not None]


class AnswerReader:
    """Reads the answers of one model."""

    def __init__(self, protocol: ModelProtocol) -> None:
        self._protocol = protocol
        self._kind = protocol.wanted
        if self._kind != "csv":
            self._label = self._path("label", protocol.label)
            self._probability = self._path("probability", protocol.probability)

    def read(self, answer: Answer, n_rows: int) -> Values:
        """What an answer says of the rows that were sent.

        Raises:
            InputError: it cannot be read, or is not about so many rows.
        """
        read = {"csv": self._of_csv, "jsonlines": self._of_lines, "json": self._of_document}[self._kind]
        try:
            values = read(answer.body, n_rows)
        except (ValueError, csv.Error, NestedError) as error:
            raise InputError(
                f"the model's answer cannot be read as {self._protocol.accept} ({error}); its content type "
                f"is {answer.content_type or 'not told'}, and it begins with {_sample(answer.body)}"
            ) from None
        for found in values.all:
            if len(found) != n_rows:
                raise InputError(_wrong_count(n_rows, len(found), answer.body))
        return values

    def _path(self, name: str, given: int | str | None) -> Callable[[Any], Any] | None:
        """A position stands for an element of a list."""
        if given is None:
            return None
        text = f"[{given}]" if isinstance(given, int) else given
        return compiled(text, f"predictor.{name}")

    def _of_csv(self, body: bytes, n_rows: int) -> Values:
        lines = [row for row in csv.reader(StringIO(body.decode("utf-8-sig"), newline="")) if row]
        if len(lines) == 1 and n_rows > 1 and len(lines[0]) == n_rows:
            lines = [[cell] for cell in lines[0]]
        label, probability = self._protocol.label, self._protocol.probability
        if label is None and probability is None:
            return _guessed([[_cell(cell) for cell in line] for line in lines])
        return Values(
            None if label is None else [_at(line, int(label), "label") for line in lines],
            None if probability is None else [_at(line, int(probability), "probability") for line in lines],
        )

    def _of_lines(self, body: bytes, n_rows: int) -> Values:
        lines = [line for line in body.splitlines() if line.strip()]
        if len(lines) == 1 and n_rows > 1:
            return self._of_value(decode(lines[0]), n_rows)
        try:
            records = [decode(line) for line in lines]
        except ValueError:
            if len(lines) < 2:
                raise
            return self._of_value(decode(body), n_rows)  # one document over several lines
        return self._of_records(records)

    def _of_document(self, body: bytes, n_rows: int) -> Values:
        try:
            return self._of_value(decode(body), n_rows)
        except ValueError:
            lines = [line for line in body.splitlines() if line.strip()]
            if n_rows == 1 or len(lines) != n_rows:
                raise
            return self._of_records([decode(line) for line in lines])

    def _of_value(self, document: Any, n_rows: int) -> Values:
        """Paths lead from the whole document, or else from each of its records."""
        if self._label is None and self._probability is None:
            return _guessed(_records_of(document, n_rows))
        found = Values(
            _spread(self._label(document) if self._label else None, n_rows),
            _spread(self._probability(document) if self._probability else None, n_rows),
        )
        return found if found.all else self._of_records(_records_of(document, n_rows))

    def _of_records(self, records: list[Any]) -> Values:
        if self._label is None and self._probability is None:
            return _guessed(records)
        return Values(
            self._each(self._label, records, "label"),
            self._each(self._probability, records, "probability"),
        )

    def _each(self, path: Callable[[Any], Any] | None, records: list[Any], name: str) -> list[Any] | None:
        if path is None:
            return None
        found = [path(record) for record in records]
        if None in found:
            record = records[found.index(None)]
            expression = getattr(self._protocol, name)
            raise ValueError(f"{name} {expression!r} finds nothing in {_shown(record)}")
        return found


def _at(line: Sequence[str], position: int, name: str) -> Any:
    if position >= len(line):
        raise ValueError(f"{name} is column {position}, and there are {len(line)} columns")
    return _cell(line[position])


def _cell(text: str) -> Any:
    """A cell that holds a list, as text of JSON or of Python, as that list."""
    text = text.strip()
    if not (text.startswith("[") and text.endswith("]")):
        return text
    try:
        value = ast.literal_eval(text)
    except (ValueError, SyntaxError):
        return text
    return value if isinstance(value, list) else text


def _records_of(document: Any, n_rows: int) -> list[Any]:
    """The records of a document, well-known wrappers taken off."""
    if isinstance(document, dict) and len(document) == 1:
        (inner,) = document.values()
        if isinstance(inner, list | dict):
            return _records_of(inner, n_rows)
    if isinstance(document, list):
        is_of_one = (
            n_rows == 1 and len(document) > 1 and not any(isinstance(v, list | dict) for v in document)
        )
        return [document] if is_of_one else document
    if isinstance(document, dict) and any(isinstance(value, list) for value in document.values()):
        return [document]
    return list(rows_in(document))


def _spread(found: Any, n_rows: int) -> list[Any] | None:
    """What a path found in a whole document, row by row."""
    if found is None or found == []:
        return None
    if not isinstance(found, list):
        return [found]
    is_of_one = n_rows == 1 and (len(found) > 1 and not isinstance(found[0], list))
    return [found] if is_of_one else found


def _guessed(records: list[Any]) -> Values:
    """Numbers are scores, texts are labels; in objects, by the usual keys."""
    if records and all(isinstance(record, dict) for record in records):
        labels = _under(records, LABEL_KEYS)
        probabilities = _under(records, PROBABILITY_KEYS)
        if labels is None and probabilities is None:
            raise ValueError(
                f"nobody says where the prediction is in {_shown(records[0])}; set label or probability "
                "of the predictor to a JMESPath"
            )
        return Values(labels, probabilities)
    cells = [_sole(record) for record in records]
    is_score = all(_is_number(one) for cell in cells for one in (cell if isinstance(cell, list) else [cell]))
    return Values(None, cells) if is_score else Values(cells, None)


def _under(records: list[Any], keys: Sequence[str]) -> list[Any] | None:
    for key in keys:
        if all(key in record for record in records):
            return [record[key] for record in records]
    return None


def _sole(record: Any) -> Any:
    """Rows of one cell are that cell."""
    while isinstance(record, list) and len(record) == 1:
        record = record[0]
    return record


def _is_number(value: Any) -> bool:
    if isinstance(value, bool) or value is None:
        return False
    try:
        float(value)
    except (TypeError, ValueError):
        return False
    return True


def _wrong_count(n_rows: int, n_answers: int, body: bytes) -> str:
    return (
        f"the model was sent {n_rows} rows and gave {n_answers} answers; its answer begins with "
        f"{_sample(body)}: check content_type, accept_type and the templates of the predictor, and whether "
        "the model takes several records at a time"
    )


def _sample(body: bytes) -> str:
    text = body[: 4 * SHOWN].decode(errors="replace")
    return repr(text if len(text) <= SHOWN else text[:SHOWN] + "…")


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= SHOWN else text[:SHOWN] + "…"
