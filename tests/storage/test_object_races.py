"""Two calls on one bucket, key or upload, of which one comes in the midst of the other."""

import os
import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from leeboard.storage.objects import folder as objects
from leeboard.storage.objects.draft import Draft
from leeboard.storage.objects.facts import Facts, FactStore
from leeboard.storage.objects.folder import ObjectFolder
from leeboard.storage.objects.refusals import NoSuchBucketError, NoSuchKeyError, ObjectRefusedError
from leeboard.storage.objects.tree import Identity
from leeboard.storage.objects.uploads import PART_BYTES, Upload, Uploads

NOW = datetime(2026, 1, 1, tzinfo=UTC)


class Interrupted(Draft):
    """A draft in the midst of whose putting something else is done."""

    meanwhile: Callable[[], Any]

    def seal(self) -> Identity:
        if self._identity is None:
            identity = super().seal()
            self.meanwhile()
            return identity
        return super().seal()


@pytest.fixture
def folder(tmp_path: Path) -> ObjectFolder:
    made = ObjectFolder(tmp_path / "objects")
    made.buckets.create("bucket")
    return made


@pytest.fixture
def upload(folder: ObjectFolder) -> Upload:
    """One of two parts."""
    uploads = Uploads(folder)
    made = uploads.start("bucket", "k", now=NOW, headers={}, metadata={})
    for number, content in ((1, b"1" * PART_BYTES), (2, b"2")):
        with folder.draft() as draft:
            draft.write(content)
            uploads.add_part(made, number, draft)
    return made


def put(folder: ObjectFolder, key: str, meanwhile: Callable[[], Any] | None = None, **metadata: str) -> None:
    with Interrupted(folder.staging) as draft:
        draft.meanwhile = meanwhile or (lambda: None)
        draft.write(b"content")
        folder.put("bucket", key, draft, Facts(etag=draft.md5, metadata=metadata))


def complete(folder: ObjectFolder, upload: Upload, meanwhile: Callable[[], Any] = dict) -> None:
    wanted = [(part.number, part.etag) for part in Uploads(folder).parts(upload)]
    Uploads(folder).complete(upload, wanted, checked=lambda: meanwhile() or {})


def files_of(folder: ObjectFolder) -> list[Path]:
    return [path for path in folder.root.rglob("*") if path.is_file() and path.parent.name != "locks"]


@pytest.mark.parametrize("key", ["k", "a/b/k"])
@pytest.mark.parametrize("is_made_again", [False, True])
def test_what_is_put_into_a_bucket_that_is_deleted_meanwhile_is_refused_and_leaves_nothing(
    folder: ObjectFolder, key: str, is_made_again: bool
) -> None:
    def meanwhile() -> None:
        folder.delete_bucket("bucket")
        if is_made_again:
            folder.buckets.create("bucket")

    with pytest.raises(NoSuchBucketError):
        put(folder, key, meanwhile)
    assert files_of(folder) == []


def test_facts_are_kept_while_those_of_a_bucket_go(
    folder: ObjectFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = os.makedirs
    removed: list[str] = []

    def remove(path: str, *more: Any, **options: Any) -> None:
        made(path, *more, **options)
        if not removed and Path(path).parent.name == "bucket":
            removed.append(path)
            shutil.rmtree(Path(path).parent)

    monkeypatch.setattr(os, "makedirs", remove)
    put(folder, "k", said="so")
    assert removed
    assert folder.info("bucket", "k").facts.metadata == {"said": "so"}


def test_an_upload_that_is_aborted_while_its_parts_are_joined_becomes_no_object(
    folder: ObjectFolder, upload: Upload
) -> None:
    with pytest.raises(ObjectRefusedError, match="no upload"):
        complete(folder, upload, lambda: Uploads(folder).abort(upload))
    with pytest.raises(NoSuchKeyError):
        folder.info("bucket", "k")
    assert files_of(folder) == []


def test_parts_that_went_with_their_upload_are_no_replaced_ones(folder: ObjectFolder, upload: Upload) -> None:
    wanted = [(part.number, part.etag) for part in Uploads(folder).parts(upload)]
    aborted: list[bool] = []

    def abort(_data: Any) -> None:
        if not aborted:
            aborted.append(True)
            Uploads(folder).abort(upload)

    with pytest.raises(ObjectRefusedError, match="no upload"):
        Uploads(folder).complete(upload, wanted, sums=(abort,))


def test_an_upload_becomes_an_object_once_and_what_was_put_since_stays(
    folder: ObjectFolder, upload: Upload
) -> None:
    def meanwhile() -> None:
        complete(folder, upload)
        put(folder, "k", said="since")

    with pytest.raises(ObjectRefusedError, match="no upload"):
        complete(folder, upload, meanwhile)
    assert folder.info("bucket", "k").facts.metadata == {"said": "since"}


def test_an_upload_whose_bucket_goes_while_it_is_completed_is_refused(
    folder: ObjectFolder, upload: Upload
) -> None:
    with pytest.raises(NoSuchBucketError):
        complete(folder, upload, lambda: folder.delete_bucket("bucket"))


def test_a_part_that_is_just_replaced_is_listed_once(folder: ObjectFolder, upload: Upload) -> None:
    first = Uploads(folder).parts(upload)[0]
    newer = first.path.parent / f"00001-{'a' * 32}"
    newer.write_bytes(b"newer")
    os.utime(first.path, (0, 0))
    assert [(part.number, part.etag[0]) for part in Uploads(folder).parts(upload)] == [(1, "a"), (2, "c")]


def test_a_reader_gets_the_facts_however_quick_the_writers_are(
    folder: ObjectFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    read, n_looks = FactStore.read, 0

    def replaced_before(store: FactStore, *asked: Any) -> Facts | None:
        nonlocal n_looks
        n_looks += 1
        if n_looks <= objects.LOOKS:
            put(folder, "k", said="so")
        return read(store, *asked)

    put(folder, "k", said="so")
    monkeypatch.setattr(FactStore, "read", replaced_before)
    assert folder.info("bucket", "k").facts.metadata == {"said": "so"}
