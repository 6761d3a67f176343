"""Models behind URLs that fail, come back, end connections, and are asked by several threads."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from threading import Event

import polars as pl
import pytest

from leeboard.errors import InputError, UnreachableError
from leeboard.jobs.models.protocol import ModelProtocol
from leeboard.jobs.models.remote import RemoteModel
from s3_server import free_ports

ROWS = pl.DataFrame({"A": list(range(1000)), "B": ["x" * 20] * 1000})


def first_cells(body):
    return b"\n".join(line.split(b",")[0] for line in body.splitlines())


def failing_first(*failures):
    left = list(failures)
    return lambda body: left.pop(0) if left else first_cells(body)


def asked(url, rows=ROWS, **options):
    with RemoteModel(url, **{"pause_s": 0.001} | options) as model:
        return model.predict(rows)


@pytest.mark.parametrize("status", [429, 502, 503, 504])
def test_what_may_pass_is_tried_again(serve, status):
    server = serve(failing_first((status, b"later", {}), (status, b"later", {"Retry-After": "0"})))
    assert asked(server.url).scores.shape == (1000, 1)
    assert len(server.bodies) == 3


def test_what_does_not_pass_tells_what_was_said_at_last(serve):
    server = serve(lambda _: (503, b"no workers\nleft", {}))
    with pytest.raises(UnreachableError, match=r"answered 503 \(tried 3 times\): no workers left"):
        asked(server.url, n_retries=2)


def test_a_refusal_is_told_with_the_status_and_the_beginning_of_the_answer(serve):
    server = serve(lambda _: (415, b"give me JSON " * 40, {}))
    with pytest.raises(InputError, match="answered 415: give me JSON") as caught:
        asked(server.url)
    assert not isinstance(caught.value, UnreachableError)
    assert len(str(caught.value)) < 300
    assert len(server.bodies) == 1


def test_a_dead_server_is_told_with_the_reason():
    url = f"http://me:secret@127.0.0.1:{free_ports(1)[0]}"
    with pytest.raises(UnreachableError, match=r"cannot be reached \(tried 3 times\): .*refused") as caught:
        asked(url, n_retries=2)
    assert "secret" not in str(caught.value)


def test_a_server_that_does_not_answer_in_time_is_told_with_the_time(serve):
    end = Event()
    server = serve(lambda _: (end.wait(20), (200, b"", {}))[1])
    with pytest.raises(UnreachableError, match=r"did not answer within 0.1 s"):
        asked(server.url, timeout_s=0.1, n_retries=0)
    end.set()


def test_a_connection_is_kept_and_one_that_the_server_ended_is_no_failure(serve):
    server = serve(first_cells)
    with RemoteModel(server.url, max_rows=100) as model:
        model.predict(ROWS)
        assert server.n_connections == 1
    ending = serve(lambda body: (200, first_cells(body), {"Connection": "close"}))
    assert asked(ending.url, max_rows=100, n_retries=0).scores.shape == (1000, 1)
    assert ending.n_connections == 10


def test_rows_are_cut_by_number_and_by_bytes_and_answers_come_in_their_order(serve):
    server = serve(first_cells)
    found = asked(server.url, max_rows=400, max_bytes=2000)
    assert found.scores[:, 0].tolist() == list(range(1000))
    assert max(map(len, server.bodies)) <= 2000
    assert len(server.bodies) > 10


def test_a_row_that_no_request_can_hold_is_refused(serve):
    with pytest.raises(InputError, match=r"a row takes 22 bytes, more than the 10 of one request"):
        asked(serve(first_cells).url, max_bytes=10)


def test_several_threads_may_ask(serve):
    server = serve(first_cells)
    with closing(RemoteModel(server.url, max_rows=50)) as model, ThreadPoolExecutor(8) as pool:
        parts = list(pool.map(lambda i: model.predict(ROWS[i * 100 : i * 100 + 100]), range(10)))
    assert [part.scores[0, 0] for part in parts] == [i * 100 for i in range(10)]
    assert server.n_connections <= 8


def test_headers_say_what_is_sent_wanted_and_meant(serve):
    server = serve(lambda body: b"\n".join([b"1"] * 1000))
    protocol = ModelProtocol(
        accept_type="application/jsonlines", custom_attributes="a=1", target_model="m.tar.gz"
    )
    with RemoteModel(server.url + "/score", protocol) as model:
        model.predict(ROWS)
    sent = {name.lower(): value for name, value in server.headers[0].items()}
    assert sent["content-type"] == "text/csv"
    assert sent["accept"] == "application/jsonlines"
    assert sent["x-amzn-sagemaker-custom-attributes"] == "a=1"
    assert sent["x-amzn-sagemaker-target-model"] == "m.tar.gz"


def test_no_rows_are_no_request(serve):
    server = serve(first_cells)
    assert asked(server.url, ROWS[:0]).scores is None
    assert server.bodies == []


def test_something_else_than_a_url_is_refused():
    with pytest.raises(InputError, match="it has to be like http://"):
        RemoteModel("localhost:8080")
