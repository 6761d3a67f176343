"""Changes whose process dies at each of their statements in turn: a program, as it has no threads and forks.

Told as JSON: for each change, how the database was found after each death, and the lines of its audit log.
"""

import asyncio
import json
import os
import re
import shutil
import sqlite3
import sys
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, event
from sqlalchemy.pool import Pool

from leeboard.api.auth import Head, Identity
from leeboard.api.operations import OPERATIONS
from leeboard.api.own import OwnCalls
from leeboard.api.running import open_service
from leeboard.api.wire import Wire
from leeboard.dashboard.pages import constraints, create, executions, schedule_times, schedules
from leeboard.dashboard.visit import Visit
from leeboard.hosting.mapping import ModelMap
from leeboard.service import scheduling
from leeboard.service.access.visitors import Visitor
from leeboard.service.arns import ENDPOINT
from leeboard.service.resources import add
from leeboard.service.service import Service
from leeboard.service.settings import Settings
from leeboard.service.setup.making import make
from leeboard.service.setup.wanted import BaselineWanted, Source, Wanted
from leeboard.service.views.constraints import tuned
from leeboard.storage import write_bytes
from leeboard.storage.objects.folder import ObjectFolder
from leeboard.storage.s3 import OBJECTS

KILLED = 9
NOW = datetime(2026, 11, 26, 10, 20, tzinfo=UTC)
REQUEST_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
BASE = "s3://house/base/constraints.json"
CAPTURE = {"DestinationS3Uri": "s3://house/capture", "EnableCapture": True}
FORM = {
    "endpoint": "churn", "baseline": "hours", "every": "1h", "name": "made", "output": "s3://house/reports",
    "role": "arn:aws:iam::000000000000:role/Monitoring", "hours_from": "2026-11-26T09:00",
    "hours_to": "2026-11-26T10:00", "datapoints": "2", "period": "3", "content_type": "text/csv",
    "model": "churn-7", "headers": "age",
}  # fmt: skip
Act = Callable[[Service], Any]


def visit(service: Service, *, hours: int = 0, names: dict[str, str] | None = None, **form: Any) -> Visit:
    sent = {name: value if isinstance(value, tuple) else (value,) for name, value in form.items()}
    at = NOW + timedelta(hours=hours)
    return Visit(service, "/", Visitor("kim", "editor"), at, names=names or {}, form=sent)


def of(name: str, answer: Callable[[Visit], Any], /, **form: Any) -> Act:
    return lambda service: answer(visit(service, hours=1, names={"name": name, "id": "1"}, **form))


def edit(limit: float, hours: int = 1) -> Act:
    """As the page sends it, with the mark of the files that it showed."""

    def act(service: Service) -> Any:
        edits = json.dumps({"age": {"completeness": limit}})
        mark = tuned(service, "data", {}).mark
        asked = visit(service, hours=hours, names={"name": "data"}, do="save", edits=edits, mark=mark)
        return constraints.change(asked)

    return act


def by_api(operation: str, **params: Any) -> Act:
    def act(service: Service) -> Any:
        wire = Wire(OPERATIONS, service, account="000000000000")
        head = Head("POST", "/", "", {"x-amz-target": f"SageMaker.{operation}"})
        who = Identity("kim", "sagemaker", "us-east-1")
        answer = asyncio.run(wire.answer(head, json.dumps(params).encode(), who, NOW))
        assert answer.status == 200, answer.body
        return answer

    return act


def by_call(method: str, path: str, **body: Any) -> Act:
    def act(service: Service) -> Any:
        who = Identity("kim", "sagemaker", "us-east-1")
        calls = OwnCalls(service)
        reply = asyncio.run(calls.answer(Head(method, path, "", {}), json.dumps(body).encode(), NOW, who))
        assert reply.status == 200, reply.body
        return reply

    return act


ACTS: dict[str, Act] = {
    "create": of("", create.save, **FORM, monitors=("DataQuality", "ModelExplainability"), do="save"),
    "edit": edit(0.25),
    "go back": of("data", constraints.back, number="1"),
    "delete": of("busy", schedules.delete),
    "enable": of("idle", schedules.start),
    "disable": of("data", schedules.stop),
    "run now": of("data", schedules.run),
}
MORE: dict[str, Act] = {
    "try": of("", create.save, **FORM, monitors="DataQuality", do="try-latest"),
    "change times": of("data", schedule_times.save, every="day", at="07:00", start="-PT25H", end="-PT1H"),
    "set alert": of("data", schedules.alert, datapoints="2", period="4"),
    "run again": of("", executions.run),
    "stop run": of("", executions.stop),
    "CreateModel": by_api(
        "CreateModel", ModelName="m", PrimaryContainer={"Image": "x/y:1"}, ExecutionRoleArn=FORM["role"]
    ),
    "DeleteMonitoringSchedule": by_api("DeleteMonitoringSchedule", MonitoringScheduleName="busy"),
    "StopMonitoringSchedule": by_api("StopMonitoringSchedule", MonitoringScheduleName="data"),
    "schedule run": by_call("POST", "/leeboard/schedules/data/run"),
    "endpoint add": by_call("POST", "/leeboard/endpoints", name="far"),
    "models map": by_call("POST", "/leeboard/models", image="*/x:*", url="http://127.0.0.1:1"),
}


def house(home: Path) -> Service:
    """Schedules: "data" has two versions of constraints, "busy" a run that waits, "idle" is disabled."""
    os.environ[OBJECTS] = str(home / "objects")
    service = open_service(Settings(home=home), ModelMap(()))
    ObjectFolder(service.settings.objects).buckets.create("house")
    variants = [{"name": "all", "model": "churn-7", "weight": 1.0, "count": 1, "containers": []}]
    facts = {"capture": CAPTURE, "variants": variants}
    with service.database.write() as connection:
        add(connection, service.settings, ENDPOINT, "churn", {}, now=NOW, status="InService", facts=facts)
    write_bytes("s3://house/capture/churn/all/2026/11/26/09/a.jsonl", b"{}\n")
    feature = {"name": "age", "inferred_type": "Integral", "completeness": 1.0}
    write_bytes(BASE, json.dumps({"version": 0.0, "features": [feature]}).encode())
    wanted = Wanted(
        name="data", source=Source("churn"), monitors=("DataQuality",), expression="cron(0 * ? * * *)",
        output="s3://house/reports", role=FORM["role"],
        baseline=BaselineWanted(kind="files", files=(("DataQuality", BASE),)),
    )  # fmt: skip
    for name in ("busy", "data", "idle"):
        make(service, replace(wanted, name=name), NOW)
    scheduling.fire(service, "busy", NOW)
    scheduling.stop(service, "idle", NOW)
    edit(0.5, hours=0)(service)
    service.database.close()
    return service


def dies_at(service: Service, act: Act, n: int) -> bool:
    """Whether there are so many moments to die at: statements of who may write, commits, and what follows."""
    child = os.fork()
    if not child:
        numbers = count(1)

        def look(*_: Any) -> None:
            if next(numbers) == n:
                os._exit(KILLED)

        def look_if_it_writes(connection: Connection, *_: Any) -> None:
            if connection.get_execution_options().get("leeboard_writes"):
                look()

        event.listen(Engine, "before_cursor_execute", look_if_it_writes)
        event.listen(Engine, "commit", look_if_it_writes)
        event.listen(Pool, "checkin", look)
        try:
            act(service)
        except BaseException as error:
            sys.stderr.write(f"{error!r}\n")
            os._exit(1)
        os._exit(0)
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    assert code in (0, KILLED), code
    return code == KILLED


def found(file: Path) -> dict[str, list[str]]:
    """All that the database holds, but for ids of requests."""
    with closing(sqlite3.connect(file)) as connection:
        tables = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        rows = {name: connection.execute(f'SELECT * FROM "{name}"').fetchall() for (name,) in tables}
    texts = {name: list(map(repr, found)) for name, found in rows.items()}
    return texts | {"audit_log": [REQUEST_ID.sub("ID", text) for text in texts["audit_log"]]}


def told(service: Service, act: Act) -> dict[str, Any]:
    file, kept = service.settings.home / "state.sqlite", service.settings.home / "kept.sqlite"
    shutil.copy(file, kept)
    before, states = found(file), []
    act(service)  # here first, so that no child has to compile its queries
    service.database.close()
    after = found(file)
    is_alive = False
    for n in count(1):
        for each in file.parent.glob(f"{file.name}*"):
            each.unlink()
        shutil.copy(kept, file)
        if is_alive:
            break
        is_alive = not dies_at(service, act, n)
        states.append(found(file))
    names = [("before", before), ("after", after)]
    lines = after["audit_log"][len(before["audit_log"]) :]
    return {
        "states": [next((name for name, whole in names if whole == state), "between") for state in states],
        "lines": lines,
    }


def main(home: str, kind: str) -> None:
    service = house(Path(home))
    acts = ACTS if kind == "quick" else MORE
    print(json.dumps({name: told(service, act) for name, act in acts.items()}))  # noqa: T201


if __name__ == "__main__":
    main(*sys.argv[1:])
