"""One writer at a time in a bucket, among all threads and processes of this machine."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def locked(folder: Path, bucket: str) -> Iterator[None]:
    """Holds the lock of a bucket, which ends with the process at the latest."""
    file = os.open(folder / bucket, os.O_RDWR | os.O_CREAT, 0o666)
    try:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
    finally:
        os.close(file)
