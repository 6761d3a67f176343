"""`leeboard env`."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """The home of a server, as one leaves it."""
    (tmp_path / "server.json").write_text('{"url": "http://127.0.0.1:7171", "region": "eu-west-1"}')
    (tmp_path / "keys.json").write_text('{"access_key_id": "AKHOME", "secret_access_key": "two words"}')
    return tmp_path


def env(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    settings = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
        **environment,
    }
    command = [sys.executable, "-m", "leeboard", "env", *arguments]
    return subprocess.run(command, env=settings, capture_output=True, text=True, timeout=120, check=False)


def test_lines_to_paste_come_first(home: Path) -> None:
    lines = env("--home", str(home)).stdout.splitlines()
    assert lines[:5] == [
        "export AWS_ENDPOINT_URL=http://127.0.0.1:7171",
        "export AWS_DEFAULT_REGION=eu-west-1",
        "export AWS_REGION=eu-west-1",
        "export AWS_ACCESS_KEY_ID=AKHOME",
        "export AWS_SECRET_ACCESS_KEY='two words'",
    ]
    assert all(line.startswith("export ") for line in lines)


def test_what_contradicts_is_unset(home: Path) -> None:
    assert env("--home", str(home), AWS_SESSION_TOKEN="t").stdout.startswith("unset AWS_SESSION_TOKEN\n")


def test_programs_get_json(home: Path) -> None:
    found = json.loads(env("--home", str(home), "--format", "json").stdout)
    assert found["AWS_SECRET_ACCESS_KEY"] == "two words"


def test_who_stays_on_aws_needs_no_keys(tmp_path: Path) -> None:
    done = env("--server", "http://leeboard:7070", "--sagemaker-only", HOME=str(tmp_path))
    assert done.stdout == (
        "export AWS_ENDPOINT_URL_SAGEMAKER=http://leeboard:7070\n"
        "export AWS_ENDPOINT_URL_SAGEMAKER_RUNTIME=http://leeboard:7070\n"
    )


def test_a_home_without_a_server_is_bad_input(tmp_path: Path) -> None:
    done = env("--home", str(tmp_path))
    assert done.returncode == 2
    assert "leeboard serve --home" in " ".join(done.stderr.split())
