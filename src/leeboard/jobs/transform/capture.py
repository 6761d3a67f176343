"""The manifests by which a monitor finds what a job read and wrote."""

import json
from collections.abc import Sequence
from hashlib import blake2b
from typing import NamedTuple
from uuid import UUID

from leeboard import storage
from leeboard.formats.manifest import Manifest
from leeboard.jobs.transform.inputs import InputObject
from leeboard.jobs.transform.order import TransformOrder
from leeboard.storage.layout import hour_folder


class Manifests(NamedTuple):
    """Where they are."""

    input: str
    output: str


def write_manifests(
    order: TransformOrder, destination: str, prefix: str, done: Sequence[InputObject]
) -> Manifests:
    """Two files with the same name, in the hour of the job's start; a repeated run writes the same ones.

    Args:
        prefix: what stands before the names of the inputs.
        done: what was transformed.
    """
    name = f"{_unique_id(order)}.json"
    root = storage.join(order.output) + "/"
    folders = (hour_folder(destination, side, at=order.started_at) for side in Manifests._fields)
    files = Manifests(*(storage.join(folder, name) for folder in folders))
    _write(files.input, Manifest(prefix=prefix, names=[item.name for item in done]))
    # last, as a monitor starts from it
    _write(files.output, Manifest(prefix=root, names=[item.output_uri.removeprefix(root) for item in done]))
    return files


def _unique_id(order: TransformOrder) -> UUID:
    parts = (order.name, order.started_at.isoformat(), order.output)
    return UUID(bytes=blake2b("\0".join(parts).encode(), digest_size=16).digest(), version=4)


def _write(uri: str, manifest: Manifest) -> None:
    storage.write_bytes(uri, json.dumps(manifest.document(), ensure_ascii=False).encode(errors="replace"))
