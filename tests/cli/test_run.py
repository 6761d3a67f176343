"""`leeboard run`, as a process that becomes another program."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

KEYS = {"access_key_id": "AKHOME", "secret_access_key": "secret", "capture_token": "token"}
SHOW = "import json, os; print(json.dumps(dict(os.environ)))"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """The home of a server, as one leaves it."""
    (tmp_path / "server.json").write_text('{"url": "http://127.0.0.1:7171", "region": "eu-west-1"}')
    (tmp_path / "keys.json").write_text(json.dumps(KEYS))
    return tmp_path


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "leeboard", "run", *arguments]


def environment(**more: str) -> dict[str, str]:
    return {"PATH": os.environ["PATH"], "PYTHONPATH": os.pathsep.join(filter(None, sys.path)), **more}


def run(*arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command(*arguments), env=environment(**more), capture_output=True, text=True, timeout=120, check=False
    )


def test_the_program_finds_the_server_and_its_keys(home: Path) -> None:
    seen = json.loads(
        run("--home", str(home), "--", sys.executable, "-c", SHOW, AWS_SESSION_TOKEN="old").stdout
    )
    assert seen["AWS_ENDPOINT_URL"] == "http://127.0.0.1:7171"
    assert (seen["AWS_ACCESS_KEY_ID"], seen["AWS_SECRET_ACCESS_KEY"]) == ("AKHOME", "secret")
    assert "AWS_SESSION_TOKEN" not in seen


def test_an_address_of_aws_for_sts_is_the_servers_in_the_program(home: Path) -> None:
    code = "import boto3; print(boto3.client('sts', endpoint_url='https://sts.eu-west-1.amazonaws.com').meta.endpoint_url)"
    assert run("--home", str(home), "--", sys.executable, "-c", code).stdout == "http://127.0.0.1:7171\n"


def test_who_stays_on_aws_keeps_keys_and_sts(home: Path) -> None:
    done = run(
        "--home", str(home), "--sagemaker-only", "--", sys.executable, "-c", SHOW, AWS_ACCESS_KEY_ID="AKAWS"
    )
    seen = json.loads(done.stdout)
    assert seen["AWS_ENDPOINT_URL_SAGEMAKER"] == "http://127.0.0.1:7171"
    assert seen["AWS_ACCESS_KEY_ID"] == "AKAWS"
    assert "AWS_ENDPOINT_URL" not in seen
    assert "hook" not in seen["PYTHONPATH"]


def test_arguments_with_dashes_are_the_programs(home: Path) -> None:
    code = "import sys; print(sys.argv[1:])"
    done = run("--home", str(home), "--", sys.executable, "-c", code, "--home", "x", "-h")
    assert done.stdout == "['--home', 'x', '-h']\n"


def test_the_exit_code_is_the_programs(home: Path) -> None:
    assert run("--home", str(home), "--", "sh", "-c", "exit 17").returncode == 17


def test_a_signal_reaches_the_program(home: Path) -> None:
    code = (
        "import signal, sys; signal.signal(signal.SIGTERM, lambda *_: sys.exit(5)); "
        "print('ready', flush=True); signal.pause()"
    )
    process = subprocess.Popen(
        command("--home", str(home), "--", sys.executable, "-c", code),
        env=environment(),
        stdout=subprocess.PIPE,
        text=True,
    )
    with process:
        try:
            assert process.stdout.readline() == "ready\n"
            process.send_signal(signal.SIGTERM)
            assert process.wait(60) == 5
        finally:
            process.kill()


def test_a_program_that_is_not_there_is_named(home: Path) -> None:
    done = run("--home", str(home), "--", "no-such-program")
    assert done.returncode == 2
    assert "no program 'no-such-program'" in done.stderr
