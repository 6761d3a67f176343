"""Makes of a JSON document the parameters of an operation, and checks them on the way.

A reader is made of a shape once: a function from what came to what the operation gets. Members that the model
does not know are left out, as AWS does, so that newer clients may send them. A null is an absent member.
"""

from collections.abc import Callable
from functools import cache
from typing import Any

from leeboard.api.wire.faults import breach, hidden_breach, invalid, wrong_type
from leeboard.api.wire.models import operation_model, service_model
from leeboard.api.wire.scalars import Scalar, scalar, sized

Reader = Callable[[Any, str, list[str]], Any]
"""From a value, the place where it stands and the list of breaches, to which it adds."""


def decode(service: str, operation: str, document: Any) -> dict[str, Any]:
    """The parameters of an operation.

    Raises:
        MalformedRequestError: a member is of the wrong type.
        InvalidRequestError: members break the constraints of the model; all are told.
    """
    shape = operation_model(service, operation).input_shape
    if shape is None:
        return {}
    breaches: list[str] = []
    params: dict[str, Any] = _reader(service, shape.name)(document, "", breaches)
    if breaches:
        raise invalid(breaches)
    return params


@cache
def _reader(service: str, name: str) -> Reader:
    return reader_of(service, service_model(service).shape_for(name))


def reader_of(service: str, shape: Any) -> Reader:
    """The reader of any shape."""
    if found := scalar(shape):
        return _scalar(found)
    return {"structure": _structure, "list": _list, "map": _map}[shape.type_name](service, shape)


def _scalar(kind: Scalar) -> Reader:
    read, find_breaches = kind.read, kind.breaches
    if find_breaches is None:
        return lambda value, where, breaches: read(value, where)

    def reader(value: Any, where: str, breaches: list[str]) -> Any:
        result = read(value, where)
        if found := find_breaches(result):
            breaches += [
                hidden_breach(where, text) if kind.is_secret else breach(where, value, text) for text in found
            ]
        return result

    return reader


def _structure(service: str, shape: Any) -> Reader:
    members: dict[str, tuple[str, Reader]] = {}
    names = {name: _label(name) for name in shape.members}
    required = [(name, names[name]) for name in shape.required_members]
    is_union = bool(getattr(shape, "is_tagged_union", False))

    def reader(value: Any, where: str, breaches: list[str]) -> Any:
        if value.__class__ is not dict:
            raise wrong_type(where, "an object", value)
        if not members:  # made late, since shapes may hold themselves
            made = {n: (names[n], _reader(service, m.name)) for n, m in shape.members.items()}
            members.update(made)
        prefix = f"{where}." if where else ""
        result = {}
        for name, item in value.items():
            if item is not None and name in members:
                label, read = members[name]
                result[name] = read(item, prefix + label, breaches)
        for name, label in required:
            if name not in result:
                breaches.append(breach(prefix + label, None, "not be null"))
        if is_union and len(result) != 1:
            breaches.append(breach(where, value, f"have exactly one of the members {', '.join(names)}"))
        return result

    return reader


def _list(service: str, shape: Any) -> Reader:
    find_sizes = sized(shape.metadata)
    kind = scalar(shape.member)

    def reader(value: Any, where: str, breaches: list[str]) -> Any:
        if value.__class__ is not list:
            raise wrong_type(where, "a list", value)
        breaches += [breach(where, value, text) for text in find_sizes(value)]
        if kind is not None:
            return _scalars(kind, value, where, breaches)
        read = _reader(service, shape.member.name)
        result = []
        for at, item in enumerate(value, 1):
            place = f"{where}.{at}.member"
            if item is None:
                breaches.append(breach(place, None, "not be null"))
            else:
                result.append(read(item, place, breaches))
        return result

    return reader


def _scalars(kind: Scalar, value: list[Any], where: str, breaches: list[str]) -> list[Any]:
    """A list of single values, of which AWS tells the whole list and each constraint once."""
    result = [kind.read(item, where) for item in value]
    if kind.breaches is not None and (texts := _each_once(kind, result)):
        _tell_of_parts("satisfy constraint", kind, texts, value, where, breaches)
    return result


def _map(service: str, shape: Any) -> Reader:
    find_sizes = sized(shape.metadata)
    key_kind, value_kind = scalar(shape.key), scalar(shape.value)

    def reader(value: Any, where: str, breaches: list[str]) -> Any:
        if value.__class__ is not dict:
            raise wrong_type(where, "an object", value)
        breaches += [breach(where, value, text) for text in find_sizes(value)]
        if key_kind is not None and (texts := _each_once(key_kind, list(value))):
            _tell_of_parts("have keys that satisfy constraint", key_kind, texts, value, where, breaches)
        if value_kind is None:
            read = _reader(service, shape.value.name)
            return {k: read(item, f"{where}.{k}.member", breaches) for k, item in value.items()}
        result = {k: value_kind.read(item, where) for k, item in value.items()}
        if texts := _each_once(value_kind, list(result.values())):
            _tell_of_parts("have values that satisfy constraint", value_kind, texts, value, where, breaches)
        return result

    return reader


def _each_once(kind: Scalar, values: list[Any]) -> list[str]:
    if kind.breaches is None:
        return []
    return list(dict.fromkeys(text for item in values for text in kind.breaches(item)))


def _tell_of_parts(
    words: str, kind: Scalar, texts: list[str], value: Any, where: str, breaches: list[str]
) -> None:
    constraint = f"{words}: [{', '.join(f'Member must {text}' for text in texts)}]"
    breaches.append(hidden_breach(where, constraint) if kind.is_secret else breach(where, value, constraint))


def _label(name: str) -> str:
    return name[:1].lower() + name[1:]
