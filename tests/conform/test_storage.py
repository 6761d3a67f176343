"""The same promises of every storage scheme: local disk, real S3, a folder of buckets in its place."""

import os
from datetime import UTC, datetime, timedelta
from io import BytesIO
from itertools import count
from pathlib import Path

import pytest

from leeboard.errors import InputError, NotFoundError
from leeboard.storage import (
    SCHEMES,
    delete,
    exists,
    folder_names,
    is_local,
    join,
    list_objects,
    open_read,
    read_bytes,
    read_range,
    write_bytes,
    write_stream,
)
from leeboard.storage.objects.folder import ObjectFolder

ODD_NAMES = [
    "a blank.csv",
    "per%20cent %41.csv",
    "grün-日本.csv",
    "Int'l Plan_no.csv",
    "a+b=c&d;e,f@g:h$i.csv",
    "q?uestion#hash.csv",
    "~[x]{y}|^`.csv",
    "tab\tbell\x07.csv",
    "...",
    "dots..inside",
    ".hidden",
    "_success",
]
ROOTS = count()


@pytest.fixture(params=[*SCHEMES.names(), "s3 in a folder"])
def root(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """An empty place to write below; a new scheme says here where that is."""
    if request.param == "s3 in a folder":
        monkeypatch.setenv("LEEBOARD_OBJECTS", str(tmp_path))
        ObjectFolder(tmp_path).buckets.create("conform")
        return "s3://conform/here"
    if request.param == "s3":
        return join(request.getfixturevalue("s3").bucket_uri, f"conform-{next(ROOTS)}")
    return {"file": str(tmp_path)}[request.param]


def uris(uri: str) -> list[str]:
    return [found.uri for found in list_objects(uri)]


@pytest.mark.parametrize("name", ["plain.bin", "tab\t.bin"])
def test_what_is_left_of_a_stream_is_written_whole(root: str, name: str) -> None:
    source = BytesIO(b"head" + bytes(range(256)) * 50_000)
    source.seek(4)
    write_stream(join(root, "out", name), source)
    assert read_bytes(join(root, "out", name)) == bytes(range(256)) * 50_000


def test_a_stream_that_breaks_off_leaves_what_was_there(root: str) -> None:
    class Breaking(BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            raise InputError("it breaks off")

    write_bytes(join(root, "kept"), b"before")
    with pytest.raises(Exception, match="breaks off"):
        write_stream(join(root, "kept"), Breaking(b"after"))
    assert read_bytes(join(root, "kept")) == b"before"
    assert uris(root) == [join(root, "kept")]


def test_what_is_written_is_read(root: str) -> None:
    uri = join(root, "2024/05/01/statistics.json")
    write_bytes(uri, b'{"version": 0}')
    assert read_bytes(uri) == b'{"version": 0}'


def test_an_empty_object_is_an_object(root: str) -> None:
    uri = join(root, "empty.csv")
    write_bytes(uri, b"")
    assert read_bytes(uri) == b""
    assert [found.size_bytes for found in list_objects(uri)] == [0]


def test_writing_again_replaces(root: str) -> None:
    uri = join(root, "constraints.json")
    write_bytes(uri, b"the first, longer one")
    write_bytes(uri, b"second")
    assert read_bytes(uri) == b"second"


def test_a_listing_is_in_the_order_of_uris(root: str) -> None:
    names = ["a/x", "a-b/x", "a.txt", "a/b/c", "B", "a b", "é", "a0", "a/b.c"]
    for name in names:
        write_bytes(join(root, name), b"")
    # '-' < '.' < '/' < '0', so the folder a stands behind a.txt; capitals before small letters
    expected = ["B", "a b", "a-b/x", "a.txt", "a/b.c", "a/b/c", "a/x", "a0", "é"]
    assert uris(root) == [join(root, name) for name in expected]


def test_a_listing_tells_size_and_time(root: str) -> None:
    uri = join(root, "four.bin")
    write_bytes(uri, b"1234")
    found = next(list_objects(root))
    assert (found.uri, found.size_bytes) == (uri, 4)
    assert found.modified_at.utcoffset() == timedelta(0)
    assert found.modified_at > datetime(2024, 1, 1, tzinfo=UTC)


def test_a_listing_of_an_object_is_that_object(root: str) -> None:
    for name in ("part", "part-1", "partial/x"):
        write_bytes(join(root, name), b"")
    assert uris(join(root, "part")) == [join(root, "part")]


def test_a_prefix_ends_where_a_name_ends(root: str) -> None:
    for name in ("hour/1", "hour-2/1", "hourly"):
        write_bytes(join(root, name), b"")
    assert uris(join(root, "hour")) == uris(join(root, "hour") + "/") == [join(root, "hour/1")]


def test_folders_directly_below_have_names(root: str) -> None:
    for name in ("green/2026/x", "blue/x", "blue/2026/y", "a-b/x", "a b/x", "file", "blue.jsonl"):
        write_bytes(join(root, "churn", name), b"")
    assert folder_names(join(root, "churn")) == ["a b", "a-b", "blue", "green"]
    assert folder_names(join(root, "churn") + "/") == folder_names(join(root, "churn"))


def test_what_has_no_folders_has_no_names(root: str) -> None:
    write_bytes(join(root, "churn", "file"), b"")
    for name in ("churn", "churn/file", "chu", "none/at/all"):
        assert folder_names(join(root, name)) == []


def test_hidden_names_are_listed(root: str) -> None:
    for name in ("_SUCCESS", ".crc", "_temporary/0", "data.csv"):
        write_bytes(join(root, name), b"")
    assert len(uris(root)) == 4


def test_a_listing_of_nothing_is_an_error_unless_that_is_allowed(root: str) -> None:
    write_bytes(join(root, "there"), b"")
    assert list(list_objects(join(root, "none"), missing_ok=True)) == []
    with pytest.raises(NotFoundError, match="none"):
        next(list_objects(join(root, "none")))


@pytest.mark.parametrize(
    ("start", "length", "expected"),
    [(0, 3, b"abc"), (2, 2, b"cd"), (4, 10, b"ef"), (6, 1, b""), (99, 5, b""), (2, 0, b"")],
)
def test_a_range_ends_with_the_object(root: str, start: int, length: int, expected: bytes) -> None:
    uri = join(root, "letters")
    write_bytes(uri, b"abcdef")
    assert read_range(uri, start, length) == expected


def test_a_large_object_comes_back_as_a_stream_in_order(root: str) -> None:
    data = os.urandom(1 << 20) * 20
    write_bytes(join(root, "large.bin"), data)
    with open_read(join(root, "large.bin")) as stream:
        pieces = list(iter(lambda: stream.read(3_000_001), b""))
    assert {len(piece) for piece in pieces[:-1]} == {3_000_001}
    assert b"".join(pieces) == data
    assert read_range(join(root, "large.bin"), 10_485_759, 2) == data[10_485_759:10_485_761]


def test_a_stream_gives_lines(root: str) -> None:
    write_bytes(join(root, "x.jsonl"), b"1\n22\n333")
    with open_read(join(root, "x.jsonl")) as stream:
        assert list(stream) == [b"1\n", b"22\n", b"333"]


def test_a_stream_can_be_left_early(root: str) -> None:
    write_bytes(join(root, "x.bin"), bytes(5 << 20))
    with open_read(join(root, "x.bin")) as stream:
        assert stream.read(2) == b"\0\0"
    assert stream.closed


@pytest.mark.parametrize("name", ODD_NAMES)
def test_odd_names_are_kept(root: str, name: str) -> None:
    uri = join(root, "odd folder", name)
    write_bytes(uri, name.encode())
    assert uris(root) == [uri]
    assert read_bytes(uri) == name.encode()
    assert exists(uri)


def test_objects_and_folders_exist_and_beginnings_of_names_do_not(root: str) -> None:
    write_bytes(join(root, "capture/churn/1.jsonl"), b"")
    assert exists(join(root, "capture/churn/1.jsonl"))
    assert exists(join(root, "capture"))
    assert exists(join(root, "capture") + "/")
    assert not exists(join(root, "capt"))
    assert not exists(join(root, "capture/churn/1.jsonl") + "/")


def test_a_folder_exists_beside_names_that_sort_before_it(root: str) -> None:
    for name in ("a-1", "a.2", "a/3"):
        write_bytes(join(root, name), b"")
    assert exists(join(root, "a"))


@pytest.mark.parametrize("read", [read_bytes, open_read, lambda uri: read_range(uri, 0, 1)])
def test_a_missing_object_is_named_with_what_is_there_instead(root: str, read: object) -> None:
    write_bytes(join(root, "2024/05/statistics.json"), b"")
    uri = join(root, "2024/05/statistic.json")
    with pytest.raises(NotFoundError, match=r"did you mean 'statistics\.json'\?") as caught:
        read(uri)  # type: ignore[operator]
    assert uri in str(caught.value)
    assert caught.value.uri == uri


def test_the_nearest_folder_is_named_for_a_missing_object(root: str) -> None:
    write_bytes(join(root, "2024/05/x.csv"), b"")
    with pytest.raises(NotFoundError, match="which holds 05/") as caught:
        read_bytes(join(root, "2024/06/01/x.csv"))
    assert join(root, "2024") in str(caught.value)


def test_reading_a_folder_is_an_input_error(root: str) -> None:
    write_bytes(join(root, "folder/x.csv"), b"")
    with pytest.raises(InputError, match="folder"):
        read_bytes(join(root, "folder"))


def test_where_a_uri_is_follows_from_its_scheme(root: str) -> None:
    assert is_local(root) == (not root.startswith("s3://"))


@pytest.mark.parametrize(
    "name", ["out/report.html", "out//twice", "out/tab\t.bin", "..dots", "grün-日本.csv"]
)
def test_what_is_deleted_is_gone_and_its_neighbours_stay(root: str, name: str) -> None:
    gone, kept = f"{root}/{name}", [f"{root}/{name}-2", f"{root}/out/other"]
    for uri in (gone, *kept):
        write_bytes(uri, b"1")
    delete(gone)
    assert [read_bytes(uri) for uri in kept] == [b"1", b"1"]
    with pytest.raises(NotFoundError):
        read_bytes(gone)
    delete(gone)


def test_to_delete_what_is_not_there_is_no_error(root: str) -> None:
    write_bytes(join(root, "file"), b"")
    for name in ("none", "none/at/all", "file/below", "fil"):
        delete(join(root, name))
    assert uris(root) == [join(root, "file")]


def test_a_folder_is_not_deleted(root: str) -> None:
    write_bytes(join(root, "hour/1"), b"")
    with pytest.raises(InputError, match="is a folder"):
        delete(join(root, "hour") + "/")
    try:
        delete(join(root, "hour"))
    except InputError:
        assert is_local(root)  # a store of objects has no such object, and all is well
    assert uris(root) == [join(root, "hour/1")]


def test_a_deleted_object_can_be_written_again(root: str) -> None:
    uri = join(root, "a/b/c.csv")
    for content in (b"first", b"second"):
        write_bytes(uri, content)
        assert read_bytes(uri) == content
        delete(uri)
    assert not list(list_objects(root, missing_ok=True))


def test_deleting_a_link_leaves_what_it_leads_to(tmp_path: Path) -> None:
    outside = tmp_path / "outside.csv"
    outside.write_bytes(b"theirs")
    (tmp_path / "link.csv").symlink_to(outside)
    delete(tmp_path / "link.csv")
    os.mkfifo(tmp_path / "pipe")
    delete(tmp_path / "pipe")
    assert outside.read_bytes() == b"theirs"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["outside.csv", "pipe"]


def test_a_bucket_that_is_not_there_is_said_when_deleting(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LEEBOARD_OBJECTS", str(tmp_path))
    with pytest.raises(NotFoundError, match="none"):
        delete("s3://nowhere/key")
    for uri in ("s3://nowhere", "s3://nowhere/"):
        with pytest.raises(InputError):
            delete(uri)
