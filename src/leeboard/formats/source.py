"""JSON text to models, with errors that say where in the text and what was there instead."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails, from_json, to_json

from leeboard.errors import FormatError

M = TypeVar("M", bound=BaseModel)

MAX_SHOWN = 60
BYTE_ORDER_MARK = b"\xef\xbb\xbf"
POSITION = re.compile(r"(?P<what>.*) at line (?P<line>\d+) column (?P<column>\d+)", re.DOTALL)
WANTED = {
    "float": "a number",
    "int": "a whole number",
    "string": "a text",
    "bool": "true or false",
    "list": "a list",
    "model": "an object",
    "dict": "an object",
}
"""By the first word of pydantic's error type."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where a text came from.

    Args:
        uri: the file; empty for a text that is in no file.
        line: the line of the file that the text is, from 1; None for the whole file.
    """

    uri: str = ""
    line: int | None = None

    def error(self, what: str, line: int | None = None) -> FormatError:
        """A FormatError that begins with this source."""
        place = self.uri or "the JSON text"
        if self.line is not None:
            place += f", line {self.line}"
        return FormatError(f"{place}: {what}", self.uri, self.line or line)

    def parse(self, text: str | bytes) -> Any:
        """The JSON document in the text."""
        raw = text.encode() if isinstance(text, str) else text
        raw = raw.removeprefix(BYTE_ORDER_MARK)
        if not raw.strip():
            raise self.error("empty; expected a JSON document")
        try:
            return from_json(raw)
        except ValueError as broken:
            raise self._broken_json(str(broken)) from None

    def fit(self, model: type[M], document: Any) -> M:
        """The document as a model."""
        try:
            return model.model_validate(document)
        except ValidationError as wrong:
            raise self._misfit(wrong, document) from None

    def _broken_json(self, complaint: str) -> FormatError:
        found = POSITION.fullmatch(complaint)
        if found is None:
            return self.error(f"not JSON: {complaint}")
        line, column = int(found["line"]), int(found["column"])
        where = f"column {column}" if self.line is not None else f"line {line}, column {column}"
        return self.error(f"not JSON: {found['what']} ({where})", line)

    def _misfit(self, wrong: ValidationError, document: Any) -> FormatError:
        faults: dict[str, list[str]] = {}
        for error in wrong.errors(include_url=False):
            found, wanted = _fault(error, document)
            faults.setdefault(found, []).append(wanted)
        found, wanted_there = next(iter(faults.items()))
        more = f" (and {len(faults) - 1} more such faults)" if len(faults) > 1 else ""
        return self.error(f"{found} {' or '.join(wanted_there)}{more}")


def _fault(error: ErrorDetails, document: Any) -> tuple[str, str]:
    """What is there, and what should be; a union of types fails once for each of them."""
    path, value = _walk(error["loc"], document)
    place = path or "the document"
    if error["type"] == "missing":
        return f"{place} has no {error['loc'][-1]!r}; keys there:", ", ".join(value) or "none"
    return f"{place} is {shown(value)}; expected", _wanted(error)


def _walk(steps: Sequence[int | str], document: Any) -> tuple[str, Any]:
    """The path as people write it and the value there; steps that name no place are left out."""
    path, value = "", document
    for step in steps:
        if isinstance(value, dict) and step in value:
            path, value = f"{path}.{step}" if path else str(step), value[step]
        elif isinstance(value, list) and isinstance(step, int):
            path, value = f"{path}[{step}]", value[step]
    return path, value


def _wanted(error: ErrorDetails) -> str:
    if error["type"] == "literal_error":
        return str(error["ctx"]["expected"])
    return WANTED.get(error["type"].split("_")[0]) or error["msg"].removeprefix("Input should be ")


def shown(value: Any) -> str:
    """A JSON value, cut where it gets long."""
    text = to_json(value, inf_nan_mode="constants").decode()
    return text if len(text) <= MAX_SHOWN else text[: MAX_SHOWN - 1] + "…"
