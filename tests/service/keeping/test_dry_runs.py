"""Files and jobs of dry runs go a day after their end, or soon after something has taken their place."""

from collections import Counter
from datetime import datetime, timedelta
from typing import Any

import pytest

from leeboard.errors import NotFoundError
from leeboard.service import jobs
from leeboard.service.arns import PROCESSING_JOB
from leeboard.service.keeping import dry_runs
from leeboard.service.refusals import InvalidRequestError
from leeboard.service.resources import add, find
from leeboard.service.setup import trials
from leeboard.storage import list_objects, write_bytes

from .conftest import DAY, NOW, add_job, names, total, touch

HOUR = timedelta(hours=1)
KEY = "0123456789abcdef"


def add_run(service: Any, key: str, at: datetime, *, name: str = "churn", status: str = "Completed") -> str:
    """A dry run that ended at once; the folder that it wrote to."""
    root = f"s3://house/reports/dry-runs/{key}"
    fact = {"type": "DataQuality", "name": name, "start_at": "", "end_at": ""}
    for step in ("baseline", "analysis"):
        folder = f"{root}/{step}"
        document = {"ProcessingOutputConfig": {"Outputs": [{"S3Output": {"S3Uri": folder}}]}}
        add_job(service, trials.name_of(key, step), at, status=status, document=document,
                facts={"dry_run": fact})  # fmt: skip
        write_bytes(f"{folder}/statistics.json", b"{}")
        touch(service, f"{folder}/statistics.json", at)
    return root


def files(root: str) -> list[str]:
    return [one.uri.rpartition("/")[2] for one in list_objects(root, missing_ok=True)]


def test_a_day_after_its_end_files_and_jobs_are_gone(store: Any) -> None:
    root = add_run(store, KEY, NOW)
    assert total(dry_runs.forget(store, NOW + 23 * HOUR)) == Counter()
    found = Counter({"dry runs": 1, "files of dry runs": 2})
    assert total(dry_runs.forget(store, NOW + DAY, is_trial=True)) == found
    assert len(files(root)) == len(names(store)) == 2
    assert total(dry_runs.forget(store, NOW + DAY)) == found
    assert files(root) == []
    assert names(store) == set()
    with pytest.raises(NotFoundError, match="no dry run"):
        trials.stands(store, KEY)


def test_one_that_goes_on_stays(store: Any) -> None:
    add_run(store, KEY, NOW, status="InProgress")
    assert total(dry_runs.forget(store, NOW + 100 * DAY)) == Counter()


def test_what_somebody_else_put_there_or_elsewhere_stays(store: Any) -> None:
    root = add_run(store, KEY, NOW)
    for uri, at in ((f"{root}/note.txt", NOW + HOUR), ("s3://house/reports/dry-runs/other/x", NOW)):
        write_bytes(uri, b"mine")
        touch(store, uri, at)
    total(dry_runs.forget(store, NOW + DAY))
    assert files("s3://house") == ["note.txt", "x"]


def test_an_hour_after_the_next_of_its_name_it_goes(store: Any) -> None:
    first, second = add_run(store, KEY, NOW), add_run(store, KEY[::-1], NOW + HOUR)
    add_run(store, "f" * 16, NOW + HOUR, name="other")
    assert total(dry_runs.forget(store, NOW + 1.9 * HOUR)) == Counter()
    assert total(dry_runs.forget(store, NOW + 2 * HOUR))["dry runs"] == 1
    assert (files(first), len(files(second))) == ([], 2)


def test_an_hour_after_its_schedule_is_made_it_goes(store: Any) -> None:
    root = add_run(store, KEY, NOW)
    with store.database.write() as connection:
        add(connection, store.settings, "monitoring-schedule", "Churn", {}, now=NOW + HOUR)
    assert total(dry_runs.forget(store, NOW + 2 * HOUR))["dry runs"] == 1
    assert files(root) == []


def test_a_job_that_somebody_gave_such_a_name_is_no_dry_run(store: Any) -> None:
    folder = f"s3://house/reports/dry-runs/{KEY}/analysis"
    document = {"ProcessingOutputConfig": {"Outputs": [{"S3Output": {"S3Uri": folder}}]}}
    add_job(store, trials.name_of(KEY, "analysis"), NOW, document=document)
    write_bytes(f"{folder}/x", b"mine")
    assert total(dry_runs.forget(store, NOW + 100 * DAY)) == Counter()
    assert files(folder) == ["x"]


def test_a_job_that_writes_elsewhere_has_nothing_removed_there(store: Any) -> None:
    write_bytes("s3://house/theirs/x", b"mine")
    fact = {"type": "DataQuality", "name": "n", "start_at": "", "end_at": ""}
    document = {"ProcessingOutputConfig": {"Outputs": [{"S3Output": {"S3Uri": "s3://house/theirs"}}]}}
    add_job(store, trials.name_of(KEY, "analysis"), NOW, document=document, facts={"dry_run": fact})
    assert total(dry_runs.forget(store, NOW + 100 * DAY)) == Counter({"dry runs": 1})
    assert files("s3://house") == ["x"]


def test_a_store_that_is_away_leaves_all_for_the_next_time(
    store: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_run(store, KEY, NOW)
    there = store.settings.objects / "house"
    there.rename(store.settings.home / "away")
    assert total(dry_runs.forget(store, NOW + DAY)) == Counter()
    assert len(names(store)) == 2
    (store.settings.home / "away").rename(there)
    assert total(dry_runs.forget(store, NOW + DAY))["dry runs"] == 1


def test_who_died_between_files_and_jobs_is_followed_by_one_who_ends_it(store: Any) -> None:
    root = add_run(store, KEY, NOW)
    for one in list(list_objects(root))[:1]:
        (store.settings.objects / one.uri.removeprefix("s3://")).unlink()
    assert total(dry_runs.forget(store, NOW + DAY)) == Counter({"dry runs": 1, "files of dry runs": 1})
    assert total(dry_runs.forget(store, NOW + DAY)) == Counter()


def test_a_dry_run_that_was_really_begun_is_found(store: Any) -> None:
    """With the documents that `trials` writes."""
    from leeboard.service.setup.wanted import Source, Wanted

    add_captures(store)
    wish = Wanted(
        name="churn-hourly", source=Source("churn"), monitors=("DataQuality",),
        expression="cron(0 * ? * * *)", output="s3://house/reports", role="arn:aws:iam::000000000000:role/r",
    )  # fmt: skip
    begun = trials.begin(store, wish, "DataQuality", NOW)
    name = trials.name_of(begun.key, "analysis")
    with store.database.write() as connection:
        job = find(connection, PROCESSING_JOB, name)
        assert job
        jobs.end(connection, job, "Completed", now=NOW)
    folder = job.document["ProcessingOutputConfig"]["Outputs"][0]["S3Output"]["S3Uri"]
    write_bytes(f"{folder}/statistics.json", b"{}")
    touch(store, f"{folder}/statistics.json", NOW)
    assert total(dry_runs.forget(store, NOW + DAY)) == Counter({"dry runs": 1, "files of dry runs": 1})


def test_a_dry_run_that_cannot_be_begun_leaves_no_files(store: Any) -> None:
    from leeboard.service.setup.wanted import Answers, Groups, Source, Wanted

    wish = Wanted(
        name="n", source=Source("nobody"), monitors=("ModelBias",), expression="cron(0 * ? * * *)",
        output="s3://house/reports", role="arn:aws:iam::000000000000:role/r",
        answers=Answers(labels="s3://house/labels"),
        groups=Groups(label="left", good=("1",), facet="sex", facet_values=("f",)),
    )  # fmt: skip
    with pytest.raises(InvalidRequestError, match="nobody"):
        trials.begin(store, wish, "ModelBias", NOW)
    assert files("s3://house") == []


def add_captures(service: Any) -> None:
    """An endpoint with a captured record in the last window."""
    facts = {"capture": {"DestinationS3Uri": "s3://house/capture", "EnableCapture": True}, "variants": []}
    with service.database.write() as connection:
        add(connection, service.settings, "endpoint", "churn", {}, now=NOW, status="InService", facts=facts)
    write_bytes(f"s3://house/capture/churn/all/{NOW - HOUR:%Y/%m/%d/%H}/a.jsonl", b"{}\n")
