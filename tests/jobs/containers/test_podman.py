"""The service of Podman's that a server starts for itself."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from leeboard.jobs.containers.podman import PodmanService

LEAVING = """
import os, sys
from leeboard.jobs.containers.podman import PodmanService
try:
    PodmanService().connect(1)
except OSError:
    os._exit(0)  # as if it was killed: nothing is cleaned up
"""


@pytest.fixture
def temporary(tmp_path, monkeypatch) -> Path:
    """A place for temporary files, and a Podman that does not start."""
    program = tmp_path / "bin/podman"
    program.parent.mkdir()
    program.write_text("#!/bin/sh\necho it is broken; exit 1\n")
    program.chmod(0o755)
    folder = tmp_path / "tmp"
    folder.mkdir()
    monkeypatch.setenv("PATH", f"{program.parent}:{os.environ['PATH']}")
    monkeypatch.setenv("TMPDIR", str(folder))
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells one process from a later one")
def test_the_folder_of_a_killed_server_is_removed_and_that_of_a_living_one_is_not(temporary):
    subprocess.run([sys.executable, "-c", LEAVING], check=True)
    (dead,) = temporary.iterdir()
    living, foreign = PodmanService(), temporary / "leeboard-podman-x"
    foreign.mkdir()
    for service in (living, PodmanService()):
        with pytest.raises(OSError, match="it is broken"):
            service.connect(60)
    assert not dead.exists()
    assert len(list(temporary.iterdir())) == 3
    living.close()
    assert foreign.is_dir()
