"""The middleware in front of apps that really serve."""

import asyncio
import gzip
import http.client
import json
from types import SimpleNamespace

import pytest
from starlette.applications import Starlette
from starlette.responses import JSONResponse, PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

from leeboard.capture import CaptureMiddleware
from leeboard.capture.spool import Spool


async def invocations(request):
    n_cells = (await request.body()).count(b",") + 1
    return PlainTextResponse(f"{n_cells}\n", media_type="text/csv")


async def infer(request):
    return JSONResponse({"model": request.path_params["name"], "asked": await request.json()})


async def broken(request):
    return PlainTextResponse("no", status_code=int(request.query_params["status"]))


async def raising(request):
    raise RuntimeError("the model is broken")


async def unread(request):
    return PlainTextResponse("early")


async def zipped(request):
    return Response(gzip.compress(b"0.5"), media_type="text/csv", headers={"content-encoding": "gzip"})


async def streamed(request):
    await request.body()

    async def parts():
        for number in range(3):
            yield f"{number}\n"

    return StreamingResponse(parts(), media_type="text/csv")


MODEL = Starlette(
    routes=[
        Route("/invocations", invocations, methods=["POST", "PUT", "GET"]),
        Route("/v2/models/{name}/infer", infer, methods=["POST"]),
        Route("/broken", broken, methods=["POST"]),
        Route("/raising", raising, methods=["POST"]),
        Route("/unread", unread, methods=["POST"]),
        Route("/zipped", zipped, methods=["POST"]),
        Route("/streamed", streamed, methods=["POST"]),
    ]
)
ALL = ("/invocations", "/v2/models/*/infer", "/broken", "/raising", "/unread", "/zipped", "/streamed")


@pytest.fixture
def model(serve, spool, tmp_path):
    """Serves an app behind the middleware; gives its address."""

    def start(app=MODEL, **settings):
        given = {"endpoint": "churn", "destination": tmp_path / "captures", "spool": spool, "paths": ALL}
        return serve(CaptureMiddleware(app, **{**given, **settings}))

    return start


@pytest.fixture
def shipped(spool, captured):
    def read():
        spool.flush()
        return captured()

    return read


def sides(record):
    data = record["captureData"]
    return tuple(data[side]["data"] for side in ("endpointInput", "endpointOutput"))


def count(spool):
    return spool.counts()[0]


def test_an_answered_request_is_captured(model, ask, shipped):
    answer = ask(model(), "/invocations", b"1,2,3", Content_Type="text/csv")
    assert (answer.status, answer.body) == (200, b"3\n")
    assert shipped()[0]["captureData"] == {
        "endpointInput": {
            "observedContentType": "text/csv",
            "mode": "INPUT",
            "data": "1,2,3",
            "encoding": "CSV",
        },
        "endpointOutput": {
            "observedContentType": "text/csv; charset=utf-8",
            "mode": "OUTPUT",
            "data": "3\n",
            "encoding": "CSV",
        },
    }


def test_ids_attributes_and_target_model_come_from_the_headers_of_aws(model, ask, shipped):
    headers = {
        "X-Amzn-SageMaker-Inference-Id": "mine",
        "X-Amzn-SageMaker-Custom-Attributes": "trace=1",
        "X-Amzn-SageMaker-Target-Model": "b.tar.gz",
    }
    ask(model(), "/invocations", b"1", **headers)
    (record,) = shipped()
    assert record["targetModel"] == "b.tar.gz"
    assert record["eventMetadata"]["inferenceId"] == "mine"
    assert record["eventMetadata"]["customAttributes"] == ["trace=1"]


def test_the_inference_id_may_come_from_another_header(model, ask, shipped):
    ask(model(inference_id_header="X-Request-Id"), "/invocations", b"1", x_request_id="theirs")
    assert shipped()[0]["eventMetadata"]["inferenceId"] == "theirs"


@pytest.mark.parametrize("path", ["/v2/models/iris/infer", "/v2/models/iris/infer?a=b"])
def test_the_model_of_a_v2_path_becomes_the_target_model(model, ask, shipped, path):
    ask(model(model_from_path=True), path, b"{}")
    assert shipped()[0]["targetModel"] == "iris"


@pytest.mark.parametrize("status", [400, 404, 422, 500, 503])
def test_failed_requests_are_not_captured(model, ask, shipped, status):
    assert ask(model(), f"/broken?status={status}", b"1").status == status
    assert shipped() == []


def test_an_app_that_raises_is_not_captured(model, ask, shipped):
    assert ask(model(), "/raising", b"1").status == 500
    assert shipped() == []


def test_other_paths_and_methods_pass_by(model, ask, shipped):
    address = model(paths="/invocations")
    assert ask(address, "/invocations", method="GET").status == 200
    assert ask(address, "/streamed", b"1").status == 200
    assert ask(address, "/nowhere", b"1").status == 404
    assert shipped() == []


def test_paths_may_be_told_by_a_function(model, ask, shipped):
    address = model(paths=lambda path: path.startswith("/str"))
    ask(address, "/streamed", b"1")
    ask(address, "/invocations", b"2")
    assert [sides(record)[0] for record in shipped()] == ["MQ=="]


def test_a_function_that_fails_does_not_reach_the_client(model, ask, shipped, caplog):
    assert ask(model(paths=lambda path: 1 / 0), "/invocations", b"1").status == 200
    assert shipped() == []
    assert "is not captured" in caplog.text


def test_a_streamed_answer_is_put_together(model, ask, shipped):
    assert ask(model(), "/streamed", b"1").body == b"0\n1\n2\n"
    assert sides(shipped()[0])[1] == "0\n1\n2\n"


def test_a_request_in_pieces_is_put_together(model, ask, shipped):
    answer = ask(model(), "/invocations", iter([b"1,", b"2,", b"3"]), Content_Type="text/csv")
    assert answer.body == b"3\n"
    assert sides(shipped()[0])[0] == "1,2,3"


def test_a_compressed_request_is_captured_as_text(model, ask, shipped):
    zipped_cells = gzip.compress(b"1,2")
    ask(model(), "/invocations", zipped_cells, Content_Type="text/csv", Content_Encoding="gzip")
    assert sides(shipped()[0])[0] == "1,2"


def test_a_compressed_answer_is_captured_as_text(model, ask, shipped):
    ask(model(), "/zipped", b"")
    assert sides(shipped()[0])[1] == "0.5"


def test_an_answer_before_the_end_of_the_request_is_counted_as_failed(model, ask, shipped, spool):
    assert ask(model(), "/unread", b"1,2").body == b"early"
    assert shipped() == []
    assert count(spool).failed == 1


def test_bodies_that_are_too_long_pass_and_are_counted(model, ask, shipped, spool):
    spool.max_body_bytes = 1000
    assert ask(model(), "/invocations", b"1," * 600).status == 200
    assert shipped() == []
    assert count(spool).skipped_size == 1


def test_requests_are_chosen_once_and_counted(tmp_path, clock, serve, ask, captured):
    chances = iter([0.1, 0.9, 0.4])
    roomy = SimpleNamespace(used=1, free=9)
    with Spool(
        tmp_path / "spool", now=clock, sample=lambda: next(chances), disk_usage=lambda path: roomy
    ) as spool:
        given = {"endpoint": "churn", "destination": tmp_path / "captures", "spool": spool}
        address = serve(CaptureMiddleware(MODEL, sampling_percentage=50, **given))
        for cells in (b"1", b"1,2", b"1,2,3"):
            ask(address, "/invocations", cells)
        assert (count(spool).captured, count(spool).sampled_out) == (2, 1)
    assert [sides(record)[1] for record in captured()] == ["1\n", "3\n"]


class Gate:
    """An app that answers in two pieces and waits between them."""

    def __init__(self, length):
        self.length = length

    async def __call__(self, scope, receive, send):
        if scope["type"] == "lifespan":
            return await MODEL(scope, receive, send)
        await receive()
        headers = [(b"content-type", b"text/csv")]
        headers += [(b"content-length", b"4")] * self.length
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b"0.5\n", "more_body": True})
        await send({"type": "http.response.body", "body": b"", "more_body": False})


@pytest.mark.parametrize("length", [True, False])
def test_the_record_is_in_the_spool_before_the_last_byte_has_left(length, spool, tmp_path):
    seen = []

    async def receive():
        return {"type": "http.request", "body": b"1,2"}

    async def send(message):
        in_spool = any(b"0.5" in path.read_bytes() for path in (tmp_path / "spool").rglob("*.jsonl"))
        seen.append((message.get("body"), in_spool))

    app = CaptureMiddleware(Gate(length), endpoint="churn", destination=tmp_path / "captures", spool=spool)
    scope = {"type": "http", "method": "POST", "path": "/invocations", "headers": []}
    asyncio.run(app(scope, receive, send))
    assert seen == [(None, False), (b"0.5\n", length), (b"", True)]


def test_a_capture_that_fails_is_not_noticed(model, ask, spool, tmp_path):
    (tmp_path / "spool").rename(tmp_path / "moved")
    (tmp_path / "spool").write_text("")
    answer = ask(model(), "/invocations", b"1,2")
    assert (answer.status, answer.body) == (200, b"2\n")
    assert count(spool).failed == 1
    (tmp_path / "spool").unlink()
    (tmp_path / "moved").rename(tmp_path / "spool")


def test_the_end_of_the_server_ships(running, ask, tmp_path, captured):
    app = CaptureMiddleware(
        MODEL, endpoint="churn", destination=tmp_path / "captures", spool=tmp_path / "spool", disk_limit=1
    )
    with running(app) as address:
        ask(address, "/invocations", b"1,2")
    assert len(captured()) == 1
    assert list((tmp_path / "spool").iterdir()) == []


def test_starlette_adds_it_as_any_middleware(serve, ask, spool, shipped, tmp_path):
    app = Starlette(routes=MODEL.routes)
    app.add_middleware(CaptureMiddleware, endpoint="churn", destination=tmp_path / "captures", spool=spool)
    connection = http.client.HTTPConnection(serve(app))
    for number in range(3):  # one connection, kept alive
        connection.request("POST", "/v2/models/iris/infer", json.dumps({"n": number}))
        assert json.loads(connection.getresponse().read())["asked"] == {"n": number}
    connection.close()
    assert len(shipped()) == 3
