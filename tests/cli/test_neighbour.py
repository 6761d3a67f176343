"""A second server on one home says so."""

import json
import os
import socket
from pathlib import Path

import pytest

from leeboard.cli.neighbour import Neighbour, running_in


@pytest.fixture
def listening():
    with socket.create_server(("127.0.0.1", 0)) as door:
        yield f"http://127.0.0.1:{door.getsockname()[1]}"


def told(home: Path, url: str, pid: int) -> Path:
    (home / "server.json").write_text(json.dumps({"url": url, "pid": pid}))
    return home


def test_a_process_that_is_there_and_listens_is_a_neighbour(tmp_path, listening):
    pid = os.getppid()
    assert running_in(told(tmp_path, listening, pid)) == Neighbour(listening, pid)


def test_what_an_ended_server_left_is_none(tmp_path, listening):
    gone = os.posix_spawn("/bin/true", ["true"], {})
    os.waitpid(gone, 0)
    assert running_in(told(tmp_path, listening, gone)) is None


def test_a_process_with_the_number_of_an_ended_server_has_not_its_port(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as door:
        port = door.getsockname()[1]
    assert running_in(told(tmp_path, f"http://127.0.0.1:{port}", os.getppid())) is None


def test_a_container_whose_server_has_the_same_number_again_is_no_neighbour_of_its_own(tmp_path, listening):
    assert running_in(told(tmp_path, listening, os.getpid())) is None


@pytest.mark.parametrize("text", [None, "", "[]", "{}", '{"url": "x", "pid": "one"}', '{"url": 1, "pid": 0}'])
def test_a_file_that_says_nothing_names_none(tmp_path, text):
    if text is not None:
        (tmp_path / "server.json").write_text(text)
    assert running_in(tmp_path) is None
