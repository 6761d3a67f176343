"""Payload logs of KServe and Seldon."""

import json
import threading
from base64 import b64encode
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from leeboard.capture.cloudevents import CloudEventsSink
from leeboard.capture.cloudevents.event import Event
from leeboard.capture.cloudevents.halves import Half
from leeboard.capture.settings import CaptureSettings

KSERVE = "org.kubeflow.serving.inference."
SELDON = "io.seldon.serving.inference."


@pytest.fixture
def endpoints(settings):
    """What captures: one endpoint, and one whose capture is off."""
    off = CaptureSettings(destination=settings.destination, is_on=False)
    return {"iris": settings, "quiet": off}


@pytest.fixture
def sink(spool, endpoints, clock):
    made = CloudEventsSink(spool, endpoints.get, now=clock, n_waiting=5)
    yield made
    made.close()


@pytest.fixture
def post(sink, serve, ask):
    """Sends one event in headers, as the loggers do; gives the status."""
    address = serve(sink)

    def send(kind, event_id="7f1c", body=b'{"x":1}', path="/cloudevents/iris", prefix=KSERVE, **more):
        headers = {"ce-specversion": "1.0", "ce-type": prefix + kind, "ce-id": event_id, "ce-source": "here"}
        return ask(address, path, body, **{**headers, "Content-Type": "application/json", **more})

    return send


@pytest.fixture
def shipped(spool, captured):
    def read():
        spool.flush()
        return captured()

    return read


def sides(record):
    return {side: data["data"] for side, data in record["captureData"].items()}


@pytest.mark.parametrize("prefix", [KSERVE, SELDON])
@pytest.mark.parametrize("order", [("request", "response"), ("response", "request")], ids="-".join)
def test_a_request_and_its_answer_become_one_record(post, shipped, prefix, order):
    bodies = {"request": b'{"x":1}', "response": b'{"y":2}'}
    assert [post(kind, body=bodies[kind], prefix=prefix).status for kind in order] == [202, 202]
    (record,) = shipped()
    assert sides(record) == {"endpointInput": '{"x":1}', "endpointOutput": '{"y":2}'}
    assert record["eventMetadata"] == {"eventId": "7f1c", "inferenceTime": "2026-11-22T10:20:48Z"}


def test_seldons_request_id_pairs_events_of_different_ids(post, shipped):
    post("request", "a", prefix=SELDON, ce_requestid="r1")
    post("response", "b", prefix=SELDON, ce_requestid="r1")
    assert [record["eventMetadata"]["eventId"] for record in shipped()] == ["r1"]


def test_nodes_of_one_seldon_graph_are_told_apart_by_their_models(post, shipped):
    for model in ("scale", "classify"):
        post(
            "request", body=f'{{"in":"{model}"}}'.encode(), prefix=SELDON, ce_requestid="r1", ce_modelid=model
        )
    for model in ("classify", "scale"):
        post(
            "response",
            body=f'{{"out":"{model}"}}'.encode(),
            prefix=SELDON,
            ce_requestid="r1",
            ce_modelid=model,
        )
    found = {record["targetModel"]: sides(record) for record in shipped()}
    assert found == {
        model: {"endpointInput": f'{{"in":"{model}"}}', "endpointOutput": f'{{"out":"{model}"}}'}
        for model in ("scale", "classify")
    }


@pytest.mark.parametrize(
    ("content_type", "body", "encoding"),
    [
        ("application/x-www-form-urlencoded", b'{"inputs": []}', "JSON"),
        ("", b"[1, 2]", "JSON"),
        ("application/x-www-form-urlencoded", b"a=1", "BASE64"),
        ("application/x-www-form-urlencoded", b'{"inputs": ', "BASE64"),
        ("application/octet-stream", b'{"inputs": []}', "BASE64"),
    ],
)
def test_json_that_a_client_did_not_call_so_is_json_all_the_same(post, shipped, content_type, body, encoding):
    for kind in ("request", "response"):
        post(kind, body=body, Content_Type=content_type)
    assert {data["encoding"] for data in shipped()[0]["captureData"].values()} == {encoding}


def test_sides_of_different_requests_are_not_mixed(post, shipped):
    for event_id in ("1", "2"):
        post("request", event_id, json.dumps({"x": event_id}).encode())
    for event_id in ("2", "1"):
        post("response", event_id, json.dumps({"y": event_id}).encode())
    pairs = [
        (json.loads(sides(r)["endpointInput"]), json.loads(sides(r)["endpointOutput"])) for r in shipped()
    ]
    assert sorted(pairs, key=str) == [({"x": "1"}, {"y": "1"}), ({"x": "2"}, {"y": "2"})]


def structured(kind, **fields):
    return {"specversion": "1.0", "id": "7f1c", "source": "here", "type": KSERVE + kind, **fields}


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        ({"data": {"x": [1.0, 2.50]}}, '{"x": [1.0, 2.5]}'),
        ({"data": "1,2", "datacontenttype": "text/csv"}, "1,2"),
        ({"data_base64": b64encode(b"1,2").decode(), "datacontenttype": "text/csv"}, "1,2"),
        ({"data": "text", "datacontenttype": "application/json"}, '"text"'),
    ],
)
def test_events_may_come_as_json(post, shipped, fields, text):
    event = json.dumps(structured("request", **fields)).encode()
    assert (
        post("ignored", body=event, Content_Type="application/cloudevents+json; charset=utf-8").status == 202
    )
    post("response")
    assert sides(shipped()[0])["endpointInput"] == text


def test_events_may_come_in_batches(post, shipped):
    events = [structured("request", data={"x": 1}), structured("response", data={"y": 2})]
    status = post(
        "ignored", body=json.dumps(events), Content_Type="application/cloudevents-batch+json"
    ).status
    assert (status, len(shipped())) == (202, 1)


def test_the_endpoint_may_be_the_inference_service(post, shipped):
    post("request", path="/cloudevents", ce_inferenceservicename="iris")
    post("response", path="/cloudevents/", ce_inferenceservicename="iris")
    assert len(shipped()) == 1


def test_an_acknowledged_side_survives_its_process(post, shipped, spool, endpoints, clock, serve, ask):
    post("request")
    heir = CloudEventsSink(spool, endpoints.get, now=clock)
    headers = {"ce-type": KSERVE + "response", "ce-id": "7f1c", "Content-Type": "application/json"}
    assert ask(serve(heir), "/cloudevents/iris", b'{"y":2}', **headers).status == 202
    heir.close()
    assert sides(shipped()[0]) == {"endpointInput": '{"x":1}', "endpointOutput": '{"y":2}'}


@pytest.mark.parametrize(("kind", "side"), [("request", "endpointInput"), ("response", "endpointOutput")])
def test_a_side_that_waited_too_long_is_recorded_alone(post, sink, shipped, clock, kind, side):
    post(kind)
    clock.move(seconds=59)
    sink.record_overdue()
    assert shipped() == []
    clock.move(seconds=2)
    sink.record_overdue()
    assert [sides(record) for record in shipped()] == [{side: '{"x":1}'}]
    assert shipped()[0]["eventMetadata"]["inferenceTime"] == "2026-11-22T10:20:48Z"


def test_overdue_sides_are_looked_for_by_the_spool_itself(post, spool, captured, clock, eventually):
    post("request")
    clock.move(minutes=2)
    spool.start()
    eventually(lambda: spool.counts() and spool.counts()[0].captured == 1)


def test_a_sink_that_is_closed_while_it_looks_comes_to_its_end_first(spool, clock, caplog):
    is_asked, may_go_on = threading.Event(), threading.Event()

    def settings_of(_):
        is_asked.set()
        may_go_on.wait(120)

    sink = CloudEventsSink(spool, settings_of, now=clock)
    with sink._halves.locked():
        sink._halves.keep(Half("iris", Event(id="1", kind="request", body=b"1"), clock.at))
    clock.move(minutes=2)
    spool.start()
    assert is_asked.wait(120)
    closing = threading.Thread(target=sink.close)
    closing.start()
    closing.join(0.3)
    may_go_on.set()
    closing.join()
    sink._looked_at_s = float("-inf")
    sink._look()
    spool.close()
    assert not [record for record in caplog.records if record.exc_info]


def test_a_sender_that_waits_for_another_process_keeps_no_other_waiting(sink, serve, ask, eventually):
    address = serve(sink)
    headers = {"ce-type": KSERVE + "request", "ce-id": "7f1c", "Content-Type": "application/json"}
    with ThreadPoolExecutor(1) as pool:
        with sink._halves.locked():
            posting = pool.submit(ask, address, "/cloudevents/iris", b'{"x":1}', **headers)
            eventually(lambda: any("cloudevents" in each.name for each in threading.enumerate()))
            assert ask(address, "/elsewhere").status == 404
            assert not posting.done()
        assert posting.result(120).status == 202


def test_the_lock_is_free_between_overdue_sides(sink, clock, monkeypatch):
    for number in "12":
        with sink._halves.locked():
            sink._halves.keep(Half("iris", Event(id=number, kind="request", body=b"1"), clock.at))
    clock.move(minutes=2)
    n_locked, locked = iter(range(99)), sink._halves.locked
    monkeypatch.setattr(sink._halves, "locked", lambda: (next(n_locked), locked())[1])
    sink.record_overdue()
    assert next(n_locked) == 2


def test_of_too_many_waiting_sides_the_oldest_are_recorded(post, sink, shipped, clock):
    for number in range(8):
        post("request", str(number))
        clock.move(seconds=1)
    sink.record_overdue()
    assert sorted(record["eventMetadata"]["eventId"] for record in shipped()) == ["0", "1", "2"]


def test_a_side_whose_record_fails_goes_on_waiting(post, sink, shipped, clock, tmp_path):
    post("request")
    (tmp_path / "spool" / "halves").rename(tmp_path / "halves")
    (tmp_path / "spool").rmdir()
    (tmp_path / "spool").write_text("in the way")
    assert post("response").status == 503
    (tmp_path / "spool").unlink()
    (tmp_path / "spool").mkdir()
    (tmp_path / "halves").rename(tmp_path / "spool" / "halves")
    assert post("response").status == 202
    assert len(shipped()) == 1


@pytest.mark.parametrize(
    "path", ["/cloudevents/unknown", "/cloudevents/..", "/cloudevents/a/b", "/elsewhere"]
)
def test_events_for_no_endpoint_are_refused(post, shipped, path):
    assert post("request", path=path).status == 404
    assert shipped() == []


@pytest.mark.parametrize(
    ("headers", "said"),
    [
        ({"ce-type": "com.example.order"}, "known are request and response"),
        ({"ce-id": ""}, "there must be headers ce-id and ce-type"),
        ({"Content-Type": "application/cloudevents+json"}, "not a CloudEvent in JSON"),
    ],
)
def test_what_is_no_event_is_refused_with_the_reason(post, headers, said):
    answer = post("request", **headers)
    assert answer.status == 400
    assert said in json.loads(answer.body)["message"]


def test_a_capture_that_is_off_takes_events_and_keeps_nothing(post, tmp_path, shipped):
    assert post("request", path="/cloudevents/quiet").status == 202
    assert [path.name for path in (tmp_path / "spool" / "halves").iterdir()] == ["lock"]


def test_only_posts_are_taken(post, serve, sink, ask):
    assert ask(serve(sink), "/cloudevents/iris", method="GET").status == 405


def test_an_event_that_is_too_long_is_refused(post, spool):
    spool.max_body_bytes = 1000
    assert post("request", body=b"x" * 200_000).status == 413


def test_a_deleted_endpoints_sides_go_away(post, sink, endpoints, clock, shipped, tmp_path):
    post("request")
    endpoints.clear()
    clock.at += timedelta(minutes=5)
    sink.record_overdue()
    assert shipped() == []
    assert [path.name for path in (tmp_path / "spool" / "halves").iterdir()] == ["lock"]
