"""Objects by bucket and key in a folder."""

import errno
import hashlib
import os
import shutil
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from leeboard.storage.objects.buckets import BucketFolders, not_empty
from leeboard.storage.objects.draft import COPY_BYTES, Draft, Sum, check_room
from leeboard.storage.objects.facts import DEFAULT_TYPE, Facts, FactStore
from leeboard.storage.objects.names import check_text, key_names
from leeboard.storage.objects.refusals import NoSuchKeyError, ObjectRefusedError, precondition_failed
from leeboard.storage.objects.tree import (
    FoundFile,
    Identity,
    below,
    file_in,
    free_name,
    made_below,
    open_file,
    remove_empty,
)
from leeboard.storage.objects.walk import KeyWalk

OWN = ".leeboard"
RESERVE_BYTES = 256 << 20
STALE_S = 7 * 24 * 3600
LOOKS = 5
"""How often an object is opened whose facts a quick writer took away meanwhile."""


@dataclass(frozen=True, slots=True)
class ObjectInfo:
    """One object, without its bytes."""

    key: str
    identity: Identity
    facts: Facts

    @property
    def size_bytes(self) -> int:
        return self.identity.size_bytes

    @property
    def modified_at(self) -> datetime:
        return datetime.fromtimestamp(self.identity.modified_ns / 1e9, UTC)


@dataclass(frozen=True, slots=True)
class Condition:
    """What must hold of the object that is there, if a request is to change it.

    Attributes:
        is_absent: there must be none.
        etag: it must have this one; `*` is any.
    """

    is_absent: bool = False
    etag: str | None = None


NO_CONDITION = Condition()


class ObjectFolder:
    """Buckets as folders below a root.

    Any number of threads and processes of one machine may use it at once. What was put stays, also
    when the power fails; a reader sees the old object or the new one, each with its own facts.

    Args:
        reserve_bytes: of the disk, which are left free.
    """

    def __init__(self, root: Path, *, reserve_bytes: int = RESERVE_BYTES) -> None:
        self.root = Path(root).resolve()
        own = self.root / OWN
        self.staging, self.uploads, locks = own / "staging", own / "uploads", own / "locks"
        for folder in (self.staging, self.uploads, locks):
            folder.mkdir(parents=True, exist_ok=True)
        self.buckets = BucketFolders(self.root, locks)
        self._facts = FactStore(own / "facts", self.staging)
        self._reserve_bytes = reserve_bytes

    def draft(self, *, sums: tuple[Sum, ...] = ()) -> Draft:
        """Bytes that are to be put."""
        return Draft(self.staging, reserve_bytes=self._reserve_bytes, sums=sums)

    def check_room(self, size_bytes: int) -> None:
        """Refuses what the disk has no room for."""
        check_room(self.staging, size_bytes, self._reserve_bytes)

    def write(self, bucket: str, key: str, data: bytes, *, content_type: str = DEFAULT_TYPE) -> ObjectInfo:
        """Puts an object that is in memory."""
        with self.draft() as draft:
            draft.write(data)
            facts = Facts(etag=draft.md5, headers={"content-type": content_type})
            return self.put(bucket, key, draft, facts)

    def put(
        self,
        bucket: str,
        key: str,
        draft: Draft,
        facts: Facts,
        condition: Condition = NO_CONDITION,
        *,
        within: AbstractContextManager[object] | None = None,
    ) -> ObjectInfo:
        """Puts a draft in place of what was there; it is on the disk when this returns.

        Args:
            within: entered while nobody else changes the bucket; it may refuse, and ends when the object is
                in its place.

        Raises:
            ObjectRefusedError: no such bucket, a key that cannot be, a condition that does not hold.
        """
        names = key_names(key)
        with self.buckets.opened(bucket) as root, _short_names(key):
            new = draft.seal()
            self._facts.write(bucket, key, new, facts)
            try:
                with self.buckets.locked(bucket), within or nullcontext():
                    self.buckets.check_current(bucket, root)
                    folder = self._place(bucket, root, names, draft, condition)
            finally:
                if draft.path.exists():
                    self._facts.drop(bucket, key, new)
            try:
                os.fsync(folder)
            finally:
                os.close(folder)
        return ObjectInfo(key, new, facts)

    def _place(self, bucket: str, root: int, names: list[str], draft: Draft, condition: Condition) -> int:
        """The folder that the draft is in now."""
        *folders, name = names
        try:
            with made_below(root, folders) as folder:
                old = file_in(folder, name)
                self._check(bucket, root, names, old, condition)
                os.rename(draft.path, old.name if old else free_name(folder, name), dst_dir_fd=folder)
                if old and old.identity != draft.seal():
                    self._facts.drop(bucket, "/".join(names), old.identity)
                return os.dup(folder)
        except BaseException:
            remove_empty(root, folders)
            raise

    def _check(
        self, bucket: str, root: int, names: list[str], old: FoundFile | None, condition: Condition
    ) -> None:
        """The bucket is locked."""
        if condition == NO_CONDITION:
            return
        key = "/".join(names)
        if condition.is_absent and old:
            raise precondition_failed(f"bucket {bucket!r} has an object {key!r} already")
        if condition.etag is not None:
            etag = self._etag(bucket, root, names)
            if condition.etag not in ("*", etag):
                raise precondition_failed(f"object {key!r} has the ETag {etag}, not {condition.etag}")

    def _etag(self, bucket: str, root: int, names: list[str]) -> str:
        found = self._looked(root, names, bucket, is_last=True)
        assert found is not None  # noqa: S101 - the last look finds what is there
        stream, info = found
        stream.close()
        return info.facts.etag

    def info(self, bucket: str, key: str) -> ObjectInfo:
        """Size, time and facts.

        Raises:
            NoSuchKeyError: if there is no such object.
        """
        stream, info = self.open(bucket, key)
        stream.close()
        return info

    def open(self, bucket: str, key: str) -> tuple[BinaryIO, ObjectInfo]:
        """The object's bytes as they are now, also if it is replaced while they are read."""
        names = key_names(key)
        with self.buckets.opened(bucket) as root:
            for _ in range(LOOKS):
                if found := self._looked(root, names, bucket):
                    return found
            with self._unchanged(bucket):
                found = self._looked(root, names, bucket, is_last=True)
        assert found is not None  # noqa: S101 - the last look finds what is there
        return found

    def _looked(
        self, root: int, names: list[str], bucket: str, *, is_last: bool = False
    ) -> tuple[BinaryIO, ObjectInfo] | None:
        stream = _stream(root, names, bucket)
        try:
            info = self._info(root, names, bucket, stream, is_last=is_last)
        except BaseException:
            stream.close()
            raise
        if info is None:
            stream.close()
        return (stream, info) if info else None

    @contextmanager
    def _unchanged(self, bucket: str) -> Iterator[None]:
        """While nobody writes, as far as who looks may lock: jobs may not."""
        with ExitStack() as stack:
            with suppress(OSError):
                stack.enter_context(self.buckets.locked(bucket))
            yield

    def _info(
        self, root: int, names: list[str], bucket: str, stream: BinaryIO, *, is_last: bool
    ) -> ObjectInfo | None:
        """None if the facts went with the content, which was replaced after it was opened."""
        key, identity = "/".join(names), Identity.of(os.fstat(stream.fileno()))
        facts = self._facts.read(bucket, key, identity)
        if facts is None and (is_last or _is_current(root, names, identity)):
            facts = Facts(etag=_md5(stream), headers={"content-type": DEFAULT_TYPE})
            if Identity.of(os.fstat(stream.fileno())) == identity:  # nobody wrote on meanwhile
                with suppress(OSError):  # jobs may read the folder, and not write in it
                    self._facts.write(bucket, key, identity, facts, is_durable=False)
        return ObjectInfo(key, identity, facts) if facts else None

    def listed(self, bucket: str, key: str, identity: Identity) -> ObjectInfo:
        """What `info` gives, for a content that a walk found."""
        facts = self._facts.read(bucket, key, identity)
        return ObjectInfo(key, identity, facts) if facts else self.info(bucket, key)

    def delete(self, bucket: str, key: str, condition: Condition = NO_CONDITION) -> bool:
        """Whether there was such an object; folders that are empty then go with it."""
        names = key_names(key)
        with self.buckets.opened(bucket) as root, self.buckets.locked(bucket):
            with below(root, names[:-1]) as folder:
                old = file_in(folder, names[-1]) if folder is not None else None
                self._check(bucket, root, names, old, condition)
                if folder is None or old is None:
                    return False
                os.unlink(old.name, dir_fd=folder)
            self._facts.drop(bucket, key, old.identity)
            remove_empty(root, names[:-1])
        return True

    def walk(self, bucket: str, prefix: str = "", after: bytes = b"") -> KeyWalk:
        """The keys that begin with `prefix` and are behind `after`, sorted; to be closed."""
        check_text(prefix)
        root = self.buckets.open(bucket)
        try:
            return KeyWalk(root, prefix, after)
        except BaseException:
            os.close(root)
            raise

    def delete_bucket(self, bucket: str) -> None:
        """Only one without objects goes."""
        with self.buckets.locked(bucket):
            with self.walk(bucket) as walk:
                if next(walk, None):
                    raise not_empty(bucket)
            self.buckets.remove(bucket)
            shutil.rmtree(self._facts.folder(bucket), ignore_errors=True)

    def sweep(self, now: datetime, *, older_than_s: float = STALE_S) -> int:
        """Removes drafts and uploads that nobody went on with; how many they were."""
        before = now.timestamp() - older_than_s
        stale = [p for f in (self.staging, self.uploads) for p in f.iterdir() if _changed_s(p) < before]
        for path in stale:
            if path.is_dir():
                shutil.rmtree(path, ignore_errors=True)
            else:
                path.unlink(missing_ok=True)
        return len(stale)


def _stream(root: int, names: list[str], bucket: str) -> BinaryIO:
    with below(root, names[:-1]) as folder:
        file = open_file(folder, names[-1]) if folder is not None else None
    if file is None:
        raise NoSuchKeyError(bucket, "/".join(names))
    return open(file, "rb", buffering=0)


def _is_current(root: int, names: list[str], identity: Identity) -> bool:
    with below(root, names[:-1]) as folder:
        found = file_in(folder, names[-1]) if folder is not None else None
    return found is not None and found.identity == identity


def _md5(stream: BinaryIO) -> str:
    """Of a file that somebody laid there; its position is the beginning again."""
    md5 = hashlib.md5(usedforsecurity=False)
    while piece := stream.read(COPY_BYTES):
        md5.update(piece)
    stream.seek(0)
    return md5.hexdigest()


def _changed_s(path: Path) -> float:
    """When a file, or what a folder holds, changed; of one that just goes away, the end of time."""
    try:
        return path.stat().st_mtime
    except FileNotFoundError:
        return float("inf")


@contextmanager
def _short_names(key: str) -> Iterator[None]:
    """Refuses a key with a name that the file system finds too long."""
    try:
        yield
    except OSError as error:
        if error.errno != errno.ENAMETOOLONG:
            raise
        raise ObjectRefusedError(
            "KeyTooLongError", f"a name in the key {key[:80]!r}... is longer than the file system allows"
        ) from error
