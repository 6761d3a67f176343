"""Archives of what a container left, which may be anything."""

import io
import os
import tarfile

import pytest

from leeboard.errors import EngineError, InputError
from leeboard.jobs.containers.archives import Unpacked, open_folders


def archive(*entries, names_folder="output"):
    """An archive as an engine makes it; entries are names with bytes, or with a kind in a list."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as tar:
        for name, content in entries:
            entry = tarfile.TarInfo(f"{names_folder}/{name}")
            if isinstance(content, bytes):
                entry.size = len(content)
                tar.addfile(entry, io.BytesIO(content))
            else:
                entry.type, entry.linkname = content[0], "../../../etc/passwd"
                tar.addfile(entry)
    packed.seek(0)
    return packed


@pytest.mark.parametrize("names_folder", ["output", ""])
def test_files_and_folders_are_taken_whatever_the_engine_calls_the_folder(tmp_path, names_folder):
    packed = archive(("a/b.txt", b"1"), ("c", [tarfile.DIRTYPE]), names_folder=names_folder)
    Unpacked(100, print).take(packed, tmp_path)
    assert (tmp_path / "a/b.txt").read_bytes() == b"1"
    assert (tmp_path / "c").is_dir()


def test_what_is_no_plain_file_is_left_out_and_told(tmp_path):
    kinds = [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.FIFOTYPE]
    log: list[str] = []
    packed = archive(*[(f"x{n}", [kind]) for n, kind in enumerate(kinds)], ("line\nend", b""), ("real", b"1"))
    Unpacked(100, log.append).take(packed, tmp_path)
    assert os.listdir(tmp_path) == ["real"]
    assert log == [
        "5 outputs are no plain files, such as links, and are left out: 'x0', 'x1', 'x2'",
    ]


def test_an_archive_that_leads_out_of_its_folder_is_refused(tmp_path):
    with pytest.raises(EngineError, match="leads out of it"):
        Unpacked(100, print).take(archive(("../../x", b"1")), tmp_path / "a" / "b")
    assert os.listdir(tmp_path) == []


def test_a_link_in_the_folder_is_not_written_through(tmp_path):
    (tmp_path / "secret").write_text("kept")
    (tmp_path / "into").mkdir()
    (tmp_path / "into/x").symlink_to(tmp_path / "secret")
    with pytest.raises(EngineError):
        Unpacked(100, print).take(archive(("x", b"1")), tmp_path / "into")
    assert (tmp_path / "secret").read_text() == "kept"


def test_all_archives_of_a_job_share_its_volume(tmp_path):
    unpacked = Unpacked(10, print)
    unpacked.take(archive(("a", b"123456")), tmp_path)
    with pytest.raises(InputError, match="wrote more than"):
        unpacked.take(archive(("b", b"123456")), tmp_path)


def test_an_archive_that_is_cut_is_an_error(tmp_path):
    cut = io.BytesIO(archive(("a", b"1" * 5000)).getvalue()[:2000])
    with pytest.raises(EngineError, match="cannot be read"):
        Unpacked(10_000, print).take(cut, tmp_path)


def test_folders_for_a_container_are_open_to_all():
    with tarfile.open(fileobj=io.BytesIO(open_folders(["metrics/"]))) as tar:
        assert [(one.name, one.mode, one.isdir()) for one in tar] == [
            (".", 0o777, True),
            ("metrics", 0o777, True),
        ]
