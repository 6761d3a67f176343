"""Makes of a form, as AWS's older services take them, the document that JSON would have had."""

import re
from collections.abc import Iterator
from typing import Any

from leeboard.api.wire.faults import MalformedRequestError
from leeboard.api.wire.models import operation_model

MAX_DEPTH = 32
_NUMBER = re.compile(r"[0-9]{1,9}")
_WHOLE = re.compile(r"[+-]?[0-9]{1,20}")

Tree = dict[str, Any]


def document_of(service: str, operation: str, fields: dict[str, str]) -> Any:
    """The document that says what the fields say; no number stays a text, which the reader refuses."""
    shape = operation_model(service, operation).input_shape
    return _value(shape, _tree(fields)) if shape is not None else {}


def _tree(fields: dict[str, str]) -> Tree:
    """`A.member.1.B=x` as `{"A": {"member": {"1": {"B": {"": "x"}}}}}`."""
    root: Tree = {}
    for name, text in fields.items():
        parts = name.split(".")
        if len(parts) > MAX_DEPTH or not all(parts):
            raise MalformedRequestError(f"the field {name[:64]!r} is no path of at most {MAX_DEPTH} names")
        node = root
        for part in parts:
            node = node.setdefault(part, {})
        node[""] = text
    return root


def _value(shape: Any, node: Tree) -> Any:
    kind = shape.type_name
    if kind == "structure":
        return {name: _value(m, node[name]) for name, m in shape.members.items() if name in node}
    if kind == "list":
        return [_value(shape.member, item) for item in _numbered(node.get("member", {}))]
    if kind == "map":
        entries = _numbered(node.get("entry", {}))
        return {
            _value(shape.key, item.get("key", {})): _value(shape.value, item.get("value", {}))
            for item in entries
        }
    return _scalar(kind, node.get("", ""))


def _numbered(node: Tree) -> Iterator[Tree]:
    return (node[name] for name in sorted(filter(_NUMBER.fullmatch, node), key=int))


def _scalar(kind: str, text: str) -> Any:
    if kind == "boolean":
        return {"true": True, "false": False}.get(text.lower(), text)
    if kind in ("integer", "long"):
        return int(text) if _WHOLE.fullmatch(text) else text
    if kind in ("float", "double"):
        try:
            return float(text)
        except ValueError:
            return text
    return text
