"""Multipart uploads: parts wait outside of all buckets until they become one object."""

import hashlib
import json
import os
import re
import secrets
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from leeboard.storage.objects.draft import Draft, Sum
from leeboard.storage.objects.facts import Facts
from leeboard.storage.objects.folder import NO_CONDITION, Condition, ObjectFolder, ObjectInfo
from leeboard.storage.objects.names import key_names
from leeboard.storage.objects.refusals import ObjectRefusedError

UPLOAD_ID = re.compile(r"[0-9a-f]{32}")
PART = re.compile(r"(\d{5})-([0-9a-f]{32})")
HEAD = "head.json"
N_PARTS = 10_000
PART_BYTES = 5 << 20
"""All parts but the last must have at least that many, as on S3."""


@dataclass(frozen=True, slots=True)
class Upload:
    """A multipart upload that is not complete.

    Attributes:
        headers: what the object will have as facts, as is `metadata`.
    """

    upload_id: str
    bucket: str
    key: str
    started_at: datetime
    headers: dict[str, str]
    metadata: dict[str, str]
    checksum_algorithm: str | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """One part that has arrived."""

    number: int
    etag: str
    size_bytes: int
    modified_at: datetime
    path: Path


class Uploads:
    """The multipart uploads of a folder of objects; they outlive the process."""

    def __init__(self, folder: ObjectFolder) -> None:
        self._folder = folder

    def start(
        self,
        bucket: str,
        key: str,
        *,
        now: datetime,
        headers: dict[str, str],
        metadata: dict[str, str],
        checksum_algorithm: str | None = None,
    ) -> Upload:
        """A new one; several for one key may run at once."""
        key_names(key)
        with self._folder.buckets.opened(bucket):
            upload = Upload(secrets.token_hex(16), bucket, key, now, headers, metadata, checksum_algorithm)
        partial = self._folder.staging / upload.upload_id
        partial.mkdir()
        (partial / HEAD).write_text(json.dumps(_head(upload)), encoding="utf-8")
        partial.rename(self._path(upload.upload_id))
        return upload

    def find(self, bucket: str, key: str, upload_id: str) -> Upload:
        """The one with that id.

        Raises:
            ObjectRefusedError: if it was never started, is complete or aborted, or is of another key.
        """
        upload = self._read(upload_id) if UPLOAD_ID.fullmatch(upload_id) else None
        if upload is None or (upload.bucket, upload.key) != (bucket, key):
            raise no_such_upload(upload_id)
        return upload

    def of_bucket(self, bucket: str, prefix: str = "") -> list[Upload]:
        """All that are not complete, by key and then by time."""
        with self._folder.buckets.opened(bucket):
            found = [upload for upload in self._all() if upload.bucket == bucket]
        found = [upload for upload in found if upload.key.startswith(prefix)]
        return sorted(found, key=lambda each: (each.key.encode(), each.started_at, each.upload_id))

    def add_part(self, upload: Upload, number: int, draft: Draft) -> str:
        """The part's ETag; one of the same number is replaced."""
        if not 1 <= number <= N_PARTS:
            raise ObjectRefusedError(
                "InvalidArgument", f"part number {number} is not between 1 and {N_PARTS:,}"
            )
        draft.seal()
        folder = self._path(upload.upload_id)
        name = f"{number:05}-{draft.md5}"
        with self._folder.buckets.locked(upload.bucket):  # of two at once, each would remove the other's
            try:
                draft.path.rename(folder / name)
            except FileNotFoundError as error:
                raise no_such_upload(upload.upload_id) from error
            for old in folder.glob(f"{number:05}-*"):
                if old.name != name:
                    old.unlink(missing_ok=True)
        return draft.md5

    def parts(self, upload: Upload) -> list[Part]:
        """Those that have arrived, by number."""
        folder = self._path(upload.upload_id)
        try:
            found = [part for path in folder.iterdir() if (part := _part(path))]
        except FileNotFoundError as error:
            raise no_such_upload(upload.upload_id) from error
        newest = {part.number: part for part in sorted(found, key=lambda part: part.modified_at)}
        return sorted(newest.values(), key=lambda part: part.number)

    def complete(
        self,
        upload: Upload,
        wanted: Sequence[tuple[int, str]],
        *,
        sums: tuple[Sum, ...] = (),
        checked: Callable[[], Mapping[str, str]] = dict,
        condition: Condition = NO_CONDITION,
    ) -> ObjectInfo:
        """Makes one object of the parts that are wanted: their numbers and ETags.

        Args:
            sums: called with all bytes of the object.
            checked: called after that; gives the object's checksums, or refuses it.
        """
        parts = _chosen(self.parts(upload), wanted)
        etag = hashlib.md5(b"".join(bytes.fromhex(p.etag) for p in parts), usedforsecurity=False).hexdigest()
        with self._folder.draft(sums=sums) as draft:
            for part in parts:
                self._append(draft, upload, part)
            facts = Facts(
                etag=f"{etag}-{len(parts)}",
                headers=upload.headers,
                metadata=upload.metadata,
                checksums=checked(),
            )
            with self._taken(upload) as ending:
                return self._folder.put(upload.bucket, upload.key, draft, facts, condition, within=ending)

    def abort(self, upload: Upload) -> None:
        """Forgets it and its parts.

        Raises:
            ObjectRefusedError: it is an object meanwhile, or somebody else was quicker.
        """
        with self._taken(upload) as ending, self._folder.buckets.locked(upload.bucket), ending:
            pass

    @contextmanager
    def _taken(self, upload: Upload) -> Iterator[AbstractContextManager[None]]:
        """What ends it in a locked bucket, for one request alone; its parts are removed after that."""
        gone = self._folder.staging / f"gone-{secrets.token_hex(16)}"
        yield self._ending(upload, gone)
        shutil.rmtree(gone, ignore_errors=True)

    @contextmanager
    def _ending(self, upload: Upload, gone: Path) -> Iterator[None]:
        path = self._path(upload.upload_id)
        if not path.is_dir():
            raise no_such_upload(upload.upload_id)
        yield
        path.rename(gone)

    def _append(self, draft: Draft, upload: Upload, part: Part) -> None:
        try:
            with part.path.open("rb") as stream:
                draft.copy(stream)
        except FileNotFoundError as error:
            if not self._path(upload.upload_id).is_dir():
                raise no_such_upload(upload.upload_id) from error
            raise ObjectRefusedError("InvalidPart", f"part {part.number} was replaced meanwhile") from error

    def _all(self) -> Iterator[Upload]:
        for path in self._folder.uploads.iterdir():
            upload = self._read(path.name)
            if upload:
                yield upload

    def _read(self, upload_id: str) -> Upload | None:
        try:
            said = json.loads((self._path(upload_id) / HEAD).read_text(encoding="utf-8"))
        except (FileNotFoundError, NotADirectoryError, ValueError):
            return None
        return Upload(**{**said, "started_at": datetime.fromisoformat(said["started_at"])})

    def _path(self, upload_id: str) -> Path:
        return self._folder.uploads / upload_id


def no_such_upload(upload_id: str) -> ObjectRefusedError:
    """An upload that is not known here."""
    return ObjectRefusedError(
        "NoSuchUpload", f"no upload {upload_id[:80]!r} for this key: it was completed, aborted or never begun"
    )


def _head(upload: Upload) -> dict[str, Any]:
    return {
        "upload_id": upload.upload_id,
        "bucket": upload.bucket,
        "key": upload.key,
        "started_at": upload.started_at.isoformat(),
        "headers": upload.headers,
        "metadata": upload.metadata,
        "checksum_algorithm": upload.checksum_algorithm,
    }


def _part(path: Path) -> Part | None:
    match = PART.fullmatch(path.name)
    try:
        status = os.stat(path)
    except FileNotFoundError:
        return None
    if not match:
        return None
    return Part(int(match[1]), match[2], status.st_size, datetime.fromtimestamp(status.st_mtime, UTC), path)


def _chosen(there: list[Part], wanted: Sequence[tuple[int, str]]) -> list[Part]:
    numbers = [number for number, _ in wanted]
    if not numbers or numbers != sorted(set(numbers)):
        raise ObjectRefusedError(
            "InvalidPartOrder" if numbers else "MalformedXML", "the parts must be listed by ascending number"
        )
    by_name = {(part.number, part.etag): part for part in there}
    missing = [number for number, etag in wanted if (number, etag) not in by_name]
    if missing:
        raise ObjectRefusedError(
            "InvalidPart", f"part {missing[0]} has not arrived, or has another ETag than the one given"
        )
    chosen = [by_name[each] for each in wanted]
    small = next((part for part in chosen[:-1] if part.size_bytes < PART_BYTES), None)
    if small:
        raise ObjectRefusedError(
            "EntityTooSmall",
            f"part {small.number} has {small.size_bytes:,} bytes; all but the last need {PART_BYTES:,}",
        )
    return chosen
