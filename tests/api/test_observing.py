"""What anybody may read at /metrics."""

import asyncio
from time import sleep
from urllib.request import urlopen

from prometheus_client.parser import text_string_to_metric_families

from leeboard.api.observing import Observed
from leeboard.api.routing import Server


def read(live):
    with urlopen(f"{live.url}/metrics", timeout=120) as answer:
        assert answer.headers["content-type"].startswith("text/plain")
        text = answer.read().decode()
    return {
        sample.name: sample for family in text_string_to_metric_families(text) for sample in family.samples
    }


def test_requests_capture_and_the_state_are_told_together(live, sm):
    sm.list_endpoints()
    found = read(live)
    assert found["leeboard_state_up"].value == 1
    assert found["leeboard_build_info"].labels["version"]
    assert {"leeboard_requests_total", "leeboard_queue_waiting", "leeboard_jobs_total"} <= set(found)


def test_no_name_is_told_twice(live):
    with urlopen(f"{live.url}/metrics", timeout=120) as answer:
        lines = answer.read().decode().splitlines()
    series = [line.rpartition(" ")[0] for line in lines if not line.startswith("#")]
    heads = [line for line in lines if line.startswith("# TYPE")]
    assert len(set(series)) == len(series)
    assert len(set(heads)) == len(heads)


def test_scrapes_wait_for_one_another_and_take_one_thread():
    taken, most = [], []

    def slow():
        taken.append(1)
        most.append(len(taken))
        sleep(0.01)
        taken.pop()
        return b""

    async def get(server):
        sent = []

        async def send(message):
            sent.append(message)

        await server(
            {"type": "http", "method": "GET", "path": "/metrics", "query_string": b"", "headers": []},
            None,
            send,
        )
        return sent[0]["status"]

    async def all_at_once():
        server = Server(
            verifier=None, wire=None, gateway=None, own=None, objects=None, events=None, capture_token="",
            observed=Observed(texts=(slow,)), dashboard=None,
        )  # fmt: skip
        return await asyncio.gather(*(get(server) for _ in range(8)))

    assert asyncio.run(all_at_once()) == [200] * 8
    assert max(most) == 1
