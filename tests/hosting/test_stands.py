"""Programs that start, answer or end at the moment in which others begin or end something."""

import asyncio
import io
import tarfile
from dataclasses import replace

import pytest

from leeboard.hosting.containers import ContainerSpec
from leeboard.hosting.exchange import Invocation
from leeboard.hosting.failures import HostingError

from .conftest import IMAGE, LONG_S, is_alive, processes_of, program, until
from .test_programs import ask, wanting

pytestmark = pytest.mark.anyio
SPEC = ContainerSpec(image=IMAGE)


def put_model(path, name) -> None:
    with tarfile.open(path, "w:gz") as archive:
        archive.addfile(tarfile.TarInfo(name), io.BytesIO())


async def test_what_is_made_ready_after_it_was_looked_what_is_wanted_goes_on(hosts_of):
    hosts, looks = hosts_of(program()), []

    async def wanted() -> set[ContainerSpec]:
        looks.append(SPEC)
        if len(looks) > 1:
            return {SPEC}
        await hosts.ready(SPEC, LONG_S)  # for an endpoint that came after this look
        return set()

    await hosts.keep(wanted)
    assert (len(looks), len(hosts._hosts)) == (2, 1)
    assert is_alive((await ask(hosts))["pid"])


async def test_a_program_that_somebody_starts_again_is_started_once(hosts_of):
    hosts = hosts_of(program())
    await hosts.ready(SPEC, LONG_S)
    ending = asyncio.create_task(hosts.keep(wanting()))
    await until(lambda: not hosts._hosts, "it is not ended")
    first = asyncio.create_task(hosts.ready(SPEC, LONG_S))
    await ending
    await asyncio.gather(first, hosts.ready(SPEC, LONG_S))
    assert hosts.log_of(SPEC).read_text().count("--- leeboard started") == 2


async def test_a_call_that_is_under_way_is_answered_before_its_program_ends(hosts_of, tmp_path):
    hosts, word = hosts_of(program()), tmp_path / "word"
    await hosts.ready(SPEC, LONG_S)
    pid = (await ask(hosts))["pid"]
    call = asyncio.create_task(ask(hosts, body=f"wait:{word}".encode()))
    await until(word.with_suffix(".seen").exists, "the program was not asked")
    await hosts.keep(wanting())
    assert (len(hosts._hosts), is_alive(pid)) == (0, True)
    word.touch()
    assert (await call)["pid"] == pid
    await until(lambda: not is_alive(pid), "the program goes on")


async def test_a_call_to_the_old_model_is_answered_while_the_new_one_takes_the_others(hosts_of, tmp_path):
    put_model(tmp_path / "model.tar.gz", "old")
    spec = replace(SPEC, model_data_url=str(tmp_path / "model.tar.gz"))
    hosts, word = hosts_of(program()), tmp_path / "word"
    await hosts.ready(spec, LONG_S)
    call = asyncio.create_task(ask(hosts, spec, f"wait:{word}".encode()))
    await until(word.with_suffix(".seen").exists, "the program was not asked")
    put_model(tmp_path / "model.tar.gz", "new")
    await hosts.ready(spec, LONG_S)
    assert (await ask(hosts, spec))["files"] == ["new"]
    word.touch()
    assert (await call)["files"] == ["old"]


async def test_a_server_that_ends_does_not_wait_for_a_program_that_starts(hosts_of, tmp_path):
    hosts = hosts_of(program("silent"))
    starting = asyncio.create_task(hosts.ready(SPEC, LONG_S))
    await until(lambda: len(processes_of(tmp_path)) == 2, "it is not started")
    tree = processes_of(tmp_path)
    await hosts.close()
    assert [pid for pid in tree if is_alive(pid)] == []
    with pytest.raises(HostingError, match="was ended"):
        await starting


async def test_a_call_that_waits_while_the_server_ends_is_told_so(hosts_of, tmp_path):
    hosts, word = hosts_of(program()), tmp_path / "word"
    await hosts.ready(SPEC, LONG_S)
    call = asyncio.create_task(hosts.invoke([SPEC], Invocation(body=f"wait:{word}".encode())))
    await until(word.with_suffix(".seen").exists, "the program was not asked")
    await hosts.keep(wanting())
    await hosts.close()
    with pytest.raises(HostingError):
        await call


async def test_a_model_stays_while_the_program_that_reads_it_starts(hosts_of, tmp_path):
    """Another container has the same model in a later version."""
    file = tmp_path / "model.tar.gz"
    put_model(file, "old")
    slow, other = (ContainerSpec(image=image, model_data_url=str(file)) for image in ("slow", "other"))
    hosts = hosts_of(program("silent", "slow"), program())
    starting = asyncio.create_task(hosts.ready(slow, LONG_S))
    await until(lambda: len(processes_of(tmp_path)) == 2, "it is not started")
    put_model(file, "new")
    await hosts.ready(other, LONG_S)
    assert {path.name for path in tmp_path.glob("work/models/*/*/*")} == {"old", "new"}
    await hosts.close()
    with pytest.raises(HostingError):
        await starting
