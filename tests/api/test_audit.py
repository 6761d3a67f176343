"""Changes by AWS's operations and our own calls: who may make them, and what is written down of them."""

import asyncio
import json
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError

from api_documents import unique
from leeboard.api.auth import Head, Identity
from leeboard.api.operations import OPERATIONS
from leeboard.api.own import CALLS, OwnCalls
from leeboard.api.wire import Wire
from leeboard.api.wire.changes import OF_DATA, SUBJECTS, is_change, subject_of
from leeboard.api.wire.handlers import table_of
from leeboard.api.wire.models import service_model
from leeboard.capture.spool import Spool
from leeboard.hosting.mapping import ModelMap
from leeboard.service.access import audit
from leeboard.service.access.audit import Line
from leeboard.service.access.login import redeem
from leeboard.service.keys import KeyRing
from leeboard.service.routes import Routes
from leeboard.service.service import Service
from leeboard.service.settings import Settings
from leeboard.state.database import Database
from live_server import KEY, until

NOW = datetime(2026, 11, 26, 10, tzinfo=UTC)
ROLE = "arn:aws:iam::000000000000:role/Monitoring"
ROLES = {"EDITS": "editor", "LOOKS": "reader"}
KEYS = KeyRing(
    access_key="EDITS",
    secrets={key: f"the secret of {key}" for key in ROLES},
    capture_token="",
    is_generated=False,
    readers=frozenset({"LOOKS"}),
)
LOOKING = {"DescribeModel", "FilterLogEvents", "GetMetricData", "ListModels", "SimulatePrincipalPolicy"}


@dataclass
class Faces:
    """AWS's operations and our own calls over one state, with what they wrote down."""

    service: Service
    recorded: list[Line] = field(default_factory=list)

    def __post_init__(self) -> None:
        told: dict[str, Any] = {"role_of": ROLES.__getitem__, "record": self.record}
        self.wire = Wire(OPERATIONS, self.service, account="000000000000", **told)
        self.calls = OwnCalls(self.service, **told)

    def record(self, line: Line) -> None:
        self.recorded.append(line)
        with suppress(OperationalError), self.service.database.write() as connection:
            audit.write_all(connection, [line])

    @property
    def lines(self) -> list[Line]:
        with self.service.database.read() as connection:
            return audit.read(connection)[::-1]

    def ask(self, operation: str, key: str = "EDITS", **params: Any) -> tuple[int, dict[str, Any]]:
        head = Head("POST", "/", "", {"x-amz-target": f"SageMaker.{operation}"})
        body = json.dumps(params).encode()
        who = Identity(key, "sagemaker", "us-east-1")
        answer = asyncio.run(self.wire.answer(head, body, who, NOW))
        return answer.status, json.loads(answer.body)

    def own(
        self, method: str, path: str, key: str = "EDITS", *, query: str = "", at: datetime = NOW, **body: Any
    ) -> tuple[int, dict[str, Any]]:
        head = Head(method, path, query, {})
        given = json.dumps(body).encode() if body else b""
        who = Identity(key, "sagemaker", "us-east-1", f"the secret of {key}")
        reply = asyncio.run(self.calls.answer(head, given, at, who))
        return reply.status, json.loads(reply.body)

    def told(self) -> list[tuple[str, ...]]:
        return [(line.visitor, line.via, line.action, line.subject, line.outcome) for line in self.lines]


@pytest.fixture
def faces(tmp_path: Path) -> Iterator[Faces]:
    database = Database(f"sqlite:///{tmp_path / 'state.sqlite'}")
    routes = Routes(database, ModelMap(()))
    yield Faces(Service(Settings(home=tmp_path), database, routes, Spool(tmp_path / "spool")))
    database.close()


def create(faces, name="churn", key="EDITS", **members):
    container = {"Image": "x/y:1", "Environment": {"PASSWORD": "hunter2"}}
    return faces.ask(
        "CreateModel", key, ModelName=name, PrimaryContainer=container, ExecutionRoleArn=ROLE, **members
    )


def test_a_change_is_written_down_with_who_made_it_and_how_it_ended(faces):
    create(faces)
    create(faces)
    faces.ask("DeleteModel", ModelName="churn")
    faces.ask("DeleteModel", ModelName="churn")
    assert faces.told() == [
        ("EDITS", "api", "CreateModel", "churn", "ok"),
        ("EDITS", "api", "CreateModel", "churn", "ValidationException"),
        ("EDITS", "api", "DeleteModel", "churn", "ok"),
        ("EDITS", "api", "DeleteModel", "churn", "ValidationException"),
    ]
    assert {line.at for line in faces.lines} == {NOW}


def test_a_change_is_kept_with_its_line_and_a_refusal_is_recorded_after_it(faces):
    create(faces)
    faces.own("POST", "/leeboard/models", image="*/x:*", url="http://127.0.0.1:1")
    assert len(faces.lines) == 2
    assert faces.recorded == []
    create(faces)
    faces.own("DELETE", "/leeboard/models", query="image=none")
    assert [line.outcome for line in faces.recorded] == ["ValidationException", "ResourceNotFound"]


def test_what_cannot_be_written_down_is_not_done(faces):
    with faces.service.database.write() as connection:
        connection.exec_driver_sql("ALTER TABLE audit_log RENAME TO gone")
    assert create(faces)[0] == 500
    with faces.service.database.write() as connection:
        connection.exec_driver_sql("ALTER TABLE gone RENAME TO audit_log")
    assert faces.ask("ListModels")[1] == {"Models": []}


def test_a_line_holds_nothing_of_the_document(faces):
    create(faces)
    (line,) = faces.lines
    assert set(line.details) == {"service", "request_id"}
    assert "hunter2" not in repr(line)


def test_reads_and_measurements_are_not_written_down(faces):
    faces.ask("ListModels")
    faces.ask("DescribeModel", ModelName="nothing")
    assert faces.lines == []


def test_a_request_that_cannot_be_read_is_written_down_without_a_subject(faces):
    faces.ask("DeleteModel", ModelName=7)
    assert faces.told() == [("EDITS", "api", "DeleteModel", "", "SerializationException")]


def test_a_reader_may_look_but_not_change(faces):
    create(faces)
    status, refusal = create(faces, "other", key="LOOKS")
    assert (status, refusal["__type"]) == (403, "AccessDeniedException")
    assert "LOOKS is a reader's" in refusal["message"]
    status, listed = faces.ask("ListModels", "LOOKS")
    assert (status, [each["ModelName"] for each in listed["Models"]]) == (200, ["churn"])
    assert faces.told()[1:] == [("LOOKS", "api", "CreateModel", "other", "AccessDeniedException")]


def changing():
    return [(service, name) for service, name in table_of(OPERATIONS) if is_change(name)]


@pytest.mark.parametrize(("service", "operation"), changing(), ids="-".join)
def test_every_operation_that_changes_something_says_what(service, operation):
    shape = service_model(service).operation_model(operation).input_shape
    assert operation in OF_DATA or set(shape.members) & set(SUBJECTS)


def test_operations_that_look_are_told_from_those_that_change():
    known = {name for _, name in table_of(OPERATIONS)}
    assert known >= LOOKING
    assert not any(map(is_change, LOOKING))
    verbs = ("Create", "Update", "Delete", "Put", "Start", "Stop", "Add", "Retry", "Set", "Enable", "Disable")
    assert all(is_change(name) for name in known if name.startswith(verbs))
    assert is_change("SomethingThatNobodyKnows")


@pytest.mark.parametrize(
    ("params", "subject"),
    [
        ({"EndpointConfigName": "c", "EndpointName": "e"}, "e"),
        ({"ResourceArn": "arn:aws:sagemaker:us-east-1:000000000000:monitoring-schedule/hourly"}, "hourly"),
        ({"PipelineExecutionArn": "arn:aws:sagemaker:r:0:pipeline/p/execution/1"}, "p/execution/1"),
        ({"ResourceArn": "arn:aws"}, "aws"),
        ({"AlarmNames": ["a", "b"]}, "a, b"),
        ({}, ""),
    ],
)
def test_what_is_changed_is_named_as_users_name_it(params, subject):
    assert subject_of(params) == subject


def test_changes_by_our_own_calls_are_written_down_too(faces):
    faces.own("POST", "/leeboard/models", image="*/x:*", url="http://user:hunter2@127.0.0.1:1")
    faces.own("DELETE", "/leeboard/models", query="image=*/x:*")
    faces.own("POST", "/leeboard/schedules/none/run")
    faces.own("GET", "/leeboard/models")
    assert faces.told() == [
        ("EDITS", "own", "map_image", "*/x:*", "ok"),
        ("EDITS", "own", "unmap_image", "*/x:*", "ok"),
        ("EDITS", "own", "run_schedule", "none", "ResourceNotFound"),
    ]
    assert "hunter2" not in repr(faces.lines)


def test_a_reader_may_read_by_our_own_calls_but_not_change(faces):
    assert faces.own("GET", "/leeboard/access/tokens", "LOOKS") == (200, {"tokens": []})
    status, refusal = faces.own("POST", "/leeboard/access/tokens", "LOOKS", name="me", role="editor")
    assert (status, refusal["__type"]) == (403, "AccessDeniedException")
    assert faces.told() == [("LOOKS", "own", "add_token", "me", "AccessDeniedException")]


def test_all_but_reads_and_login_links_are_changes():
    harmless = {route.answer.__name__ for calls in CALLS for route in calls.routes if not route.is_change}
    gets = {route.answer.__name__ for calls in CALLS for route in calls.routes if route.method == "GET"}
    assert harmless - gets == {"make_link"}


def test_a_login_link_logs_in_as_who_asked_for_it(faces):
    _, link = faces.own("POST", "/leeboard/access/links", "LOOKS")
    path, _, code = link["path"].partition("?code=")
    visitor = redeem(faces.service, KEYS, code, NOW)
    assert (path, visitor.name, visitor.role) == ("/dashboard/login", "LOOKS", "reader")


def test_a_token_is_told_once(faces):
    _, made = faces.own("POST", "/leeboard/access/tokens", name="anna", role="reader", days=2)
    assert made["token"].startswith("lbt_")
    _, listed = faces.own("GET", "/leeboard/access/tokens", at=NOW + timedelta(days=2))
    assert made["token"] not in repr(listed) + repr(faces.lines)
    (token,) = listed["tokens"]
    assert (token["name"], token["expires_at"], token["is_over"]) == ("anna", "2026-11-28T10:00:00Z", True)


@pytest.mark.parametrize(
    "body",
    [{}, {"name": "a"}, {"name": 1, "role": "reader"}, {"name": "a", "role": "root"}]
    + [{"name": "a", "role": "reader", "days": days} for days in ("1", 1.5, True, 0, -1, 10**30)],
    ids=str,
)
def test_a_token_that_cannot_be_is_refused(faces, body):
    assert faces.own("POST", "/leeboard/access/tokens", **body)[0] == 400
    assert faces.own("GET", "/leeboard/access/tokens")[1] == {"tokens": []}


def test_the_log_is_read_page_by_page(faces):
    first = Line(at=NOW, visitor="V", via="api", action="A", subject="", outcome="ok", details={})
    lines = [replace(first, at=NOW + timedelta(seconds=n // 2), subject=str(n)) for n in range(5)]
    with faces.service.database.write() as connection:
        audit.write_all(connection, lines)
    found: list[str] = []
    page: dict[str, Any] = {"next": None}
    while page["next"] is not None or not found:
        before = f"&before={page['next']}" if page["next"] else ""
        page = faces.own("GET", "/leeboard/audit", "LOOKS", query=f"limit=2&visitor=V{before}")[1]
        found += [line["subject"] for line in page["lines"]]
    assert found == ["4", "3", "2", "1", "0"]
    since = faces.own("GET", "/leeboard/audit", query="since=2026-11-26T10:00:02Z")[1]["lines"]
    assert [line["subject"] for line in since] == ["4"]


@pytest.mark.parametrize("name", ["limit", "before", "since", "until"])
@pytest.mark.parametrize("value", ["0", "x", "1001", "1-x", f"{'9' * 18}-1", "0001-01-01T00:00:00%2B23:59"])
def test_a_page_of_the_log_that_cannot_be_is_refused(faces, name, value):
    status, refusal = faces.own("GET", "/leeboard/audit", query=f"{name}={value}")
    assert (status, refusal["__type"]) == (400, "ValidationException")
    assert name in refusal["message"]


def test_a_change_by_boto3_stands_in_the_log_of_the_server(sm, own):
    name = unique("Audited")
    sm.create_model(ModelName=name, PrimaryContainer={"Image": "x/y:1"}, ExecutionRoleArn=ROLE)
    sm.delete_model(ModelName=name)
    lines = until(lambda: own.get("/leeboard/audit", subject=name)["lines"], lambda lines: len(lines) == 2)
    assert [(line["action"], line["visitor"], line["outcome"]) for line in lines] == [
        ("DeleteModel", KEY, "ok"),
        ("CreateModel", KEY, "ok"),
    ]
