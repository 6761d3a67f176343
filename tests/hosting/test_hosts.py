import asyncio

import pytest
from aiohttp import web

from leeboard.hosting.containers import ContainerSpec
from leeboard.hosting.exchange import Invocation
from leeboard.hosting.failures import HostingError, redacted
from leeboard.hosting.hosts import Hosts
from leeboard.hosting.mapping import ModelMap, ModelRoute

pytestmark = pytest.mark.anyio


def adds(mark: bytes, content_type: str, status: int = 200, seen: list | None = None):
    """A model that puts a mark behind what it is asked."""

    async def handler(request):
        if seen is not None:
            seen.append((request.headers.get("Content-Type"), request.headers.get("Accept")))
        return web.Response(body=await request.read() + mark, content_type=content_type, status=status)

    return handler


def container(name: str) -> ContainerSpec:
    return ContainerSpec(image=name, hostname=name)


async def test_a_pipeline_gives_the_answer_of_one_to_the_next(serve, hosts_of):
    seen: list = []
    first = await serve(adds(b"-first", "application/json", seen=seen))
    second = await serve(adds(b"-second", "text/plain", seen=seen))
    hosts = hosts_of(ModelRoute("a", url=first), ModelRoute("b", url=second))
    invocation = Invocation(body=b"in", content_type="text/csv", accept="text/plain")
    answer = await hosts.invoke([container("a"), container("b")], invocation)
    assert (answer.body, answer.content_type) == (b"in-first-second", "text/plain")
    assert seen == [("text/csv", None), ("application/json", "text/plain")]


async def test_a_pipeline_ends_at_the_first_answer_that_is_no_success(serve, hosts_of):
    seen: list = []
    first = await serve(adds(b"-first", "text/plain", status=400))
    hosts = hosts_of(
        ModelRoute("a", url=first), ModelRoute("b", url=await serve(adds(b"", "a/b", seen=seen)))
    )
    answer = await hosts.invoke([container("a"), container("b")], Invocation(body=b"in"))
    assert (answer.status, answer.body, seen) == (400, b"in-first", [])


async def test_one_container_of_several_can_be_asked(serve, hosts_of):
    routes = [ModelRoute(name, url=await serve(adds(name.encode(), "a/b"))) for name in "ab"]
    hosts, both = hosts_of(*routes), [container("a"), container("b")]
    assert (await hosts.invoke(both, Invocation(body=b"", target_container_hostname="b"))).body == b"b"
    with pytest.raises(HostingError, match=r"no container 'c'; its containers: a, b"):
        await hosts.invoke(both, Invocation(body=b"", target_container_hostname="c"))


async def test_the_time_limit_is_that_of_the_whole_pipeline(serve, hosts_of):
    async def slow(_request):
        await asyncio.Event().wait()

    hosts = hosts_of(
        ModelRoute("a", url=await serve(adds(b"", "a/b"))), ModelRoute("b", url=await serve(slow))
    )
    with pytest.raises(HostingError, match="did not answer within"):
        await hosts.invoke([container("a"), container("b")], Invocation(body=b""), timeout_s=0.3)


async def test_an_image_that_nothing_serves_is_told_how_to_be_served(hosts_of):
    hosts, spec = hosts_of(ModelRoute("*/xgboost", url="http://a")), ContainerSpec(image="r/sklearn:1")
    for call in (hosts.ready(spec, 1), hosts.invoke([spec], Invocation(body=b""))):
        with pytest.raises(HostingError, match=r"leeboard models map 'r/sklearn:1' http") as caught:
            await call
        assert caught.value.reason == "no_route"
        assert "no container runtime is configured" in str(caught.value)


async def test_a_container_without_image_is_told_so(hosts_of):
    with pytest.raises(HostingError, match="has no Image"):
        await hosts_of().ready(ContainerSpec.of({"ModelPackageName": "x"}), 1)


async def test_a_model_without_containers_cannot_be_asked(hosts_of):
    with pytest.raises(HostingError, match="has no container"):
        await hosts_of().invoke([], Invocation(body=b""))


async def test_a_model_that_is_served_elsewhere_is_ready_and_cannot_be_asked(hosts_of):
    hosts, spec = hosts_of(), ContainerSpec(image="leeboard-external")
    await hosts.ready(spec, 1)
    with pytest.raises(HostingError, match="is served elsewhere") as caught:
        await hosts.invoke([spec], Invocation(body=b""))
    assert caught.value.reason == "served_elsewhere"


async def test_a_changed_map_counts_at_the_next_call(serve, tmp_path):
    maps = [ModelMap((ModelRoute("*", url=await serve(adds(name, "a/b"))),)) for name in (b"old", b"new")]
    current = maps[0]
    hosts = Hosts(tmp_path, lambda image: current.find(image))
    try:
        assert (await hosts.invoke([container("a")], Invocation(body=b""))).body == b"old"
        current = maps[1]
        assert (await hosts.invoke([container("a")], Invocation(body=b""))).body == b"new"
    finally:
        await hosts.close()


def test_a_container_is_read_from_its_definition():
    spec = ContainerSpec.of(
        {
            "Image": "r/x:1",
            "ModelDataUrl": "s3://b/models/",
            "Environment": {"A": "1"},
            "ContainerHostname": "first",
            "Mode": "MultiModel",
        }
    )
    assert spec == ContainerSpec(
        image="r/x:1",
        model_data_url="s3://b/models/",
        environment={"A": "1"},
        hostname="first",
        is_multi_model=True,
    )
    assert spec != ContainerSpec.of({"Image": "r/x:1", "Environment": {"A": "2"}})


@pytest.mark.parametrize(("compression", "is_packed"), [("Gzip", True), ("None", False)])
def test_a_model_source_says_whether_it_is_packed(compression, is_packed):
    source = {"S3DataSource": {"S3Uri": "s3://b/m", "S3DataType": "S3Object", "CompressionType": compression}}
    spec = ContainerSpec.of({"Image": "x", "ModelDataSource": source})
    assert (spec.model_data_url, spec.is_packed) == ("s3://b/m", is_packed)


def test_secrets_are_not_shown():
    assert redacted("https://u:p@h:1/a?k=s#f") == "https://***@h:1/a?***"
    assert redacted("http://h/a") == "http://h/a"
