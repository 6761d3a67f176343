import asyncio
import io
import json
import os
import signal
import socket
import subprocess
import sys
import tarfile
from contextlib import ExitStack

import pytest

from leeboard.hosting import programs
from leeboard.hosting.containers import ContainerSpec
from leeboard.hosting.exchange import Invocation
from leeboard.hosting.failures import HostingError
from leeboard.hosting.mapping import ModelRoute

from .conftest import (
    IMAGE,
    LONG_S,
    is_alive,
    parents,
    processes_of,
    program,
    session_processes,
    until,
    wait_until,
)

pytestmark = pytest.mark.anyio
SPEC = ContainerSpec(image=IMAGE)


async def ask(hosts, spec=SPEC, body=b"1") -> dict:
    return json.loads((await hosts.invoke([spec], Invocation(body=body))).body)


def wanting(*specs):
    """What tells that these containers are wanted, and no others."""

    async def wanted() -> set[ContainerSpec]:
        return set(specs)

    return wanted


@pytest.fixture(params=[False, True], ids=["asyncio", "uvloop"])
def anyio_backend(request) -> tuple[str, dict[str, bool]]:
    """Both, as they start processes in ways of their own; the server has uvloop."""
    return "asyncio", {"use_uvloop": request.param}


@pytest.fixture
def model(tmp_path) -> ContainerSpec:
    with tarfile.open(tmp_path / "model.tar.gz", "w:gz") as archive:
        info = tarfile.TarInfo("code/model.txt")
        info.size = 1
        archive.addfile(info, io.BytesIO(b"1"))
    return ContainerSpec(image=IMAGE, model_data_url=str(tmp_path / "model.tar.gz"))


async def test_a_program_serves_its_model(hosts_of, model):
    hosts = hosts_of(program())
    await hosts.ready(model, LONG_S)
    answer = await ask(hosts, model, b"1,2")
    assert (answer["body"], answer["files"]) == ("1,2", ["code/model.txt"])


async def test_a_program_sees_what_it_should_and_no_secret_of_ours(hosts_of, monkeypatch):
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "ours")
    monkeypatch.setenv("LEEBOARD_OBJECTS", "ours")
    theirs = {
        "A": "1",
        "SAGEMAKER_PROGRAM": "x.py",
        "LD_PRELOAD": "x.so",
        "PATH": "/evil",
        "LEEBOARD_HOME": "x",
    }
    spec = ContainerSpec(image=IMAGE, environment=theirs)
    hosts = hosts_of(program())
    await hosts.ready(spec, LONG_S)
    seen = (await ask(hosts, spec))["environment"]
    assert (seen["A"], seen["SAGEMAKER_PROGRAM"], seen["PATH"]) == ("1", "x.py", os.environ["PATH"])
    assert seen["SM_MODEL_DIR"] == seen["MODEL_PATH"]
    assert seen["SAGEMAKER_BIND_TO_PORT"] == seen["PORT"]
    assert not {"LD_PRELOAD", "AWS_SECRET_ACCESS_KEY", "LEEBOARD_OBJECTS", "LEEBOARD_HOME"} & set(seen)


async def test_a_command_is_no_shell(hosts_of, tmp_path):
    more = f"'$(touch {tmp_path}/x)' ; touch {tmp_path}/y"
    hosts = hosts_of(ModelRoute("*", command=f"{program().command} {more}"))
    await hosts.ready(SPEC, LONG_S)
    assert not {"x", "y"} & set(os.listdir(tmp_path))


async def test_one_that_is_not_there_is_named(hosts_of):
    hosts = hosts_of(ModelRoute("*", command="no-such-program --port {port}"))
    with pytest.raises(HostingError, match=r"no program 'no-such-program'.* on PATH=") as caught:
        await hosts.ready(SPEC, LONG_S)
    assert caught.value.reason == "no_program"


async def test_one_that_dies_at_its_start_says_why(hosts_of):
    hosts = hosts_of(program("dies"))
    with pytest.raises(HostingError, match="ended with exit code 3 before it answered http") as caught:
        await hosts.ready(SPEC, LONG_S)
    assert "loading the model\nno weights in " in str(caught.value)
    assert str(hosts.log_of(SPEC)) in str(caught.value)


@pytest.mark.parametrize("n_taken", [1, 4])
async def test_one_whose_port_was_taken_meanwhile_gets_another(hosts_of, monkeypatch, n_taken):
    hosts = hosts_of(program())
    with ExitStack() as stack:
        taken = [stack.enter_context(socket.socket()) for _ in range(n_taken)]
        for each in taken:
            each.bind(("127.0.0.1", 0))
        ports, free = [each.getsockname()[1] for each in taken], programs._free_port
        monkeypatch.setattr(programs, "_free_port", lambda: ports.pop() if ports else free())
        await hosts.ready(SPEC, LONG_S)
        assert not ports
        assert (await ask(hosts))["body"] == "1"


async def test_two_programs_never_choose_the_same_port(hosts_of, monkeypatch):
    """As before either listens: who comes second would be taken to be ready, and the first answer for it."""
    hosts, other, ports, free = hosts_of(program()), ContainerSpec(image="other"), [], programs._free_port

    def same() -> int:
        ports.append(free())
        return ports[0] if len(ports) < 3 else ports[-1]

    monkeypatch.setattr(programs, "_free_port", same)
    await hosts.ready(SPEC, LONG_S)
    await hosts.ready(other, LONG_S)
    assert (await ask(hosts))["pid"] != (await ask(hosts, other))["pid"]


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere a port cannot be kept")
async def test_a_port_is_its_own_before_it_listens_there(hosts_of, monkeypatch):
    """Else who takes any port could get it, answer its ping, and then its calls."""
    hosts, ports, free = hosts_of(program("silent")), [], programs._free_port

    def noted() -> int:
        ports.append(free())
        return ports[-1]

    monkeypatch.setattr(programs, "_free_port", noted)
    starting = asyncio.create_task(hosts.ready(SPEC, LONG_S))
    await until(lambda: bool(ports), "it has no port")
    assert not can_be_bound(ports[0])
    await hosts.close()
    with pytest.raises(HostingError, match="was ended"):
        await starting
    assert can_be_bound(ports[0])


def can_be_bound(port: int) -> bool:
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


async def test_one_that_shares_no_address_gets_a_port_that_is_not_kept_for_it(hosts_of):
    hosts = hosts_of(program("exclusive"))
    await hosts.ready(SPEC, LONG_S)
    assert (await ask(hosts))["body"] == "1"


async def test_one_that_finds_no_port_says_so(hosts_of, monkeypatch):
    hosts = hosts_of(program())
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        monkeypatch.setattr(programs, "_free_port", lambda: taken.getsockname()[1])
        with pytest.raises(HostingError, match="Address already in use"):
            await hosts.ready(SPEC, LONG_S)


@pytest.mark.parametrize("behaviour", ["silent", "unwell"])
async def test_one_that_never_gets_ready_is_ended(hosts_of, behaviour, tmp_path):
    hosts = hosts_of(program(behaviour))
    with pytest.raises(HostingError, match=r"did not answer http.*/ping within 1 s \(") as caught:
        await hosts.ready(SPEC, 1)
    assert caught.value.reason == "not_ready"
    assert processes_of(tmp_path) == set()


async def test_two_endpoints_of_one_model_share_a_program(hosts_of):
    hosts = hosts_of(program())
    await asyncio.gather(hosts.ready(SPEC, LONG_S), hosts.ready(ContainerSpec(image=IMAGE), LONG_S))
    assert (await ask(hosts))["pid"] == (await ask(hosts, ContainerSpec(image=IMAGE)))["pid"]


async def test_one_that_was_killed_is_started_again_and_calls_wait_for_it(hosts_of):
    hosts = hosts_of(program("closes"))
    await hosts.ready(SPEC, LONG_S)
    first = await ask(hosts)
    warden = parents()[first["pid"]]
    os.kill(first["pid"], signal.SIGKILL)
    await until(lambda: not is_alive(warden), "the program outlived SIGKILL")
    second = await ask_until_ready(hosts)
    assert second["pid"] != first["pid"]


async def ask_until_ready(hosts) -> dict:
    """On a busy machine the start may take longer than a call waits."""
    end = asyncio.get_running_loop().time() + LONG_S
    while True:
        try:
            return await ask(hosts)
        except HostingError as error:
            if error.reason != "not_ready" or asyncio.get_running_loop().time() > end:
                raise


async def test_one_that_dies_of_a_call_fails_that_call_alone(hosts_of):
    hosts = hosts_of(program())
    await hosts.ready(SPEC, LONG_S)
    warden = parents()[(await ask(hosts))["pid"]]
    with pytest.raises(HostingError, match="cannot be reached") as caught:
        await ask(hosts, body=b"die")
    assert caught.value.reason == "unreachable"
    await until(lambda: not is_alive(warden), "the program outlived its end")
    assert (await ask_until_ready(hosts))["body"] == "1"


async def test_a_call_starts_what_nobody_made_ready(hosts_of):
    assert (await ask_until_ready(hosts_of(program())))["body"] == "1"


async def test_close_leaves_nothing_of_the_tree(hosts_of, tmp_path):
    hosts = hosts_of(program("parent"))
    await hosts.ready(SPEC, LONG_S)
    tree = processes_of(tmp_path)
    assert len(tree) == 4  # the warden, the program, its child, and one that left the session
    await hosts.close()
    assert [pid for pid in tree if is_alive(pid)] == []


async def test_programs_of_endpoints_that_are_gone_are_ended(hosts_of):
    hosts, other = hosts_of(program()), ContainerSpec(image="other")
    await asyncio.gather(hosts.ready(SPEC, LONG_S), hosts.ready(other, LONG_S))
    kept, gone = (await ask(hosts))["pid"], (await ask(hosts, other))["pid"]
    await hosts.keep(wanting(SPEC))
    assert (is_alive(kept), is_alive(gone)) == (True, False)


async def test_a_model_that_changed_gets_a_new_program_at_the_next_deployment(hosts_of, model, tmp_path):
    hosts = hosts_of(program())
    await hosts.ready(model, LONG_S)
    first = (await ask(hosts, model))["pid"]
    await hosts.ready(model, LONG_S)
    assert (await ask(hosts, model))["pid"] == first
    with tarfile.open(tmp_path / "model.tar.gz", "w:gz") as archive:
        archive.addfile(tarfile.TarInfo("new"), io.BytesIO())
    await hosts.ready(model, LONG_S)
    answer = await ask(hosts, model)
    assert answer["files"] == ["new"]
    assert not is_alive(first)


async def test_each_target_of_a_multi_model_container_is_there_when_it_is_asked_for(hosts_of, tmp_path):
    (tmp_path / "many").mkdir()
    (tmp_path / "many/a.tar.gz").write_bytes(b"1")
    spec = ContainerSpec(image=IMAGE, model_data_url=str(tmp_path / "many"), is_multi_model=True)
    hosts = hosts_of(program())
    await hosts.ready(spec, LONG_S)
    (tmp_path / "many/b.tar.gz").write_bytes(b"1")
    answer = json.loads((await hosts.invoke([spec], Invocation(body=b"", target_model="b.tar.gz"))).body)
    assert answer["files"] == ["a.tar.gz", "b.tar.gz"]
    assert answer["headers"]["X-Amzn-SageMaker-Target-Model"] == "b.tar.gz"


SERVER = """
import asyncio, sys
from pathlib import Path
from leeboard.hosting.containers import ContainerSpec
from leeboard.hosting.hosts import Hosts
from leeboard.hosting.mapping import ModelRoute

async def main():
    hosts = Hosts(Path(sys.argv[1]), lambda _: ModelRoute("*", command=sys.argv[2]))
    await hosts.ready(ContainerSpec(image="x"), 60)
    sys.stdout.write("ready\\n")
    sys.stdout.flush()
    await asyncio.Event().wait()

asyncio.run(main())
"""


def test_nothing_of_the_tree_outlives_a_server_that_is_killed(tmp_path):
    command = [sys.executable, "-c", SERVER, str(tmp_path), program("parent").command]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as server:
        try:
            assert server.stdout.readline() == b"ready\n"
            tree = session_processes(server.pid)
            assert len(tree) == 5
        finally:
            server.kill()
    wait_until(lambda: not any(map(is_alive, tree)), "something outlived the server")
