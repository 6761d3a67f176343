"""The way of a job's process to models: real programs behind it, asked from threads as a job asks."""

import asyncio
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from threading import Thread

import polars as pl
import pytest
from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError

from leeboard.capture.spool import Spool
from leeboard.errors import InputError, UnreachableError
from leeboard.hosting.hosts import Hosts
from leeboard.hosting.mapping import EXTERNAL_IMAGE, ModelMap, ModelRoute
from leeboard.jobs.models.remote import RemoteModel
from leeboard.service.model_bridge import ModelBridge
from leeboard.service.model_calls import ModelCalls
from leeboard.service.resources import add
from leeboard.service.routes import Routes
from leeboard.service.service import Service
from leeboard.service.settings import Settings
from leeboard.state.database import Database

MODELS = Path(__file__).parents[1]
ROUTES = tuple(
    ModelRoute(f"{name}:*", command=f"{sys.executable} {MODELS}/{name}_model.py {{port}}")
    for name in ("toy", "echo")
)
AT = datetime(2026, 1, 1, tzinfo=UTC)
ROWS = pl.DataFrame({"A": ["12", "123"]})
LENGTHS = [[0.2], [0.3]]
"""What the toy model says of them."""


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    database = Database(f"sqlite:///{tmp_path / 'state.sqlite'}")
    settings = Settings(home=tmp_path)
    spool = Spool(tmp_path / "spool")
    yield Service(settings, database, Routes(database, ModelMap(ROUTES)), spool)
    database.close()


@pytest.fixture
def loop() -> Iterator[asyncio.AbstractEventLoop]:
    """One that runs in a thread of its own, as a server's."""
    running = asyncio.new_event_loop()
    thread = Thread(target=running.run_forever)
    thread.start()
    yield running
    asyncio.run_coroutine_threadsafe(running.shutdown_default_executor(), running).result(120)
    running.call_soon_threadsafe(running.stop)
    thread.join()
    running.close()


@pytest.fixture
def models(service: Service, loop: asyncio.AbstractEventLoop) -> Iterator[ModelCalls]:
    async def made() -> Hosts:
        return Hosts(service.settings.models, service.routes.find)

    service.settings.models.mkdir()
    hosts = asyncio.run_coroutine_threadsafe(made(), loop).result(120)
    yield ModelCalls(hosts, loop)
    asyncio.run_coroutine_threadsafe(hosts.close(), loop).result(120)


@pytest.fixture
def bridge(service: Service, models: ModelCalls) -> Iterator[ModelBridge]:
    made = ModelBridge(service, models)
    yield made
    asyncio.run_coroutine_threadsafe(made.close(), models.loop).result(120)


def put_model(service, name, *images):
    containers = [{"Image": image} for image in images]
    document = {"ModelName": name, "Containers": containers}
    with service.database.write() as connection:
        add(connection, service.settings, "model", name, document, now=AT)


def put_endpoint(service, name, **weights):
    """Variants of one container each, by their images."""
    variants = [
        {"name": image, "weight": weight, "containers": [{"Image": image + ":1"}], "startup_s": 60}
        for image, weight in weights.items()
    ]
    with service.database.write() as connection:
        facts = {"variants": variants}
        add(connection, service.settings, "endpoint", name, {}, now=AT, facts=facts, status="InService")


def asked(url, rows=ROWS):
    with closing(RemoteModel(url, n_retries=1, pause_s=0.01)) as model:
        return model.predict(rows).scores.tolist()


def test_a_model_is_started_and_answers_by_its_name(service, bridge):
    put_model(service, "churn", "toy:1")
    with bridge.opened() as url:
        assert asked(f"{url}/models/churn") == LENGTHS


def test_the_containers_of_a_pipeline_are_asked_one_after_another(service, bridge):
    put_model(service, "churn", "toy:1", "toy:2")
    with bridge.opened() as url:
        assert asked(f"{url}/models/churn") == [[0.3], [0.3]]


def test_an_endpoint_answers_with_the_variant_that_has_the_most_traffic(service, bridge):
    put_endpoint(service, "churn", unmapped=0.2, toy=0.8)
    with bridge.opened() as url:
        assert asked(f"{url}/endpoints/churn") == LENGTHS


def test_many_threads_wait_for_one_start(service, bridge):
    put_model(service, "churn", "toy:1")
    with bridge.opened() as url, ThreadPoolExecutor(6) as pool:
        found = list(pool.map(lambda _: asked(f"{url}/models/churn"), range(12)))
    assert found == [LENGTHS] * 12


def test_what_a_job_asks_is_not_ended_before_the_job(service, bridge, models):
    put_model(service, "churn", "toy:1")
    with bridge.opened() as url:
        asked(f"{url}/models/churn")
        models.keep(list)
        assert len(models.hosts._hosts) == 1
    models.keep(list)
    assert len(models.hosts._hosts) == 0


@pytest.mark.parametrize(
    ("images", "path", "told"),
    [
        ([], "models/chrun", "there is no model named 'chrun'; those that are there: churn$"),
        ([], "endpoints/churn", "there is no endpoint named 'churn'; those that are there: none"),
        (["other:1"], "models/m", "nothing serves the image other:1.*leeboard models map 'other:1'"),
        ([EXTERNAL_IMAGE], "models/m", "served elsewhere"),
    ],
)
def test_what_cannot_be_asked_is_told_in_words(service, bridge, images, path, told):
    put_model(service, "churn", "toy:1")
    if images:
        put_model(service, "m", *images)
    with bridge.opened() as url, pytest.raises(InputError, match=told) as caught:
        asked(f"{url}/{path}")
    assert not isinstance(caught.value, UnreachableError)


def test_an_endpoint_that_has_no_model_yet_may_be_asked_later(service, bridge):
    put_endpoint(service, "churn")
    with bridge.opened() as url, pytest.raises(UnreachableError, match="has no model yet"):
        asked(f"{url}/endpoints/churn")


class Away(Database):
    """Does not answer the first question."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.is_away = True

    @contextmanager
    def read(self) -> Iterator[Connection]:
        if self.is_away:
            self.is_away = False
            raise OperationalError("SELECT", {}, Exception("away"))
        with super().read() as connection:
            yield connection


def test_a_database_that_was_away_for_a_moment_is_asked_again(service, models, tmp_path):
    put_model(service, "churn", "toy:1")
    with closing(Away(f"sqlite:///{tmp_path / 'state.sqlite'}")) as database:
        bridge = ModelBridge(replace(service, database=database), models)
        with bridge.opened() as url:
            assert asked(f"{url}/models/churn") == LENGTHS
        asyncio.run_coroutine_threadsafe(bridge.close(), models.loop).result(30)


def test_a_wrong_word_and_one_of_a_job_that_has_ended_find_nothing(service, bridge):
    put_model(service, "churn", "toy:1")
    with bridge.opened() as url:
        for wrong in (url[:-1], url + "x", url.rpartition("/")[0] + "/guess"):
            with pytest.raises(InputError, match="nothing is here"):
                asked(f"{wrong}/models/churn")
    with pytest.raises(InputError, match="nothing is here"):
        asked(f"{url}/models/churn")


def test_what_the_model_refuses_comes_with_its_own_words(service, bridge):
    put_model(service, "echo", "echo:1")
    with bridge.opened() as url, pytest.raises(InputError, match="answered 418: I am a teapot"):
        asked(f"{url}/models/echo", pl.DataFrame({"A": ["status:418:I am a teapot"]}))
