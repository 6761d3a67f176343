import subprocess
import sys
from pathlib import Path

import pytest

from leeboard.errors import InputError, UnknownNameError
from leeboard.storage import (
    SCHEMES,
    exists,
    is_local,
    join,
    list_objects,
    local_path,
    read_bytes,
    write_bytes,
)


@pytest.mark.parametrize(
    ("uri", "parts", "expected"),
    [
        ("s3://bucket", ["a", "b.csv"], "s3://bucket/a/b.csv"),
        ("s3://bucket/capture//", ["/churn//", "AllTraffic/"], "s3://bucket/capture/churn/AllTraffic"),
        ("s3://bucket/a/", [], "s3://bucket/a"),
        ("data", ["a b", "./c"], "data/a b/c"),
        ("/", ["data"], "/data"),
        ("", ["data"], "data"),
        ("file:///a%20b/", ["c d"], "/a b/c d"),
        ("s3://bucket/old//data", ["x"], "s3://bucket/old//data/x"),  # the root is a name that is known
    ],
)
def test_joining_leaves_no_empty_names(uri: str, parts: list[str], expected: str) -> None:
    assert join(uri, *parts) == expected


@pytest.mark.parametrize("part", ["..", "../x", "a/../../x", "..\\x"])
@pytest.mark.parametrize("root", ["data", "s3://bucket/data"])
def test_a_part_cannot_lead_out(root: str, part: str) -> None:
    with pytest.raises(InputError, match="leads out of"):
        join(root, part)


def test_an_absolute_part_stays_below() -> None:
    assert join("data", "/etc/passwd") == "data/etc/passwd"


@pytest.mark.parametrize(
    ("uri", "path"),
    [
        ("a/100%25.csv", "a/100%25.csv"),
        ("~/x", "~/x"),
        ("file:///a%20b/100%25.csv", "/a b/100%.csv"),
        ("file:/a/b", "/a/b"),
        ("FILE://localhost/a#b?c", "/a#b?c"),
        ("s3:/not-a-uri", "s3:/not-a-uri"),
    ],
)
def test_local_uris_are_paths(uri: str, path: str) -> None:
    assert is_local(uri)
    assert local_path(uri) == Path(path)


def test_a_file_uri_with_a_machine_is_refused() -> None:
    with pytest.raises(InputError, match=r"names the machine 'server'; a local file is file:///share/x"):
        local_path("file://server/share/x")


def test_an_s3_uri_has_no_local_path() -> None:
    assert not is_local("S3://bucket/x")
    with pytest.raises(InputError, match="not on a local disk"):
        local_path("s3://bucket/x")


def test_an_unknown_scheme_is_named_with_the_known_ones() -> None:
    with pytest.raises(
        UnknownNameError, match=r"no storage scheme named 's3a', did you mean 's3'\? Known: file, s3"
    ):
        read_bytes("s3a://bucket/x")


def test_paths_are_as_good_as_strings(tmp_path: Path) -> None:
    write_bytes(tmp_path / "x", b"1")
    assert exists(tmp_path / "x")
    assert read_bytes(tmp_path / "x") == read_bytes(f"file://{tmp_path}/x") == b"1"
    assert [found.uri for found in list_objects(tmp_path)] == [str(tmp_path / "x")]


def test_local_storage_loads_no_s3_library() -> None:
    program = (
        "import sys, leeboard.storage as s; list(s.SCHEMES); s.exists('/');"
        "print(sorted({'obstore', 'botocore', 'urllib3'} & set(sys.modules)))"
    )
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert ran.stdout == "[]\n"


def test_every_scheme_is_found_by_the_roster() -> None:
    assert SCHEMES.names() == ["file", "s3"]
