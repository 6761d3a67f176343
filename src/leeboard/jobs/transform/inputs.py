"""The objects that a transform job reads."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from leeboard import storage
from leeboard.errors import InputError, NoDataError
from leeboard.formats.reading import read_manifest
from leeboard.jobs.transform.order import MB, TransformOrder

MAX_MANIFEST_BYTES = 64 * MB
ENDING = ".out"
_UNKNOWN_SIZE = 1


@dataclass(frozen=True, slots=True)
class InputObject:
    """An object, and its name below the prefix that all of the job's objects share."""

    uri: str
    name: str
    output_uri: str


@dataclass(frozen=True, slots=True)
class Inputs:
    """What there is to do.

    Attributes:
        prefix: with a name behind it, the URI of an object.
        skipped: names of objects without a byte, where the listing tells.
    """

    prefix: str
    objects: tuple[InputObject, ...]
    skipped: tuple[str, ...] = ()


def find_inputs(order: TransformOrder) -> Inputs:
    """The objects of a job, in the order of their names, or of the manifest.

    Raises:
        NoDataError: there are none, or all are empty.
        InputError: two of them would be answered in one object.
    """
    prefix, sizes = _of_manifest(order.source) if order.is_manifest else _below(order.source)
    if not any(sizes.values()):
        found = f"{len(sizes)} objects there, all empty" if sizes else "there are no objects"
        raise NoDataError(f"no data to transform: looked at {order.source}, {found}")
    names = [name for name, size in sizes.items() if size]
    outputs = [storage.join(order.output, name + ENDING) for name in names]
    _check_distinct(names, outputs)
    objects = (InputObject(prefix + name, name, uri) for name, uri in zip(names, outputs, strict=True))
    return Inputs(prefix, tuple(objects), tuple(name for name, size in sizes.items() if not size))


def _below(source: str) -> tuple[str, dict[str, int]]:
    """The object of that name and those below it; else those whose names begin with it."""
    root = storage.join(source)
    folder = root[: root.rfind("/") + 1]
    found = list(storage.list_objects(source, missing_ok=True))
    if not found and folder and not source.endswith("/"):
        found = [one for one in storage.list_objects(folder, missing_ok=True) if one.uri.startswith(root)]
    if all(one.uri.startswith(root + "/") for one in found):
        folder = root + "/"
    return folder, {one.uri.removeprefix(folder): one.size_bytes for one in found}


def _of_manifest(uri: str) -> tuple[str, dict[str, int]]:
    text = storage.read_range(uri, 0, MAX_MANIFEST_BYTES + 1)
    if len(text) > MAX_MANIFEST_BYTES:
        raise InputError(f"the manifest {uri} has more than {MAX_MANIFEST_BYTES // MB} MB; make several jobs")
    manifest = read_manifest(text, uri)
    if storage.is_local(manifest.prefix) != storage.is_local(uri):
        raise InputError(f"the manifest {uri} names objects below {manifest.prefix}, a place of another kind")
    return manifest.prefix, dict.fromkeys(manifest.names, _UNKNOWN_SIZE)


def _check_distinct(names: Sequence[str], outputs: Iterable[str]) -> None:
    seen: dict[str, str] = {}
    for name, uri in zip(names, outputs, strict=True):
        if uri in seen:
            raise InputError(f"the inputs {seen[uri]!r} and {name!r} would both be answered in {uri}")
        seen[uri] = name
