"""Data sets from a form of the dashboard go after a week, if nothing uses them."""

from collections import Counter
from hashlib import sha256
from threading import Event
from typing import Any

import pytest

from leeboard.service.access import audit
from leeboard.service.arns import DEFINITIONS, PIPELINE
from leeboard.service.keeping import uploads
from leeboard.service.resources import add
from leeboard.service.service import Service
from leeboard.storage import exists, write_bytes
from leeboard.storage.objects.folder import ObjectFolder
from leeboard.storage.s3 import OBJECTS
from overlapping import WAIT_S, overlap

from .conftest import DAY, NOW, add_job, total, touch

CONTENT = b"a,b\n1,2\n"
GONE = Counter({"uploads": 1})


def upload(service: Any, content: bytes = CONTENT, name: str = "people.csv", at: Any = NOW) -> str:
    """As the dashboard does it."""
    uri = f"s3://house/reports/uploads/{sha256(content).hexdigest()[:16]}/{name}"
    write_bytes(uri, content)
    touch(service, uri, at)
    with service.database.write() as connection:
        audit.write(connection, at=at, visitor="anna", via="dashboard", action="uploaded a data set",
                    subject=uri)  # fmt: skip
    return uri


def baseline_job(service: Any, name: str, data: str, status: str = "Completed") -> None:
    document = {
        "ProcessingInputs": [{"InputName": "data", "S3Input": {"S3Uri": data}}],
        "ProcessingOutputConfig": {"Outputs": [{"S3Output": {"S3Uri": f"s3://house/baselines/{name}"}}]},
    }
    add_job(service, name, NOW, status=status, document=document)


def test_one_that_nothing_uses_goes_after_a_week_and_the_log_says_it(store: Any) -> None:
    uri = upload(store)
    assert total(uploads.forget(store, NOW + 6 * DAY)) == Counter()
    assert total(uploads.forget(store, NOW + 7 * DAY, is_trial=True)) == GONE
    assert exists(uri)
    assert total(uploads.forget(store, NOW + 7 * DAY)) == GONE
    assert not exists(uri)
    assert total(uploads.forget(store, NOW + 8 * DAY)) == Counter()
    with store.database.read() as connection:
        line = audit.read(connection)[0]
    assert (line.visitor, line.action, line.subject) == ("leeboard", "removed an upload", uri)


def test_the_same_one_sent_again_has_its_week_anew(store: Any) -> None:
    upload(store)
    total(uploads.forget(store, NOW + 7 * DAY))
    uri = upload(store, at=NOW + 8 * DAY)
    assert total(uploads.forget(store, NOW + 14 * DAY)) == Counter()
    assert exists(uri)
    assert total(uploads.forget(store, NOW + 15 * DAY)) == GONE


def test_the_data_of_a_baseline_in_use_stay(store: Any) -> None:
    named = upload(store, b"1", "named.csv")
    by_folder = upload(store, b"2", "by-folder.csv")
    runs = upload(store, b"3", "runs.csv")
    unused = upload(store, b"4", "unused.csv")
    baseline_job(store, "baseline-named", named)
    baseline_job(store, "by-folder", by_folder)
    baseline_job(store, "runs", runs, status="InProgress")
    baseline_job(store, "unused", unused)
    told = [
        {"BaseliningJobName": "baseline-named"},
        {"ConstraintsResource": {"S3Uri": "s3://house/baselines/by-folder/constraints.json"}},
    ]
    with store.database.write() as connection:
        for number, each in enumerate(told):
            document = {"DataQualityBaselineConfig": each}
            add(connection, store.settings, DEFINITIONS["DataQuality"], f"d{number}", document, now=NOW)
    assert total(uploads.forget(store, NOW + 100 * DAY)) == GONE
    assert [exists(uri) for uri in (named, by_folder, runs, unused)] == [True, True, True, False]


def test_one_that_a_baseline_begins_to_use_while_it_is_looked_at_stays(
    store: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, unused = upload(store, b"1", "begun.csv"), upload(store, b"2", "unused.csv")
    is_ours = uploads._is_ours

    def looked(uri: str, uploaded_at: Any) -> bool:
        if uri == begun:
            baseline_job(store, "begun", begun, status="InProgress")
        return is_ours(uri, uploaded_at)

    monkeypatch.setattr(uploads, "_is_ours", looked)
    assert total(uploads.forget(store, NOW + 100 * DAY)) == GONE
    assert [exists(uri) for uri in (begun, unused)] == [True, False]


def test_it_is_removed_whichever_database_the_server_has(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(OBJECTS, str(service.settings.objects))
    ObjectFolder(service.settings.objects).buckets.create("house")
    uri = upload(service)
    baseline_job(service, "runs", upload(service, b"3", "runs.csv"), status="InProgress")
    assert total(uploads.forget(service, NOW + 7 * DAY)) == GONE
    assert not exists(uri)


def test_no_job_is_begun_between_the_last_look_and_the_end_of_the_file(
    store: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    uri = upload(store)
    is_there, may_go_on = Event(), Event()
    seen: list[bool] = []

    def delete(uri: str) -> None:
        is_there.set()
        may_go_on.wait(WAIT_S)
        with store.database.read() as connection:
            seen.append(uploads._place(uri) in uploads._used(connection))
        remove(uri)

    remove = uploads.delete
    monkeypatch.setattr(uploads, "delete", delete)
    overlap(
        lambda: total(uploads.forget(store, NOW + 100 * DAY)),
        lambda: baseline_job(store, "late", uri, status="InProgress"),
        is_there=is_there,
        may_go_on=may_go_on,
    )
    assert seen == [False]


def test_one_that_a_pipeline_names_stays(store: Any) -> None:
    uri = upload(store)
    with store.database.write() as connection:
        add(connection, store.settings, PIPELINE, "p", {"PipelineDefinition": f'{{"x":"{uri}"}}'}, now=NOW)
    assert total(uploads.forget(store, NOW + 100 * DAY)) == Counter()


def test_a_file_that_was_changed_since_is_not_ours(store: Any) -> None:
    later, at_once = upload(store, b"1"), upload(store, b"2")
    write_bytes(later, b"1")
    touch(store, later, NOW + DAY)
    write_bytes(at_once, b"theirs")
    touch(store, at_once, NOW)
    assert total(uploads.forget(store, NOW + 100 * DAY)) == Counter()
    assert exists(later)
    assert exists(at_once)


def test_one_that_is_gone_already_is_no_error(store: Any) -> None:
    uri = upload(store)
    (store.settings.objects / uri.removeprefix("s3://")).unlink()
    assert total(uploads.forget(store, NOW + 100 * DAY)) == Counter()


def test_a_line_that_names_another_place_removes_nothing(store: Any) -> None:
    names = ("data/people.csv", "uploads/x/people.csv", "uploads/0123456789abcdef/x/y")
    uris = [f"s3://house/{name}" for name in names]
    for uri in uris:
        write_bytes(uri, CONTENT)
        with store.database.write() as connection:
            audit.write(
                connection, at=NOW, visitor="a", via="dashboard", action=uploads.UPLOADED, subject=uri
            )
    assert total(uploads.forget(store, NOW + 100 * DAY)) == Counter()
    assert all(map(exists, uris))
