"""Where the files of an execution are, and what its merge said."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from leeboard.errors import InputError
from leeboard.formats.summary import MergeSummary
from leeboard.service import jobs
from leeboard.service.arns import PROCESSING_JOB
from leeboard.service.executions import Execution, plan
from leeboard.service.logs import PROCESSING_GROUP, append
from leeboard.service.resources import Resource, add, find
from leeboard.service.schedules.windows import Window
from leeboard.service.service import Service
from leeboard.service.window_files import Places, files_in, merge_of, open_file, places_of, read_whole

TEN = datetime(2026, 3, 1, 10, tzinfo=UTC)
NINE = TEN.replace(hour=9)
SAID = "1,036 of 1,040 captured records have a label; 1,036 of 1,100 labels have a record"


@pytest.fixture
def execution(service: Service, add_schedule: Callable[..., Resource]) -> Execution:
    schedule = add_schedule()
    with service.database.write() as connection:
        window = Window(NINE, TEN, ())
        made = plan(connection, schedule, window, scheduled_at=TEN, ready_at=TEN, cause="by hand", now=TEN)
    assert made is not None
    return made


def add_job(service: Service, name: str, request: dict[str, Any], **ended: Any) -> None:
    with service.database.write() as connection:
        job = add(connection, service.settings, PROCESSING_JOB, name, request, now=TEN, status="InProgress")
        assert job is not None
        jobs.end(connection, job, "Completed", now=TEN, **ended)


def merged(service: Service, execution: Execution) -> MergeSummary | None:
    with service.database.read() as connection:
        return merge_of(connection, execution)


def test_a_merge_says_how_many_wait_for_their_labels(service: Service, execution: Execution) -> None:
    add_job(service, execution.merge_name, {}, exit_message=f"Completed: {SAID}")
    assert merged(service, execution) == MergeSummary(n_requests=1040, n_matched=1036, n_waiting=4)


def test_a_merge_without_a_message_says_it_in_its_log(service: Service, execution: Execution) -> None:
    add_job(service, execution.merge_name, {})
    assert merged(service, execution) is None
    with service.database.write() as connection:
        append(connection, PROCESSING_GROUP, f"{execution.merge_name}/algo-1-1", [(TEN, "job"), (TEN, SAID)])
    assert merged(service, execution) == MergeSummary(n_requests=1040, n_matched=1036, n_waiting=4)


def test_an_execution_without_a_job_has_no_places(service: Service, execution: Execution) -> None:
    with service.database.read() as connection:
        assert places_of(connection, execution) is None


def test_places_are_those_that_the_job_was_asked_with(service: Service, execution: Execution) -> None:
    request = {
        "ProcessingInputs": [
            {"InputName": "baseline", "S3Input": {"S3Uri": "s3://b/statistics.json"}},
            {"InputName": "constraints", "S3Input": {"S3Uri": "s3://b/constraints.json"}},
            {"InputName": "mine", "DatasetDefinition": {}},
        ],
        "ProcessingOutputConfig": {"Outputs": [{"S3Output": {"S3Uri": "s3://b/out"}}]},
    }
    add_job(service, execution.analysis_name, request)
    with service.database.read() as connection:
        assert find(connection, PROCESSING_JOB, execution.analysis_name) is not None
        assert places_of(connection, execution) == Places(
            "s3://b/out", "s3://b/statistics.json", "s3://b/constraints.json"
        )


@pytest.fixture
def places(tmp_path: Path) -> Places:
    """A folder of an hour that holds that of another minute as well."""
    out = tmp_path / "out"
    for name in ("zzz.txt", "statistics.json", "report.html", "20/report.html", "shap/out.csv"):
        file = out / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(name)
    (tmp_path / "secret").write_text("secret")
    return Places(str(out))


def test_the_files_of_another_minute_are_not_listed(places: Places) -> None:
    assert [one.name for one in files_in(places)] == [
        "report.html", "statistics.json", "shap/out.csv", "zzz.txt"
    ]  # fmt: skip


def test_a_folder_that_is_not_there_has_no_files(tmp_path: Path) -> None:
    assert files_in(Places(str(tmp_path / "nothing"))) == []


def test_a_file_is_opened_up_to_a_size(places: Places) -> None:
    whole, begun = (open_file(places, "shap/out.csv", most_bytes=n) for n in (100, 4))
    assert whole is not None
    assert begun is not None
    assert (whole.content, whole.is_whole) == (b"shap/out.csv", True)
    assert (begun.content, begun.is_whole) == (b"shap", False)


@pytest.mark.parametrize("name", ["", "nothing", "shap", "20/report.html", "./20/report.html", ".", "/"])
def test_what_is_no_file_of_the_window_is_not_opened(places: Places, name: str) -> None:
    assert open_file(places, name, most_bytes=100) is None


@pytest.mark.parametrize("name", ["../secret", "shap/../../secret", "..\\secret"])
def test_nothing_outside_of_the_folder_is_opened(places: Places, name: str) -> None:
    with pytest.raises(InputError, match="leads out"):
        open_file(places, name, most_bytes=100)


def test_a_file_that_is_too_large_is_refused(tmp_path: Path) -> None:
    (tmp_path / "large").write_bytes(b" " * 11)
    assert len(read_whole(str(tmp_path / "large"), most_bytes=11)) == 11
    with pytest.raises(InputError, match="larger than"):
        read_whole(str(tmp_path / "large"), most_bytes=10)
