import gzip
import io
import tarfile

import pytest

from leeboard.errors import FormatError
from leeboard.hosting.archives import Budget, ModelLimits, unpack


def member(name, kind=tarfile.REGTYPE, *, data=b"", link="", mode=0o644, **fields):
    info = tarfile.TarInfo(name)
    info.type, info.size, info.linkname, info.mode = kind, len(data), link, mode
    for field, value in fields.items():
        setattr(info, field, value)
    return info, data


def tar(*members, form=tarfile.GNU_FORMAT) -> bytes:
    """Names are written as given, which a tar program would mend."""
    raw = io.BytesIO()
    with tarfile.open(fileobj=raw, mode="w", format=form) as archive:
        for info, data in members:
            archive.addfile(info, io.BytesIO(data))
    return raw.getvalue()


@pytest.fixture
def out(tmp_path):
    """Unpacks into a folder that has a neighbour; nothing may ever change that."""
    (tmp_path / "neighbour").write_text("safe")
    folder = tmp_path / "model"
    folder.mkdir()

    def unpack_there(data, **limits):
        budget = Budget(ModelLimits(**limits), folder, lambda: False)
        unpack(io.BufferedReader(io.BytesIO(data)), folder, budget)
        return folder

    yield unpack_there
    assert (tmp_path / "neighbour").read_text() == "safe"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["model", "neighbour"]


@pytest.mark.parametrize("pack", [gzip.compress, bytes], ids=["gzip", "plain"])
def test_files_folders_and_rights_are_unpacked(out, pack):
    files = [
        member("./", tarfile.DIRTYPE),
        member("./a.bin", data=b"1"),
        member("code/run", data=b"2", mode=0o4755),
    ]
    folder = out(pack(tar(*files)))
    assert (folder / "a.bin").read_bytes() == b"1"
    assert (folder / "code/run").stat().st_mode & 0o7777 == 0o755
    assert (folder / "a.bin").stat().st_mode & 0o7777 == 0o644


def test_links_inside_are_kept(out):
    folder = out(
        tar(
            member("blobs/0a", data=b"weights"),
            member("snapshots/1/model.bin", tarfile.SYMTYPE, link="../../blobs/0a"),
            member("same", tarfile.LNKTYPE, link="blobs/0a"),
        )
    )
    assert (folder / "snapshots/1/model.bin").read_bytes() == b"weights"
    assert (folder / "same").read_bytes() == b"weights"


def test_of_two_files_with_one_name_the_last_counts(out):
    folder = out(tar(member("a", data=b"1"), member("b", tarfile.LNKTYPE, link="a"), member("a", data=b"2")))
    assert ((folder / "a").read_bytes(), (folder / "b").read_bytes()) == (b"2", b"1")


@pytest.mark.parametrize(
    ("members", "said"),
    [
        ([member("../neighbour", data=b"1")], "leads out of the model's folder"),
        ([member("a/../../neighbour", data=b"1")], "leads out of the model's folder"),
        ([member("/etc/leeboard-test", data=b"1")], "leads out of the model's folder"),
        ([member("a", tarfile.SYMTYPE, link="../neighbour")], "leads out of the model's folder"),
        ([member("a", tarfile.SYMTYPE, link="/etc/passwd")], "leads out of the model's folder"),
        ([member("b/a", tarfile.SYMTYPE, link="../../neighbour")], "leads out of the model's folder"),
        ([member("a", tarfile.SYMTYPE, link="")], "leads out of the model's folder"),
        ([member("b/a", tarfile.SYMTYPE, link="../b/../../neighbour")], "leads out"),
        ([member("a", tarfile.LNKTYPE, link="../neighbour")], "leads out of the model's folder"),
        ([member("a", tarfile.LNKTYPE, link="/etc/passwd")], "leads out of the model's folder"),
        ([member("a", tarfile.LNKTYPE, link="b")], "which is not in the archive"),
        ([member("a", tarfile.CHRTYPE, devmajor=1, devminor=3)], "is a device or a pipe"),
        ([member("a", tarfile.BLKTYPE)], "is a device or a pipe"),
        ([member("a", tarfile.FIFOTYPE)], "is a device or a pipe"),
        ([member("a", data=b"1"), member("a/b", data=b"2")], "cannot be unpacked"),
        ([member("n" * 300, data=b"1")], "cannot be unpacked"),
    ],
)
def test_what_reaches_out_or_is_no_file_is_refused(out, members, said):
    with pytest.raises(FormatError, match=said):
        out(tar(*members))


def test_a_file_is_not_written_through_a_link(out):
    folder = out(
        tar(
            member("real", tarfile.DIRTYPE),
            member("link", tarfile.SYMTYPE, link="real"),
            member("link2/x", data=b"1"),
        )
    )
    assert (folder / "link").is_symlink()
    with pytest.raises(FormatError, match="cannot be unpacked"):
        out(tar(member("l", tarfile.SYMTYPE, link="real"), member("l/x", data=b"1")))


def test_a_link_behind_a_link_that_changes_what_up_means_is_refused(out):
    with pytest.raises(FormatError, match="lies behind another link"):
        out(
            tar(
                member("a/b/c", tarfile.DIRTYPE),
                member("a/b/up", tarfile.SYMTYPE, link=".."),
                member("a/b/up/out", tarfile.SYMTYPE, link="../../neighbour"),
            )
        )


def test_the_size_is_bounded_by_what_files_say_and_by_what_comes(out):
    with pytest.raises(FormatError, match="more than 1,000 bytes"):
        out(gzip.compress(tar(member("a", data=bytes(600)), member("b", data=bytes(600)))), total_bytes=1000)


def test_the_number_of_files_is_bounded(out):
    with pytest.raises(FormatError, match="more than 3 files"):
        out(tar(*(member(f"d{n}", tarfile.DIRTYPE) for n in range(4))), n_files=3)


def test_a_bomb_of_many_large_headers_is_bounded(out):
    files = [member(f"{n}", pax_headers={"comment": "n" * (3 << 20)}) for n in range(3)]
    with pytest.raises(FormatError, match="more than a model may"):
        out(gzip.compress(tar(*files, form=tarfile.PAX_FORMAT)), total_bytes=4 << 20, n_files=10)


@pytest.mark.parametrize("form", [tarfile.PAX_FORMAT, tarfile.GNU_FORMAT])
def test_a_bomb_in_a_header_is_bounded(out, form):
    huge = "n" * (8 << 20)
    with pytest.raises(FormatError, match="header of more than"):
        out(gzip.compress(tar(member(huge), form=form)))


def test_a_sparse_file_counts_with_the_size_that_it_would_have(out):
    sparse, _ = member("a", data=b"")
    sparse.pax_headers = {"GNU.sparse.map": "0,0", "GNU.sparse.size": str(1 << 50)}
    with pytest.raises(FormatError, match="it holds more than"):
        out(tar((sparse, b""), form=tarfile.PAX_FORMAT))


@pytest.mark.parametrize("size", [-1, -1024])
def test_a_negative_size_is_refused(out, size):
    data = bytearray(tar(member("a", data=b"1")))
    data[124:136] = b"\xff" + size.to_bytes(11, "big", signed=True)
    data[148:156] = b" " * 8
    data[148:156] = b"%06o\0 " % sum(data[:512])
    with pytest.raises(FormatError, match="negative size"):
        out(bytes(data))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"PK\x03\x04 a zip file" * 100,
        gzip.compress(b"no tar" * 100),
        gzip.compress(tar(member("a", data=bytes(1 << 16))))[:40],
        tar(member("a", data=bytes(1 << 16)))[:9000],
        tar(member("a", data=b"1"))[:1024] + b"x" * 1024,
    ],
    ids=["empty", "zip", "gzip", "cut gzip", "cut tar", "broken second header"],
)
def test_what_is_no_whole_archive_is_refused(out, data):
    with pytest.raises(FormatError, match="no tar archive, or a damaged one"):
        out(data)


def test_unpacking_stops_when_told_to(tmp_path):
    budget = Budget(ModelLimits(), tmp_path, lambda: True)
    with pytest.raises(FormatError, match="was stopped"):
        unpack(io.BufferedReader(io.BytesIO(tar(member("a", data=b"1")))), tmp_path, budget)
