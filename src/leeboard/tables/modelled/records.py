"""Records to rows of their parts, one record at a time: any encoding, any shape."""

from collections.abc import Sequence
from typing import Any

import msgspec

from leeboard.tables.captured.envelopes import Metadata, Payload, Payloads
from leeboard.tables.captured.payloads import UnreadableError
from leeboard.tables.modelled.contents import HINT, Content
from leeboard.tables.modelled.locators import ABSENT, Locator, records_in
from leeboard.tables.modelled.rows import FeatureNames, as_cell, locators_of, side_by_side
from leeboard.tables.options import ReadOptions, Row
from leeboard.tables.parts import LABEL, PROBABILITY


class LabelledRecord(msgspec.Struct, gc=False):
    """One request, with its label if it was merged; fields are spelled as in the file."""

    captureData: Payloads  # noqa: N815
    groundTruthData: Payload | None = None  # noqa: N815
    eventMetadata: Metadata = msgspec.field(default_factory=Metadata)  # noqa: N815
    targetModel: str | None = None  # noqa: N815


class ModelRows:
    """Makes rows of the parts of records as the options say."""

    def __init__(self, options: ReadOptions) -> None:
        assert options.parts is not None  # noqa: S101 - who wants no parts has another table
        self._parts = options.parts
        self._locators = locators_of(options.parts)
        self._label = self._locators.get(LABEL)
        self._answer = {name: one for name, one in self._locators.items() if name != LABEL}
        self._names = FeatureNames(options)
        self._path = Locator(options.features_path, "features_path") if options.features_path else None

    def of_traffic(self, record: LabelledRecord) -> list[dict[str, Any]]:
        """The rows of a captured or merged record; without ground truth, their label is missing.

        Raises:
            UnreadableError: a part cannot be read, or the parts do not fit together.
        """
        label, data = record.groundTruthData, record.captureData
        values = {LABEL: self._labels(Content.of(label, "ground truth"))} if label is not None else {}
        whole = self._output(data)
        output, joined = whole.divided() if whole else (None, None)
        values |= self._answers(output, whole)
        rows = side_by_side(values, self._features_of(data, output, joined))
        return rows if LABEL in values else [{LABEL: None, **row} for row in rows]

    def of_value(self, value: Any, *, is_output: bool = False) -> list[dict[str, Any]]:
        """The rows of a JSON record of a data set, or of one that a transform job joined with its answer.

        Args:
            is_output: whether a model wrote it.

        Raises:
            UnreadableError: as above.
        """
        whole = Content("record", [value])
        output, given = whole.divided()
        values = {
            name: (output if name != LABEL and output.has(locator) else whole).values(locator)
            for name, locator in self._locators.items()
        }
        if given is not None and self._label and given.has(self._label):
            values[LABEL] = given.values(self._label)
        if is_output and self._has_sole_output:
            values[PROBABILITY] = output.sole_values("score")
        features = self._features(given or output, is_rest=True) if self._parts.reads_features else None
        return side_by_side(values, features)

    def of_row(self, row: Row) -> dict[str, Any]:
        """A row that a script made: the parts are cells of it; its label may be missing.

        Raises:
            UnreadableError: a part that is no label has no cell.
        """
        found = {name: locator.of_row(row) for name, locator in self._answer.items()}
        if absent := [name for name, cell in found.items() if cell is ABSENT]:
            locator = self._answer[absent[0]]
            there = ", ".join(map(str, row)) or "none"
            raise UnreadableError(
                f"the script gave no field {locator.text!r} for the {locator.part}; fields there: {there}"
            )
        if self._label and (label := self._in_row(self._label, row)) is not ABSENT:
            found = {LABEL: label} | found
        if not self._parts.reads_features:
            return found
        (rest,) = self._without_parts(Content("row", [row], is_csv=not isinstance(row, dict))).items
        return found | self._names.named(rest)

    def labels_of(self, record: Any, n_rows: int) -> list[Any]:
        """The labels of a record that is a Python object, for rows that a script made of it.

        Raises:
            UnreadableError: it has labels, but not as many.
        """
        truth = record.get("groundTruthData") if isinstance(record, dict) else None
        if not isinstance(truth, dict) or not n_rows:
            return [None] * n_rows
        data = truth.get("data")
        text = data if isinstance(data, str) else msgspec.json.encode(data).decode()
        labels = self._labels(Content.of(Payload(text, truth.get("encoding")), "ground truth"))
        if len(labels) != n_rows:
            raise UnreadableError(f"{n_rows} rows of the script for {len(labels)} in the ground truth")
        return [as_cell(label) for label in labels]

    def _in_row(self, locator: Locator, row: Row) -> Any:
        is_there = isinstance(row, dict) or (locator.index is not None and locator.index < len(row))
        return locator.of_row(row) if is_there else ABSENT

    @property
    def _has_sole_output(self) -> bool:
        return self._parts.sole_output_is_probability and not self._answer

    def _labels(self, content: Content) -> list[Any]:
        """By the locator if it finds something, else the only value of each record, or a list of all."""
        has_more = content.is_csv and any(len(row) > 1 for row in content.items)
        by_locator = self._label is not None and (has_more or content.has(self._label))
        labels = content.values(self._label) if by_locator else content.sole_values("label")  # type: ignore[arg-type]
        return labels[0] if len(labels) == 1 and isinstance(labels[0], list) else labels

    def _output(self, data: Payloads) -> Content | None:
        """The answer, with the input that a transform job may have joined with it."""
        stored = data.endpointOutput or data.batchTransformOutput
        return None if stored is None else Content.of(stored, "output")

    def _answers(self, output: Content | None, whole: Content | None) -> dict[str, list[Any]]:
        """What is found in the answer, else by a path that begins at the record as it is stored."""
        if not self._answer and not self._has_sole_output:
            return {}
        if output is None or whole is None:
            raise UnreadableError("no output in captureData")
        if self._has_sole_output:
            return {PROBABILITY: output.sole_values("score")}
        return {
            name: (whole if whole.has(locator) and not output.has(locator) else output).values(locator)
            for name, locator in self._answer.items()
        }

    def _features_of(
        self, data: Payloads, output: Content | None, joined: Content | None
    ) -> list[dict[str, Any]] | None:
        if not self._parts.reads_features:
            return None
        if data.endpointInput is not None:
            return self._features(Content.of(data.endpointInput, "input"))
        if data.batchTransformOutput is not None and output is not None:
            return self._features(joined or output, is_rest=joined is None)
        raise UnreadableError("no input in captureData, and features are wanted")

    def _features(self, content: Content, *, is_rest: bool = False) -> list[dict[str, Any]]:
        """The features of each record.

        Args:
            is_rest: whether they are what is left beside the other parts.
        """
        if content.is_csv or self._path is None:
            rows = (self._without_parts(content) if is_rest else content).rows()
        else:
            rows = self._chosen(content, self._path)
        return [self._names.named(row) for row in rows]

    def _without_parts(self, content: Content) -> Content:
        return content.without(list(self._locators.values()))

    def _chosen(self, content: Content, path: Locator) -> list[Row]:
        """What the path finds: in each document, or in each record of it."""
        rows: list[Row] = []
        for document in content.items:
            found = [path.find(document)]
            if found == [ABSENT]:
                found = [path.find(record) for record in records_in(document)]
            if ABSENT in found:
                raise UnreadableError(f"features_path {path.text!r} finds nothing in the {content.place}")
            rows += [row for one in found for row in _rows_found(one)]
        return rows


def _rows_found(value: Any) -> Sequence[Row]:
    """One row of scalars, one of names, or several of either."""
    if isinstance(value, dict):
        return [value]
    if not isinstance(value, list):
        return [[value]]
    if value and all(isinstance(one, list | dict) for one in value):
        return value
    if any(isinstance(one, list | dict) for one in value):
        raise UnreadableError(f"features are lists and single values mixed; {HINT} that finds one kind")
    return [value]
