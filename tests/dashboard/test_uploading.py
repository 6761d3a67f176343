"""A data set that a form sent is in the store and in the audit log, whose line comes first."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from leeboard.dashboard.typed import Typed
from leeboard.dashboard.uploading import with_upload
from leeboard.dashboard.visit import Upload, Visit
from leeboard.service.access.audit import lines_of
from leeboard.service.access.visitors import Visitor
from leeboard.storage import open_read
from leeboard.storage.objects.folder import ObjectFolder
from leeboard.storage.s3 import OBJECTS

NOW = datetime(2026, 11, 26, 10, 20, tzinfo=UTC)


@pytest.fixture
def send(service: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Gives the values of the form, what is wrong, and the lines of the audit log, the oldest first."""
    monkeypatch.setenv(OBJECTS, str(tmp_path / "objects"))
    ObjectFolder(tmp_path / "objects").buckets.create("house")

    def ask(output: str) -> tuple[dict[str, str], dict[str, str], list[str]]:
        files = {"data_file": Upload("people.csv", b"age\n7\n")}
        visit = Visit(service, "/", Visitor("kim", "editor"), NOW, files=files)
        typed = Typed({"output": output, "baseline": "data"})
        values = with_upload(visit, dict(typed.given), typed)
        return values, typed.errors, [line.action for line in lines_of(service.database)][::-1]

    return ask


def test_a_file_that_was_sent_is_kept_under_its_own_content(send: Any) -> None:
    values, errors, lines = send("s3://house/reports")
    assert (errors, lines) == ({}, ["uploaded a data set"])
    with open_read(values["data"]) as stream:
        assert stream.read() == b"age\n7\n"


def test_a_file_that_did_not_arrive_was_told_of_and_its_failure_too(send: Any) -> None:
    values, errors, lines = send("s3://elsewhere/reports")
    assert ("data" in values, list(errors)) == (False, ["output"])
    assert lines == ["uploaded a data set", "could not upload a data set"]
