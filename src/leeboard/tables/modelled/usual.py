"""Traffic in the usual case, payloads of CSV and one row each, to rows: texts of a kind parsed at once."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import msgspec
import polars as pl

from leeboard.tables.captured.envelopes import Metadata
from leeboard.tables.captured.payloads import csv_rows
from leeboard.tables.cells.naming import named_by_position
from leeboard.tables.modelled.answers import JsonAnswers
from leeboard.tables.modelled.rows import locators_of
from leeboard.tables.options import ReadOptions
from leeboard.tables.parts import LABEL, PROBABILITY
from leeboard.tables.text.delimited import BLANKS, parse
from leeboard.tables.text.jsontext import REFUSED
from leeboard.tables.text.lines import count_breaks
from leeboard.tables.text.quoting import escapes_in

_SPECIAL = '",\n\r{'
_ROWS_AT_ONCE = 1 << 16

# The decoder itself checks that a record is of the usual kind. Fields are spelled as in the file.


class _Csv(msgspec.Struct, gc=False):
    data: str
    encoding: Literal["CSV"]


class _Json(msgspec.Struct, gc=False):
    data: str
    encoding: Literal["JSON"]


class _Ids(msgspec.Struct, gc=False):
    eventId: str | None = None  # noqa: N815
    inferenceId: str | None = None  # noqa: N815


class _IdsAndTime(Metadata, gc=False):
    eventId: str | None = None  # noqa: N815
    inferenceId: str | None = None  # noqa: N815


@dataclass(slots=True)
class Texts:
    """Of each record the text of its label, output and input; a list is empty where there are none."""

    labels: list[str] = field(default_factory=list)
    outputs: list[str] = field(default_factory=list)
    inputs: list[str] = field(default_factory=list)
    ids: list[str | None] = field(default_factory=list)
    n_records: int = 0

    def takes(self, other: "Texts") -> bool:
        """Takes the others in, if they are of the same kind: all with labels, or all without."""
        if self.n_records and other.n_records and bool(self.labels) != bool(other.labels):
            return False
        self.labels += other.labels
        self.outputs += other.outputs
        self.inputs += other.inputs
        self.n_records += other.n_records
        return True


class UsualRows:
    """Makes rows of records in the usual case.

    Args:
        keep: which records are wanted; None for all.
        reads_ids: whether the ids that labels know records by are wanted: inference ids, else event ids.
    """

    def __init__(
        self, options: ReadOptions, keep: Callable[[Any], bool] | None, *, reads_ids: bool = False
    ) -> None:
        assert options.parts is not None  # noqa: S101 - who wants no parts has another table
        self._options = options
        self._parts = options.parts
        self._keep, self._reads_ids = keep, reads_ids
        answers = {name: one for name, one in locators_of(options.parts).items() if name != LABEL}
        self._is_sole = not answers and options.parts.sole_output_is_probability
        indices = {name: one.index for name, one in answers.items() if one.index is not None}
        self._cells = {PROBABILITY: 0} if self._is_sole else indices
        self._json = JsonAnswers(answers) if answers and not indices else None
        self._can = self._json.can if self._json else len(indices) == len(answers)
        self._has_answers = bool(answers) or self._is_sole
        sides: list[Any] = []
        if self._has_answers:
            sides.append(("endpointOutput", _Json if self._json else _Csv))
        if options.parts.reads_features:
            sides.append(("endpointInput", _Csv))
        payloads = msgspec.defstruct("UsualPayloads", sides, gc=False)
        selected: list[Any] = []
        if reads_ids or keep is not None:
            metadata: Any = Metadata if not reads_ids else _Ids if keep is None else _IdsAndTime
            selected = [
                ("eventMetadata", metadata, msgspec.field(default_factory=metadata)),
                ("targetModel", str | None, None),
            ]
        fields: list[Any] = [("captureData", payloads), ("groundTruthData", _Csv | None, None), *selected]
        self._decoder: Any = msgspec.json.Decoder(msgspec.defstruct("UsualRecord", fields, gc=False))

    def texts(self, lines: bytes | bytearray) -> Texts | None:
        """The texts of the records in some lines; None if a line is not as usual."""
        if not self._can:
            return None
        try:
            records = self._decoder.decode_lines(lines)
        except REFUSED:
            return None
        if len(records) != count_lines(lines):
            return None
        if self._keep is not None:
            records = [record for record in records if self._keep(record)]
        truths = [record.groundTruthData for record in records]
        n_labels = len(truths) - truths.count(None)
        if n_labels not in (0, len(records)):
            return None
        payloads = [record.captureData for record in records]
        return Texts(
            [truth.data for truth in truths] if n_labels else [],
            [payload.endpointOutput.data for payload in payloads] if self._has_answers else [],
            [payload.endpointInput.data for payload in payloads] if self._parts.reads_features else [],
            _ids(records) if self._reads_ids else [],
            len(records),
        )

    def frame(self, texts: Texts) -> pl.DataFrame | None:
        """The rows; None if some are not as usual."""
        if not texts.n_records:
            return pl.DataFrame()
        labels = _cells(texts.labels) if texts.labels else [_nulls(texts.n_records)]
        answers = self._answers(texts.outputs) if self._has_answers else {}
        inputs = _cells(texts.inputs) if texts.inputs else []
        if labels is None or answers is None or inputs is None or len(labels) > 1:
            return None
        return self._with_features({LABEL: labels[0], **answers}, inputs)

    def _answers(self, outputs: list[str]) -> dict[str, pl.Series] | None:
        if self._json:
            return self._json.columns(outputs)
        cells = _cells(outputs)
        if cells is None or (self._is_sole and len(cells) > 1) or max(self._cells.values()) >= len(cells):
            return None
        return {name: cells[index] for name, index in self._cells.items()}

    def _with_features(
        self, columns: dict[str, pl.Series], inputs: Sequence[pl.Series]
    ) -> pl.DataFrame | None:
        names = self._parts.features
        dropped = self._options.excluded_positions
        n_dropped = sum(position < len(inputs) for position in dropped)
        if inputs and names is not None and len(inputs) - len(names) not in (0, n_dropped):
            return None
        features = named_by_position(names, inputs, dropped) if inputs else {}
        excluded = self._options.excluded_names
        columns |= {name: cells for name, cells in features.items() if name not in excluded}
        return pl.DataFrame([cells.alias(name) for name, cells in columns.items()])


def count_lines(text: bytes | bytearray) -> int:
    """How many lines there are."""
    return count_breaks(text) + (not text.endswith(b"\n"))


def _ids(records: Sequence[Any]) -> list[str | None]:
    metadata = [record.eventMetadata for record in records]
    return [one.inferenceId or one.eventId for one in metadata]


def _nulls(n: int) -> pl.Series:
    return pl.repeat(None, n, dtype=pl.String, eager=True)


def _cells(texts: list[str]) -> list[pl.Series] | None:
    """The cells of rows by position; None unless each text is one row, and all have as many cells."""
    if len(cells := csv_rows(texts[0])) != 1:
        return None
    if len(cells[0]) == 1:
        sole = sole_cells(pl.Series(texts, dtype=pl.String))
        return None if sole is None else [sole]
    return _parsed(texts, len(cells[0]))


def sole_cells(texts: pl.Series) -> pl.Series | None:
    """The only cell of rows; None if the text of a row needs parsing."""
    if are_without(texts, _SPECIAL + BLANKS) and texts.str.len_bytes().min() != 0:
        return texts
    cells = texts.str.strip_chars_end("\r\n")
    if cells.str.contains_any(list(_SPECIAL)).any():
        return None
    cells = cells.str.strip_chars(BLANKS)
    is_empty = cells == ""
    return cells.set(is_empty, None) if is_empty.any() else cells


def are_without(texts: pl.Series, characters: str) -> bool:
    """Whether none of the characters is in any text; many short texts are faster searched as one."""
    for start in range(0, len(texts), _ROWS_AT_ONCE):
        joined = texts.slice(start, _ROWS_AT_ONCE).str.join("").item()
        if any(character in joined for character in characters):
            return False
    return True


def _parsed(texts: list[str], width: int) -> list[pl.Series] | None:
    joined = "\n".join(texts)
    if joined.count("\n") >= len(texts):
        joined = "\n".join([text.rstrip("\r\n") for text in texts])
        if joined.count("\n") >= len(texts):
            return None
    data = joined.encode(errors="replace")
    parsed = parse(data, width, escapes=escapes_in(data))
    is_usual = not parsed.odd and parsed.frame.shape == (len(texts), width)
    return parsed.frame.get_columns() if is_usual else None
