"""Which engine is found, and how it is reached."""

import shutil
import socket
from pathlib import Path

import pytest

from leeboard.errors import InputError, UnreachableError
from leeboard.jobs.containers import podman
from leeboard.jobs.containers.finding import checked_name, engine_of, find_engine


def test_the_engine_of_the_docker_command_is_taken_first(engine):
    found = find_engine("auto", {"DOCKER_HOST": engine.url})
    assert found.engine.name == engine.url


def test_an_engine_that_does_not_answer_is_passed_by(engine, tmp_path):
    where = {"DOCKER_HOST": f"unix://{tmp_path}/none.sock", "CONTAINER_HOST": engine.url}
    assert find_engine("auto", where).engine.name == engine.url


def test_podmans_socket_of_the_user_is_found(engine, tmp_path):
    (tmp_path / "podman").mkdir()
    (tmp_path / "podman/podman.sock").symlink_to(engine.url.removeprefix("unix://"))
    if any(Path(path).exists() for path in ("/var/run/docker.sock", "/run/podman/podman.sock")):
        pytest.skip("this machine has an engine of its own")
    found = find_engine("auto", {"XDG_RUNTIME_DIR": str(tmp_path)})
    assert found.engine.name == f"unix://{tmp_path}/podman/podman.sock"


def test_where_there_is_none_it_is_told_where_it_was_looked_for(monkeypatch, tmp_path):
    if any(Path(path).exists() for path in ("/var/run/docker.sock", "/run/podman/podman.sock")):
        pytest.skip("this machine has an engine of its own")
    monkeypatch.setenv("PATH", str(tmp_path))
    host = f"unix://{tmp_path}/none.sock"
    found = find_engine("auto", {"XDG_RUNTIME_DIR": str(tmp_path), "DOCKER_HOST": host})
    assert found.engine is None
    assert "/var/run/docker.sock" in found.why_not
    assert "and for the command podman; it was tried: " + host in found.why_not


def test_the_command_podman_is_an_engine_by_itself(own_anywhere, engine, monkeypatch):
    for name, value in engine.variables.items():
        monkeypatch.setenv(name, value)
    own_anywhere.engine, own_anywhere.image = "podman", engine.image
    try:
        assert own_anywhere.run("echo by the command").state == "Completed", own_anywhere.log
        assert "by the command" in own_anywhere.log
    finally:
        podman._service.close()
    assert not Path(podman._service._folder or "/none").exists()


def test_a_service_that_was_ended_is_started_again(engine, monkeypatch):
    for name, value in engine.variables.items():
        monkeypatch.setenv(name, value)
    asked = engine_of("podman")
    try:
        asked.ping()
        podman._service._process.kill()
        podman._service._process.wait()
        asked.ping()
    finally:
        podman._service.close()


def test_a_podman_that_does_not_start_says_why(monkeypatch, tmp_path):
    script = tmp_path / "podman"
    script.write_text(f"#!{shutil.which('sh')}\necho no such option\nexit 125\n")
    script.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    try:
        with pytest.raises(UnreachableError, match="podman system service does not start: no such option"):
            engine_of("podman").ping()
    finally:
        podman._service.close()


@pytest.mark.parametrize("name", ["ftp://x/y", "unix:relative", "unix://host/path", "tcp://host", "docker"])
def test_what_is_no_engine_is_refused_at_the_start(name):
    with pytest.raises(InputError, match=r"expected none, auto, podman, .*unix:///PATH"):
        checked_name(name)


@pytest.mark.parametrize("name", ["auto", "none", "podman", "unix:///a.sock", "tcp://127.0.0.1:2375"])
def test_names_of_engines_are_kept(name):
    assert checked_name(name) == name


def test_a_job_whose_engine_is_away_is_tried_again(own_anywhere):
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        own_anywhere.engine = f"tcp://127.0.0.1:{nobody.getsockname()[1]}"
        end = own_anywhere.run("true")
    assert (end.state, end.is_retryable) == ("Failed", True)
    assert "does not answer" in end.message
