import os
import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from leeboard.errors import EngineError, InputError, NotFoundError
from leeboard.storage import exists, list_objects, read_bytes, write_bytes

KILLED_IN_THE_MIDDLE = """
import os, signal, sys
from leeboard.storage import file
os.fsync = lambda handle: os.kill(os.getpid(), signal.SIGKILL)  # dies when all bytes are handed over
file.write_bytes(sys.argv[1], b"new" * 1000)
"""


def names(folder: Path) -> list[str]:
    return [found.uri.removeprefix(f"{folder}/") for found in list_objects(folder)]


def test_a_writer_that_is_killed_leaves_the_old_content(tmp_path: Path) -> None:
    target = tmp_path / "statistics.json"
    write_bytes(target, b"old")
    ran = subprocess.run([sys.executable, "-c", KILLED_IN_THE_MIDDLE, str(target)], check=False)
    assert ran.returncode == -signal.SIGKILL
    assert target.read_bytes() == b"old"
    left = [name for name in os.listdir(tmp_path) if name != "statistics.json"]
    assert [name[0] for name in left] == ["."]


def test_a_write_that_fails_leaves_nothing_behind(tmp_path: Path) -> None:
    (tmp_path / "target").mkdir()
    with pytest.raises(InputError, match="is a folder"):
        write_bytes(tmp_path / "target", b"new")
    assert os.listdir(tmp_path) == ["target"]


def test_a_folder_in_place_of_a_file_names_what_is_in_it(tmp_path: Path) -> None:
    (tmp_path / "constraint_violations.json").write_bytes(b"{}")
    with pytest.raises(InputError, match=r"name one inside it, such as constraint_violations\.json$"):
        read_bytes(tmp_path)


def test_a_written_file_has_the_usual_rights(tmp_path: Path) -> None:
    (tmp_path / "usual").write_bytes(b"")
    write_bytes(tmp_path / "written", b"")
    modes = {stat.S_IMODE((tmp_path / name).stat().st_mode) for name in ("usual", "written")}
    assert len(modes) == 1


def test_the_longest_name_can_be_written(tmp_path: Path) -> None:
    name = "n" * 255  # of bytes, on all common file systems
    write_bytes(tmp_path / name, b"1")
    assert read_bytes(tmp_path / name) == b"1"


def test_a_name_that_is_too_long_is_an_input_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="longer than the file system allows"):
        write_bytes(tmp_path / ("n" * 256), b"1")


def test_nothing_can_be_written_below_a_file(tmp_path: Path) -> None:
    (tmp_path / "data.csv").write_bytes(b"")
    with pytest.raises(InputError, match=r"data\.csv is a file, not a folder"):
        write_bytes(tmp_path / "data.csv" / "x", b"")
    with pytest.raises(NotFoundError, match=r"data\.csv is a file, not a folder"):
        read_bytes(tmp_path / "data.csv" / "x")


def test_a_full_disk_is_an_engine_error() -> None:
    if not os.path.exists("/dev/full"):
        pytest.skip("this system has no /dev/full")
    from leeboard.storage.file import explained

    with (
        pytest.raises(EngineError, match="No space left"),
        explained("x.json"),
        open("/dev/full", "wb", 0) as disk,
    ):
        disk.write(b"1")


def test_an_unreadable_file_is_an_input_error(tmp_path: Path) -> None:
    write_bytes(tmp_path / "secret", b"")
    (tmp_path / "secret").chmod(0)
    if os.access(tmp_path / "secret", os.R_OK):
        pytest.skip("this user may read everything")
    with pytest.raises(InputError, match="no permission for"):
        read_bytes(tmp_path / "secret")


def test_a_relative_path_is_missed_in_the_working_directory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    write_bytes("data/train.csv", b"")
    with pytest.raises(NotFoundError, match=f"working directory {tmp_path}") as caught:
        read_bytes("data/trian.csv")
    assert "did you mean 'train.csv'?" in str(caught.value)


def test_a_tilde_is_a_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write_bytes("~/x", b"")
    assert (tmp_path / "~" / "x").exists()


def test_an_empty_folder_lists_nothing(tmp_path: Path) -> None:
    assert exists(tmp_path)
    assert list(list_objects(tmp_path)) == []


def test_links_to_files_are_listed_and_linked_folders_are_not_entered(tmp_path: Path) -> None:
    write_bytes(tmp_path / "real/x.csv", b"12")
    (tmp_path / "linked.csv").symlink_to("real/x.csv")
    (tmp_path / "real/circle").symlink_to(tmp_path)
    (tmp_path / "dangling").symlink_to("nowhere")
    assert names(tmp_path) == ["linked.csv", "real/x.csv"]


def test_the_listed_folder_may_be_a_link(tmp_path: Path) -> None:
    write_bytes(tmp_path / "real/x.csv", b"")
    (tmp_path / "link").symlink_to("real")
    assert names(tmp_path / "link") == ["x.csv"]


def test_pipes_are_not_listed(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    assert names(tmp_path) == []


def test_a_long_folder_is_cut_in_the_message(tmp_path: Path) -> None:
    for number in range(7):
        write_bytes(tmp_path / f"{number}.csv", b"")
    with pytest.raises(NotFoundError, match=r"which holds 0\.csv, 1\.csv, 2\.csv, 3\.csv, 4\.csv, \.\.\.;"):
        read_bytes(tmp_path / "labels")


@pytest.mark.parametrize("uri", ["", ".", "/"])
def test_a_folder_that_has_no_name_of_its_own_is_not_written(uri: str) -> None:
    with pytest.raises(InputError):
        write_bytes(uri, b"1")
