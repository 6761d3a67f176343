"""A request with all that an operation needs to do it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from leeboard.api.s3.incoming import Incoming
from leeboard.api.s3.request import S3Request
from leeboard.storage.objects.draft import Draft
from leeboard.storage.objects.folder import ObjectFolder
from leeboard.storage.objects.uploads import Uploads


class Spool:
    """The body of an object on its way to the disk; a small one stays in memory until it is used."""

    def __init__(self, folder: ObjectFolder, incoming: Incoming) -> None:
        self._folder, self._incoming = folder, incoming
        self._draft: Draft | None = None
        self.checksums: dict[str, str] = {}

    def add(self, raw: bytes) -> Draft:
        """Writes a piece."""
        draft = self._draft = self._draft or self._folder.draft()
        data = self._incoming.take(raw)
        if data:
            draft.write(data)
        return draft

    @contextmanager
    def finished(self, rest: bytes) -> Iterator[Draft]:
        """The whole body, checked."""
        try:
            draft = self.add(rest)
            self.checksums = self._incoming.finish()
            yield draft
        finally:
            self.discard()

    def discard(self) -> None:
        """Removes what was written."""
        if self._draft is not None:
            self._draft.discard()


@dataclass(slots=True, kw_only=True)
class S3Call:
    """One call.

    Attributes:
        account: that owns all buckets.
        body: of operations that read XML; for others the last piece of the spool.
    """

    request: S3Request
    folder: ObjectFolder
    account: str
    region: str
    now: datetime
    spool: Spool
    body: bytes = b""

    @property
    def uploads(self) -> Uploads:
        return Uploads(self.folder)

    @property
    def bucket(self) -> str:
        return self.request.bucket

    @property
    def key(self) -> str:
        return self.request.key

    @contextmanager
    def draft(self) -> Iterator[Draft]:
        """The body of the object."""
        with self.spool.finished(self.body) as draft:
            yield draft
