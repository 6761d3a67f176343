"""What a file cannot say of itself, in a small file of its own.

Its name has the size and time of the content that it belongs to. So the facts of a new content are
written before that is put in place, those of the old one are removed after, and at no moment does
content meet facts that are not its own.
"""

import hashlib
import json
import os
import secrets
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from leeboard.storage.objects.tree import Identity

DEFAULT_TYPE = "binary/octet-stream"
TRIES = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What was said when an object was stored.

    Attributes:
        etag: without quotes.
        headers: those that an answer repeats, in small letters: content-type, cache-control ...
        metadata: the user's own, names in small letters.
        checksums: Base64 text by algorithm, of the whole object.
    """

    etag: str
    headers: Mapping[str, str] = field(default_factory=dict)
    metadata: Mapping[str, str] = field(default_factory=dict)
    checksums: Mapping[str, str] = field(default_factory=dict)


class FactStore:
    """The facts of all objects below one folder."""

    def __init__(self, folder: Path, staging: Path) -> None:
        self._folder = folder
        self._staging = staging

    def read(self, bucket: str, key: str, identity: Identity) -> Facts | None:
        """None if there are none for this content, or they are torn."""
        try:
            with open(self._path(bucket, key, identity), "rb", buffering=0) as stream:
                said = json.loads(stream.read())
        except (FileNotFoundError, ValueError):
            return None
        return _facts(said, identity)

    def write(
        self, bucket: str, key: str, identity: Identity, facts: Facts, *, is_durable: bool = True
    ) -> None:
        """They are on the disk when this returns; those that can be found again need not be."""
        path = self._path(bucket, key, identity)
        said = {"key": key, **asdict(identity), **_plain(facts)}
        partial = self._staging / f"facts-{secrets.token_hex(16)}"
        try:
            with partial.open("xb") as stream:
                stream.write(json.dumps(said, ensure_ascii=False).encode())
                stream.flush()
                if is_durable:
                    os.fsync(stream.fileno())
            _moved(partial, path)
        finally:
            partial.unlink(missing_ok=True)

    def drop(self, bucket: str, key: str, identity: Identity) -> None:
        """Forgets the facts of a content that is gone."""
        with suppress(FileNotFoundError):
            os.unlink(self._path(bucket, key, identity))

    def folder(self, bucket: str) -> Path:
        return self._folder / bucket

    def _path(self, bucket: str, key: str, identity: Identity) -> str:
        digest = hashlib.sha256(key.encode()).hexdigest()
        name = f"{digest[2:]}-{identity.size_bytes}-{identity.modified_ns}"
        return f"{self._folder}/{bucket}/{digest[:2]}/{name}"


def _moved(partial: Path, path: str) -> None:
    """The folders of a bucket that is just being deleted may go before the file is in them."""
    for _ in range(TRIES):
        with suppress(FileNotFoundError):
            os.replace(partial, path)
            return
        with suppress(FileExistsError, FileNotFoundError):
            os.makedirs(os.path.dirname(path))
    os.replace(partial, path)


def _plain(facts: Facts) -> dict[str, Any]:
    return {
        "etag": facts.etag,
        "headers": dict(facts.headers),
        "metadata": dict(facts.metadata),
        "checksums": dict(facts.checksums),
    }


def _facts(said: Any, identity: Identity) -> Facts | None:
    try:
        if Identity(said["size_bytes"], said["modified_ns"]) != identity:
            return None
        return Facts(
            etag=said["etag"],
            headers=said["headers"],
            metadata=said["metadata"],
            checksums=said["checksums"],
        )
    except (KeyError, TypeError):
        return None
