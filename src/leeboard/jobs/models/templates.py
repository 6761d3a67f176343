"""Clarify's templates: JSON texts with places for the features of a record, or for all records."""

import re
from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from leeboard.errors import InputError

_PLACE = re.compile(r'"\$\{(?P<feature>[^}]*)\}"|\$(?P<word>features_kvp|feature_names|features)\b')
_RECORDS = re.compile(r"\$(records|record)\b")
_encode = msgspec.json.Encoder().encode

Values = Sequence[Any]


class RecordTemplate:
    """One record as JSON text.

    >>> RecordTemplate('{"x": $features, "a": "${A}"}', ["A", "B"]).filled([1, None])
    b'{"x": [1,null], "a": 1}'
    >>> RecordTemplate("$features_kvp", ["A", "B"]).filled([1, "u"])
    b'{"A":1,"B":"u"}'

    Args:
        text: with `$features` and `$feature_names`, with `$features_kvp`, or `"${NAME}"` for one feature.
        names: of the features.

    Raises:
        InputError: there is no such place in it, or no feature of a name.
    """

    def __init__(self, text: str, names: Sequence[str]) -> None:
        self._names = list(names)
        self._pieces: list[bytes | Callable[[Values], bytes]] = []
        end = 0
        for place in _PLACE.finditer(text):
            self._pieces += [text[end : place.start()].encode(), self._filler(place)]
            end = place.end()
        if not end:
            raise InputError(
                f"the template {text!r} has no place for the features of a record, such as $features"
            )
        self._pieces.append(text[end:].encode())

    def filled(self, values: Values) -> bytes:
        """With the features of one record in their order."""
        return b"".join(piece if isinstance(piece, bytes) else piece(values) for piece in self._pieces)

    def _filler(self, place: "re.Match[str]") -> Callable[[Values], bytes]:
        if (feature := place["feature"]) is not None:
            at = self._position(feature)
            return lambda values: _encode(values[at])
        if place["word"] == "features":
            return _encode
        if place["word"] == "features_kvp":
            names = self._names
            return lambda values: _encode(dict(zip(names, values, strict=True)))
        known = _encode(self._names)
        return lambda values: known

    def _position(self, feature: str) -> int:
        if feature not in self._names:
            known = ", ".join(self._names)
            raise InputError(f"the record template names a feature {feature!r}; the features are: {known}")
        return self._names.index(feature)


class ContentTemplate:
    """The records of one request as JSON text.

    Attributes:
        is_single: whether a request takes one record.

    >>> ContentTemplate('{"instances": $records}').filled([b"[1]", b"[2]"])
    b'{"instances": [[1],[2]]}'

    Raises:
        InputError: there is no place for records in it, or more than one.
    """

    def __init__(self, text: str) -> None:
        places = list(_RECORDS.finditer(text))
        if len(places) != 1:
            raise InputError(
                f"the content template {text!r} has {len(places)} places for records; "
                "it needs one $records, or one $record for a record at a time"
            )
        self.is_single = places[0][1] == "record"
        self._head, self._tail = text[: places[0].start()].encode(), text[places[0].end() :].encode()

    def filled(self, records: Sequence[bytes]) -> bytes:
        joined = b",".join(records)
        return self._head + (joined if self.is_single else b"[" + joined + b"]") + self._tail
