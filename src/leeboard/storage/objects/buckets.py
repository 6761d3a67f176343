"""The folders that stand for buckets."""

import os
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from leeboard.storage.objects.locks import locked
from leeboard.storage.objects.names import check_bucket, is_bucket
from leeboard.storage.objects.refusals import NoSuchBucketError, ObjectRefusedError
from leeboard.storage.objects.tree import FOLDER_FLAGS, opened

SHOWN = 5


class BucketFolders:
    """Folders below a root whose names S3 allows; links are none."""

    def __init__(self, root: Path, locks: Path) -> None:
        self._root = root
        self._locks = locks

    def names(self) -> list[str]:
        """Sorted."""
        with os.scandir(self._root) as entries:
            folders = [entry.name for entry in entries if entry.is_dir(follow_symlinks=False)]
        return sorted(name for name in folders if is_bucket(name))

    def has(self, bucket: str) -> bool:
        """Whether there is one of that name."""
        found = opened(str(self._root / check_bucket(bucket)), FOLDER_FLAGS)
        if found is not None:
            os.close(found)
        return found is not None

    def created_at(self, bucket: str) -> datetime:
        """When it was made; of a folder made by hand, when it was first changed through here.

        Raises:
            NoSuchBucketError: it is gone.
        """
        for path in (self._locks / check_bucket(bucket), self._root / bucket):
            with suppress(FileNotFoundError):
                return datetime.fromtimestamp(path.lstat().st_mtime, UTC)
        raise self._none_such(bucket)

    def create(self, bucket: str) -> bool:
        """Whether it is new."""
        with self.locked(bucket):
            try:
                (self._root / bucket).mkdir()
            except FileExistsError:
                os.close(self.open(bucket))
                return False
            os.utime(self._locks / bucket)
            with opened_path(self._root) as root:
                os.fsync(root)
        return True

    def remove(self, bucket: str) -> None:
        """Removes folders alone: what else is there would go unseen. The bucket must be locked."""
        for path, _, _ in os.walk(self._root / check_bucket(bucket), topdown=False):
            try:
                os.rmdir(path)
            except OSError as error:
                raise not_empty(bucket) from error

    def locked(self, bucket: str) -> AbstractContextManager[None]:
        """Nobody else changes the bucket meanwhile."""
        return locked(self._locks, check_bucket(bucket))

    def open(self, bucket: str) -> int:
        """Its descriptor, to be closed.

        Raises:
            NoSuchBucketError: saying which there are.
        """
        found = opened(str(self._root / check_bucket(bucket)), FOLDER_FLAGS)
        if found is not None:
            return found
        raise self._none_such(bucket)

    def check_current(self, bucket: str, root: int) -> None:
        """That an open folder is the bucket's still; else it was deleted, and what is put there with it.

        Raises:
            NoSuchBucketError: it was; there may be a new one.
        """
        try:
            is_current = os.path.samestat(os.lstat(self._root / bucket), os.fstat(root))
        except FileNotFoundError:
            is_current = False
        if not is_current:
            raise self._none_such(bucket)

    def _none_such(self, bucket: str) -> NoSuchBucketError:
        names = self.names()
        some = ", ".join(names[:SHOWN]) + (", ..." if len(names) > SHOWN else "")
        return NoSuchBucketError(bucket, f"there are {some}" if names else "there are none")

    @contextmanager
    def opened(self, bucket: str) -> Iterator[int]:
        """Its descriptor."""
        found = self.open(bucket)
        try:
            yield found
        finally:
            os.close(found)


def not_empty(bucket: str) -> ObjectRefusedError:
    """A bucket with objects, or with links and other things that are none, is not removed."""
    return ObjectRefusedError("BucketNotEmpty", f"bucket {bucket!r} is not empty")


@contextmanager
def opened_path(path: Path) -> Iterator[int]:
    """The descriptor of a folder."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        yield descriptor
    finally:
        os.close(descriptor)
