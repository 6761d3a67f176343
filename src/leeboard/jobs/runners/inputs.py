"""Where the inputs of a job are: places of the job, and the URIs that stand for them.

The built-in programs read the store themselves, so that nothing is copied.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from leeboard.errors import FormatError, InputError, NotFoundError
from leeboard.formats.manifest import Manifest
from leeboard.formats.source import Source
from leeboard.jobs.runners.layout import checked
from leeboard.jobs.runners.order import Log, ProcessingOrder
from leeboard.storage import StoredObject, is_local, join, list_objects, local_path, read_bytes


def find_mounts(order: ProcessingOrder, log: Log) -> dict[str, str]:
    """URI of an object or a prefix, by the path at which the job sees it.

    Raises:
        NotFoundError: an input has no objects; begins with AWS's sentence.
        InputError: it cannot be read or is of a kind that leeboard does not read.
    """
    mounts: dict[str, str] = {}
    for given in order.request.get("ProcessingInputs") or []:
        name = str(given.get("InputName"))
        try:
            mounts.update(_mounts_of(name, given, order.region))
        except NotFoundError as missing:
            if name not in order.optional_inputs:
                raise
            log(f"input {name} is left out: {missing}")
    return mounts


def _mounts_of(name: str, given: Mapping[str, Any], region: str) -> Iterator[tuple[str, str]]:
    stored = given.get("S3Input")
    if not stored:
        raise InputError(
            f"the input {name} is no S3Input; leeboard reads no other kind, so copy the data to S3"
        )
    uri, place = (
        str(stored["S3Uri"]),
        checked(str(stored.get("LocalPath") or f"/opt/ml/processing/input/{name}")),
    )
    try:
        first = next(list_objects(uri), None)
        if first is None:
            raise NotFoundError(f"{uri} is an empty folder", uri)
        yield from _placed(uri, place.rstrip("/"), first, stored.get("S3DataType") == "ManifestFile")
    except NotFoundError as missing:
        raise NotFoundError(f"{_sentence(uri, region)}. {missing}", uri) from None


def _placed(uri: str, place: str, first: StoredObject, is_manifest: bool) -> Iterator[tuple[str, str]]:
    is_object = first.uri == (str(local_path(uri)) if is_local(uri) else uri)
    if is_manifest:
        yield from _listed(uri, place)
    elif is_object:
        yield join(place, uri.rpartition("/")[2]), uri
    else:
        yield place, uri


def _listed(uri: str, place: str) -> Iterator[tuple[str, str]]:
    """The objects that a manifest names, with their structure below its prefix."""
    document = Source(uri).parse(read_bytes(uri))
    try:
        manifest = Manifest.of(document)
        for name, stored in zip(manifest.names, manifest.uris(), strict=True):
            yield join(place, name), stored
    except (ValueError, LookupError, TypeError, AttributeError) as error:
        raise FormatError(
            f'{uri} is no manifest such as [{{"prefix": "s3://b/p/"}}, "a.csv"]: {error}', uri
        ) from None


def _sentence(uri: str, region: str) -> str:
    bucket = uri.partition("://")[2].partition("/")[0]
    return (
        f'No S3 objects found under S3 URL "{uri}" given in input data source. Please ensure that the '
        f"bucket exists in the selected region ({region}), that objects exist under that S3 prefix, and "
        f'that the role has "s3:ListBucket" permissions on bucket "{bucket}"'
    )
