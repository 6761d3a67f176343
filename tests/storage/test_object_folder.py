"""Objects in a folder: whole or not at all, whoever writes and whenever it dies."""

import hashlib
import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest

from leeboard.errors import NotFoundError
from leeboard.storage import list_objects, read_bytes, write_bytes
from leeboard.storage.objects.draft import Draft
from leeboard.storage.objects.facts import Facts
from leeboard.storage.objects.folder import NO_CONDITION, Condition, ObjectFolder
from leeboard.storage.objects.listing import page
from leeboard.storage.objects.refusals import NoSuchBucketError, NoSuchKeyError, ObjectRefusedError
from leeboard.storage.objects.uploads import Uploads
from overlapping import overlap

WRITER = """
import sys
from pathlib import Path
from leeboard.storage.objects.facts import Facts
from leeboard.storage.objects.folder import ObjectFolder
folder, n = ObjectFolder(Path(sys.argv[1])), int(sys.argv[2])
while True:
    n += 1
    with folder.draft() as draft:
        draft.write(f"{n};".encode() * (n % 50_000))
        folder.put("bucket", "a/state", draft, Facts(etag=draft.md5, metadata={"n": str(n)}))
    print(n, flush=True)
"""


@pytest.fixture
def folder(tmp_path: Path) -> ObjectFolder:
    made = ObjectFolder(tmp_path / "objects")
    made.buckets.create("bucket")
    return made


def put(
    folder: ObjectFolder, key: str, data: bytes, condition: Condition = NO_CONDITION, **facts: str
) -> str:
    with folder.draft() as draft:
        draft.write(data)
        info = folder.put("bucket", key, draft, Facts(etag=draft.md5, metadata=facts), condition)
    return info.facts.etag


def content(folder: ObjectFolder, key: str) -> bytes:
    stream, _ = folder.open("bucket", key)
    with stream:
        return stream.read()


def keys(folder: ObjectFolder, prefix: str = "", after: bytes = b"") -> list[str]:
    with folder.walk("bucket", prefix, after) as walk:
        return [found.key for found in walk]


def facts_files(folder: ObjectFolder) -> list[Path]:
    return [path for path in (folder.root / ".leeboard/facts").rglob("*") if path.is_file()]


def test_a_writer_that_is_killed_leaves_a_whole_object(folder: ObjectFolder) -> None:
    n = 0
    for _ in range(12):
        arguments = [sys.executable, "-c", WRITER, str(folder.root), str(n)]
        with subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True) as writer:
            lines = iter(writer.stdout.readline, "")
            n = max(int(next(lines)) for _ in range(15))
            writer.kill()
            n = max([n, *map(int, lines)])
        stream, info = folder.open("bucket", "a/state")
        with stream:
            data = stream.read()
        seen = int(info.facts.metadata["n"])
        assert seen in (n, n + 1)  # killed between the rename and the line that tells of it
        assert data == f"{seen};".encode() * (seen % 50_000)
        assert info.facts.etag == hashlib.md5(data).hexdigest()
        n = seen
    assert keys(folder) == ["a/state"]


def test_writers_of_one_key_never_mix(folder: ObjectFolder) -> None:
    def write(name: str) -> None:
        for _ in range(40):
            put(folder, "k", name.encode() * 70_000, name=name)

    threads = [threading.Thread(target=write, args=(name,)) for name in "abcd"]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        try:
            stream, info = folder.open("bucket", "k")
        except NoSuchKeyError:
            continue
        with stream:
            data = stream.read()
        assert data == info.facts.metadata["name"].encode() * 70_000
        assert hashlib.md5(data).hexdigest() == info.facts.etag
    for thread in threads:
        thread.join()
    assert len(facts_files(folder)) == 1


def test_of_many_writers_one_takes_a_lock(folder: ObjectFolder) -> None:
    taken: list[int] = []
    refused: list[str] = []

    def take(n: int) -> None:
        try:
            put(folder, "lock", str(n).encode(), Condition(is_absent=True))
        except ObjectRefusedError as error:
            refused.append(error.code)
        else:
            taken.append(n)

    threads = [threading.Thread(target=take, args=(n,)) for n in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [content(folder, "lock")] == [str(n).encode() for n in taken]
    assert refused == ["PreconditionFailed"] * 15


def test_writers_and_deleters_in_one_folder_do_not_lose_it(folder: ObjectFolder) -> None:
    def come_and_go(n: int) -> None:
        for _ in range(60):
            put(folder, f"deep/er/{n}", b"1")
            folder.delete("bucket", f"deep/er/{n}")

    threads = [threading.Thread(target=come_and_go, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert keys(folder) == []
    assert list((folder.root / "bucket").iterdir()) == []
    assert facts_files(folder) == []


@pytest.mark.parametrize("torn", [b"", b"{", b"[]", b'{"etag": "x"}'])
def test_torn_facts_are_seen_and_made_anew(folder: ObjectFolder, torn: bytes) -> None:
    put(folder, "a", b"data", k="v")
    facts_files(folder)[0].write_bytes(torn)
    info = folder.info("bucket", "a")
    assert (info.facts.etag, info.facts.metadata) == (hashlib.md5(b"data").hexdigest(), {})


def test_a_file_changed_by_hand_does_not_keep_the_facts_of_the_old_one(folder: ObjectFolder) -> None:
    put(folder, "a", b"data", k="v")
    (folder.root / "bucket" / "a").write_bytes(b"else")
    info = folder.info("bucket", "a")
    assert (info.facts.etag, info.facts.metadata) == (hashlib.md5(b"else").hexdigest(), {})


def test_facts_are_a_file_that_says_whose_they_are(folder: ObjectFolder) -> None:
    put(folder, "a/b", b"data", k="v")
    said = json.loads(facts_files(folder)[0].read_text())
    assert (said["key"], said["size_bytes"], said["metadata"]) == ("a/b", 4, {"k": "v"})


def test_a_reader_keeps_the_object_that_it_opened(folder: ObjectFolder) -> None:
    put(folder, "a", b"old")
    stream, info = folder.open("bucket", "a")
    put(folder, "a", b"new")
    with stream:
        assert (stream.read(), info.facts.etag) == (b"old", hashlib.md5(b"old").hexdigest())


def test_a_draft_that_is_not_put_leaves_nothing(folder: ObjectFolder) -> None:
    with pytest.raises(NoSuchBucketError, match="no bucket 'none'; there are bucket"):
        folder.write("none", "a", b"1")
    assert list(folder.staging.iterdir()) == facts_files(folder) == []


def test_the_clock_of_the_kernel_does_not_tell_two_contents_apart_but_drafts_do(folder: ObjectFolder) -> None:
    drafts: list[Draft] = [folder.draft() for _ in range(50)]
    identities = {draft.seal() for draft in drafts}
    for draft in drafts:
        draft.discard()
    assert len(identities) == 50


def test_what_nobody_went_on_with_is_swept_away_after_a_week(folder: ObjectFolder) -> None:
    now = datetime.now(UTC)
    folder.draft().seal()
    upload = Uploads(folder).start("bucket", "k", now=now, headers={}, metadata={})
    assert folder.sweep(now + timedelta(days=6)) == 0
    assert folder.sweep(now + timedelta(days=8)) == 2
    with pytest.raises(ObjectRefusedError, match="no upload"):
        Uploads(folder).find("bucket", "k", upload.upload_id)
    assert list(folder.staging.iterdir()) == []


def test_a_bucket_knows_when_it_was_made(folder: ObjectFolder) -> None:
    before = folder.buckets.created_at("bucket")
    put(folder, "a", b"1")
    assert folder.buckets.created_at("bucket") == before
    assert abs(before - datetime.now(UTC)) < timedelta(minutes=5)


def test_a_bucket_with_something_else_than_objects_in_it_stays(folder: ObjectFolder, tmp_path: Path) -> None:
    (folder.root / "bucket" / "link").symlink_to(tmp_path)
    with pytest.raises(ObjectRefusedError, match="not empty"):
        folder.delete_bucket("bucket")
    assert (folder.root / "bucket" / "link").is_symlink()


def test_a_pipe_and_names_that_are_not_utf_8_are_no_objects(folder: ObjectFolder) -> None:
    os.mkfifo(folder.root / "bucket" / "pipe")
    (Path(os.fsdecode(os.fsencode(folder.root / "bucket") + b"/\xff"))).write_bytes(b"")
    put(folder, "a", b"1")
    assert keys(folder) == ["a"]
    with pytest.raises(NoSuchKeyError):
        folder.open("bucket", "pipe")


def test_a_folder_that_becomes_a_link_while_it_is_walked_is_not_entered(
    folder: ObjectFolder, tmp_path: Path
) -> None:
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "secret").write_text("secret")
    for key in ("a", "b/1", "c"):
        put(folder, key, b"1")
    with folder.walk("bucket") as walk:
        assert next(walk).key == "a"
        (folder.root / "bucket/b").rename(tmp_path / "b")
        (folder.root / "bucket/b").symlink_to(tmp_path / "outside")
        assert [found.key for found in walk] == ["c"]


NAMES = ["a", "a/b", "a/b/c", "a//b", "a/", "/", "//", "/a", ".", "..", "a/../b", "a/.", "é", "a\x07", "a b"]


def test_every_key_is_kept_beside_every_other(folder: ObjectFolder) -> None:
    for key in NAMES + [f"{name}/{name}" for name in NAMES]:
        put(folder, key, key.encode())
    wanted = sorted({*NAMES, *(f"{name}/{name}" for name in NAMES)}, key=str.encode)
    assert keys(folder) == wanted
    for n, key in enumerate(wanted):
        assert content(folder, key) == key.encode()
        assert keys(folder, after=key.encode()) == wanted[n + 1 :]
        assert keys(folder, prefix=key) == [each for each in wanted if each.startswith(key)]
    for key in wanted:
        assert folder.delete("bucket", key)
    assert list((folder.root / "bucket").iterdir()) == []


@pytest.mark.parametrize("limit", [1, 2, 7, 1000])
@pytest.mark.parametrize("delimiter", ["", "/", "a", "//"])
@pytest.mark.parametrize("prefix", ["", "a", "a/", "a/b"])
def test_pages_are_the_same_as_one_listing(
    folder: ObjectFolder, limit: int, delimiter: str, prefix: str
) -> None:
    for key in [*NAMES, "a-b", "a.b", "ab/a/1", "ab/a/2", "b/a"]:
        put(folder, key, b"")
    everything = keys(folder, prefix)
    ends = {key: key.find(delimiter, len(prefix)) if delimiter else -1 for key in everything}
    rolled = {key: key if end < 0 else key[: end + len(delimiter)] for key, end in ends.items()}
    found: list[str] = []
    after: str | None = ""
    while after is not None:
        part = page(folder, "bucket", prefix=prefix, delimiter=delimiter, after=after, limit=limit)
        shown = [*(info.key for info in part.objects), *part.prefixes]
        assert len(shown) <= limit
        found += sorted(shown, key=str.encode)
        after = part.last
    assert found == sorted(set(rolled.values()), key=str.encode)


def test_a_page_reads_only_the_folders_on_its_way(folder: ObjectFolder) -> None:
    days = [f"cap/ep/AllTraffic/2026/11/{day:02}" for day in range(1, 6)]
    hours = [f"{day}/{hour:02}" for day in days for hour in range(20)]
    for hour in hours:
        (folder.root / "bucket" / hour).mkdir(parents=True)
        for n in range(200):
            (folder.root / "bucket" / hour / f"{n:03}.jsonl").touch()
    found, n_folders, after, pages = 0, [], "", 0
    while after is not None and pages <= 20:
        part = page(folder, "bucket", after=after, limit=1000)
        found, after, pages = found + len(part.objects), part.last, pages + 1
        n_folders.append(part.n_folders)
    assert (found, pages) == (20_000, 20)
    # six folders down from the bucket, a day's folder beside, and 5 or 6 hours of 200 files
    assert max(n_folders) <= 7 + 2 + 6
    with folder.walk("bucket", hours[50] + "/") as walk:
        assert len(list(walk)) == 200
        assert walk.n_folders == 1
    top = page(folder, "bucket", prefix="cap/ep/AllTraffic/2026/11/", delimiter="/", limit=1000)
    assert list(top.prefixes) == [f"{day}/" for day in days]
    assert top.n_folders <= 1 + 2 * len(days)


def test_storage_reads_the_folder_and_loads_no_client_of_s3(folder: ObjectFolder) -> None:
    program = (
        "import sys; from leeboard.storage import *; "
        "write_bytes('s3://bucket/a/b.html', b'1'); assert read_bytes('s3://bucket/a/b.html') == b'1'; "
        "assert len(list(list_objects('s3://bucket'))) == 1; "
        "assert not {'botocore', 'boto3', 'obstore', 'aiohttp'} & sys.modules.keys()"
    )
    environment = {**os.environ, "LEEBOARD_OBJECTS": str(folder.root)}
    subprocess.run([sys.executable, "-c", program], env=environment, check=True)
    assert folder.info("bucket", "a/b.html").facts.headers == {"content-type": "text/html"}


def test_storage_says_which_buckets_and_objects_there_are(
    folder: ObjectFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LEEBOARD_OBJECTS", str(folder.root))
    for use in (read_bytes, lambda uri: list(list_objects(uri)), lambda uri: write_bytes(uri, b"")):
        with pytest.raises(NotFoundError, match="no bucket 'buckte'; there are bucket: ") as caught:
            use("s3://buckte/a")
        assert caught.value.uri == "s3://buckte"
    with pytest.raises(NotFoundError, match="exists is s3://bucket/, which holds nothing; 'a' is not there"):
        read_bytes("s3://bucket/a/b.csv")
    put(folder, "a//there", b"1")
    with pytest.raises(NotFoundError, match=r"nothing is stored at s3://bucket/a//thre .*'there'\?"):
        read_bytes("s3://bucket/a//thre")


def test_a_bucket_of_a_thousand_levels_is_walked(folder: ObjectFolder) -> None:
    put(folder, "/" * 600, b"1")
    assert keys(folder) == ["/" * 600]


def test_who_may_not_write_reads_a_file_that_was_laid_there_by_hand(tmp_path):
    folder = ObjectFolder(tmp_path)
    folder.buckets.create("shop")
    (tmp_path / "shop" / "by-hand.csv").write_bytes(b"1,2\n")
    folder.staging.rmdir()
    folder.staging.write_bytes(b"")  # nothing can be staged, as in the box of a job
    stream, info = folder.open("shop", "by-hand.csv")
    with stream:
        assert stream.read() == b"1,2\n"
    assert info.facts.etag == hashlib.md5(b"1,2\n").hexdigest()


def test_of_two_parts_of_one_number_that_come_at_once_the_second_stays(
    folder: ObjectFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    uploads = Uploads(folder)
    now = datetime(2026, 1, 1, tzinfo=UTC)
    upload = uploads.start("bucket", "k", now=now, headers={}, metadata={})
    glob, is_placed, may_go_on = Path.glob, threading.Event(), threading.Event()

    def looked(path: Path, pattern: str) -> Iterator[Path]:
        if not is_placed.is_set():
            is_placed.set()
            may_go_on.wait(120)
        return glob(path, pattern)

    def put(content: bytes) -> None:
        with folder.draft() as draft:
            draft.write(content)
            uploads.add_part(upload, 1, draft)

    monkeypatch.setattr(Path, "glob", looked)
    overlap(partial(put, b"first"), partial(put, b"second"), is_there=is_placed, may_go_on=may_go_on)
    assert [part.path.read_bytes() for part in uploads.parts(upload)] == [b"second"]
