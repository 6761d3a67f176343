"""Which objects the transform jobs of some hours wrote, by the manifests that they left."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from leeboard import storage
from leeboard.errors import InputError
from leeboard.formats.manifest import Manifest
from leeboard.formats.reading import read_manifest
from leeboard.storage import Uri
from leeboard.storage.layout import hour_folder

MAX_MANIFEST_BYTES = 64 << 20
ENDING = ".out"
_MANIFEST = re.compile(r"/(?:input|output)/\d{4}/\d\d/\d\d/\d\d/[0-9A-Fa-f-]{36}\.json$")


@dataclass(frozen=True, slots=True)
class BatchFile:
    """An object that a transform job wrote.

    Attributes:
        uri: the object.
        hour: the hour in which the job started.
        manifest: the output manifest that names it.
        input_uri: the object that was transformed; None if no input manifest names it.
    """

    uri: str
    hour: datetime
    manifest: str
    input_uri: str | None = None


def batch_files(destination: Uri, hours: Iterable[datetime]) -> list[BatchFile]:
    """The outputs of the jobs that started in these hours, each once, in the order of the hours.

    An object that several jobs wrote holds what the last of them wrote, and stands under that one.

    Args:
        destination: what the jobs were told as `DestinationS3Uri`.
        hours: see `leeboard.storage.layout.hours_of`.

    Raises:
        FormatError: what lies there is no manifest.
    """
    found: dict[str, BatchFile] = {}
    for hour in hours:
        inputs = {
            (_job_of(stored), name + ENDING): manifest.prefix + name
            for stored, manifest in _manifests(destination, "input", hour)
            for name in manifest.names
        }
        for stored, manifest in _manifests(destination, "output", hour):
            for name in manifest.names:
                uri = manifest.prefix + name
                found.pop(uri, None)
                found[uri] = BatchFile(uri, hour, stored, inputs.get((_job_of(stored), name)))
    return list(found.values())


def is_manifest(uri: str) -> bool:
    """Whether a file is such a manifest, judging by its name and folders."""
    return _MANIFEST.search(uri) is not None


def _manifests(destination: Uri, side: str, hour: datetime) -> Iterator[tuple[str, Manifest]]:
    for stored in storage.list_objects(hour_folder(destination, side, at=hour) + "/", missing_ok=True):
        if stored.size_bytes > MAX_MANIFEST_BYTES:
            raise InputError(f"the manifest {stored.uri} has {stored.size_bytes:,} bytes; that is too much")
        manifest = read_manifest(storage.read_bytes(stored.uri), stored.uri)
        if storage.is_local(manifest.prefix) != storage.is_local(stored.uri):
            place = f"{manifest.prefix}, a place of another kind"
            raise InputError(f"the manifest {stored.uri} names objects below {place}")
        yield stored.uri, manifest


def _job_of(manifest: str) -> str:
    """Both manifests of a job have the same name."""
    return manifest.rpartition("/")[2]
