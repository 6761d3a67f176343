"""The variables as a shell, Docker and a notebook take them: each is read by what it is for."""

import subprocess
import sys

from leeboard.client.listings import docker, notebook, shell

VALUES = {"AWS_ENDPOINT_URL": "http://127.0.0.1:7070", "AWS_SECRET_ACCESS_KEY": 'it\'s $HOME `id` "x"'}
NAMES = ("AWS_ENDPOINT_URL", "AWS_SECRET_ACCESS_KEY", "OLD")
SHOW = f"import os; print(*(os.environ.get(name) for name in {NAMES}), sep='|')"
SEEN = "|".join([*VALUES.values(), "None"])


def output(*command: str) -> str:
    environment = {"OLD": "still there", "PATH": "/usr/bin:/bin"}
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=environment, timeout=120)
    return done.stdout.strip()


def test_a_shell_evaluates_the_lines_to_the_same_values() -> None:
    assert output("sh", "-c", f'{shell(VALUES, ["OLD"])}\nexec "$0" -c "$1"', sys.executable, SHOW) == SEEN


def test_a_notebook_cell_sets_the_same_values() -> None:
    assert output(sys.executable, "-c", f"{notebook(VALUES, ['OLD'])}\n{SHOW}") == SEEN


def test_a_notebook_that_has_started_gets_the_hook_too() -> None:
    cell = notebook({"AWS_ENDPOINT_URL": "http://127.0.0.1:7070", "PYTHONPATH": "/hook"}, [])
    ask = "import boto3; print(boto3.client('sts', 'us-east-1', endpoint_url='https://sts.amazonaws.com').meta.endpoint_url)"
    assert output(sys.executable, "-c", f"{cell}\n{ask}") == "http://127.0.0.1:7070"


def test_a_container_gets_the_hosts_name_and_bare_values() -> None:
    settings = {**VALUES, "SAGEMAKER_ADMIN_CONFIG_OVERRIDE": "/of/the/host", "PYTHONPATH": "/of/the/host"}
    lines = docker(settings, ["OLD"]).splitlines()
    assert [line for line in lines if not line.startswith("#")] == [
        "AWS_ENDPOINT_URL=http://host.docker.internal:7070",
        f"AWS_SECRET_ACCESS_KEY={VALUES['AWS_SECRET_ACCESS_KEY']}",
    ]
    assert "--add-host=host.docker.internal:host-gateway" in lines[1]
    assert lines[3].startswith("# --volume=/")


def test_an_address_that_containers_reach_stays_as_it_is() -> None:
    assert docker({"AWS_ENDPOINT_URL": "http://leeboard:7070"}, []) == "AWS_ENDPOINT_URL=http://leeboard:7070"
