"""Universal Binary JSON, as XGBoost writes its models (draft 12 of the format)."""

import struct
from typing import Any

import numpy as np

from leeboard.errors import FormatError

NUMBERS = {"i": ">i1", "U": ">u1", "I": ">i2", "l": ">i4", "L": ">i8", "d": ">f4", "D": ">f8"}
CONSTANTS = {"Z": None, "T": True, "F": False}
DEEPEST = 64


def read_ubjson(data: bytes) -> Any:
    """The value of a whole file.

    Raises:
        FormatError: it is cut short, or no UBJSON.
    """
    try:
        return _Reader(data).value()
    except (struct.error, IndexError, UnicodeDecodeError, ValueError) as error:
        raise FormatError(f"the file is no whole UBJSON document: {error}") from error


class _Reader:
    def __init__(self, data: bytes) -> None:
        self._data, self._at, self._depth = data, 0, 0

    def value(self, marker: str = "") -> Any:
        marker = marker or self._marker()
        if marker in NUMBERS:
            return self._numbers(marker, 1)[0].item()
        if marker in CONSTANTS:
            return CONSTANTS[marker]
        if marker in "SH":
            return self._text()
        if marker == "C":
            return chr(self._take(1)[0])
        if marker in "[{":
            return self._container(marker)
        raise ValueError(f"{marker!r} at byte {self._at - 1} begins no value")

    def _container(self, marker: str) -> Any:
        self._depth += 1
        if self._depth > DEEPEST:
            raise ValueError(f"values are nested more than {DEEPEST} deep")
        kind, count = self._header()
        found = self._list(kind, count) if marker == "[" else self._object(kind, count)
        self._depth -= 1
        return found

    def _header(self) -> tuple[str, int | None]:
        kind = ""
        if self._peek() == "$":
            self._at += 1
            kind = self._marker()
        if self._peek() != "#":
            return kind, None
        self._at += 1
        return kind, self._length()

    def _list(self, kind: str, count: int | None) -> Any:
        if kind in NUMBERS and count is not None:
            return self._numbers(kind, count)
        found: list[Any] = []
        while len(found) != count and not (count is None and self._ends("]")):
            found.append(self.value(kind))
        return found

    def _object(self, kind: str, count: int | None) -> dict[str, Any]:
        found: dict[str, Any] = {}
        n_read = 0
        while n_read != count and not (count is None and self._ends("}")):
            key = self._text()
            found[key] = self.value(kind)
            n_read += 1
        return found

    def _ends(self, bracket: str) -> bool:
        if self._peek() != bracket:
            return False
        self._at += 1
        return True

    def _numbers(self, kind: str, count: int) -> Any:
        dtype = np.dtype(NUMBERS[kind])
        return np.frombuffer(self._take(dtype.itemsize * count), dtype)

    def _length(self) -> int:
        length = self._numbers(self._marker(), 1)[0].item()
        if not isinstance(length, int) or length < 0:
            raise ValueError(f"{length!r} is no length")
        return length

    def _text(self) -> str:
        return self._take(self._length()).decode()

    def _marker(self) -> str:
        marker = "N"
        while marker == "N":  # a marker that means nothing
            marker = chr(self._take(1)[0])
        return marker

    def _peek(self) -> str:
        return chr(self._data[self._at])

    def _take(self, size: int) -> bytes:
        if self._at + size > len(self._data):
            raise ValueError(f"it ends at byte {len(self._data)}, within a value")
        self._at += size
        return self._data[self._at - size : self._at]
