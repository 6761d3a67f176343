"""Rules of jobs that neither a schedule nor a pipeline has started."""

from datetime import timedelta
from typing import Any

import pytest

from leeboard.alerts.document import AlertsFile
from leeboard.alerts.rules import read_rule
from leeboard.errors import InputError
from leeboard.service import jobs
from leeboard.service.alerting import takeover, watching
from leeboard.service.arns import PROCESSING_JOB, TRANSFORM_JOB
from leeboard.service.resources import change

MINUTE = timedelta(minutes=1)


def job(house: Any, name: str, kind: str = PROCESSING_JOB, **facts: Any) -> Any:
    made = jobs.create(house.service, kind, {jobs.NAMES[kind]: name}, house.at)
    if facts:
        house.write(change, made, now=house.at, facts=facts)
        made.facts.update(facts)
    return made


def ends(house: Any, name: str, status: str, kind: str = PROCESSING_JOB, **facts: Any) -> None:
    failure = "the disk is full" if status == "Failed" else None
    house.write(jobs.end, job(house, name, kind, **facts), status, now=house.at, failure=failure)


def test_a_job_that_fails_is_in_alert_until_one_of_its_name_completes(house: Any) -> None:
    house.rule(when="job-failed")
    ends(house, "nightly-2026-11-22-10-00-00-123", "Failed")
    (found,) = house.in_force
    assert (found.job, found.title) == ("nightly", "nightly-2026-11-22-10-00-00-123: failed")
    assert found.document["text"] == (
        "The processing job nightly-2026-11-22-10-00-00-123 failed: the disk is full"
    )
    ends(house, "other-2026-11-22-11-00-00-123", "Completed")
    ends(house, "nightly-2026-11-22-11-00-00-123", "Stopped")
    ends(house, "nightly-2026-11-22-11-00-00-124", "Completed", TRANSFORM_JOB)
    assert len(house.in_force) == 1
    ends(house, "nightly-2026-11-23-10-00-00-123", "Completed")
    assert house.in_force == []


def ran(house: Any, name: str, status: str, *, image: str = "", entry: str = "", model: str = "") -> None:
    document: dict[str, Any] = {"ModelName": model} if model else {
        "AppSpecification": {"ImageUri": image, "ContainerEntrypoint": ["python3", entry]}
    }  # fmt: skip
    kind = TRANSFORM_JOB if model else PROCESSING_JOB
    made = jobs.create(house.service, kind, {jobs.NAMES[kind]: name} | document, house.at)
    house.write(jobs.end, made, status, now=house.at, failure="it broke" if status == "Failed" else None)


AN_HOUR_LATER = [
    ({"image": "x/own:1", "entry": "a.py"}, {"image": "x/own:2", "entry": "a.py"}, True),
    ({"image": "x/own:1", "entry": "a.py"}, {"image": "x/own@sha256:12", "entry": "a.py"}, True),
    ({"image": "x/own:1", "entry": "a.py"}, {"image": "x/own:1", "entry": "b.py"}, False),
    ({"image": "h:5000/own", "entry": "a.py"}, {"image": "h:5000/other", "entry": "a.py"}, False),
    ({"model": "churn-v1"}, {"model": "churn-v2"}, True),
    ({"model": "churn-2026-11-22-10-00-00-123"}, {"model": "churn-2026-11-23-10-00-00-456"}, True),
    ({"model": "churn"}, {"model": "fraud"}, False),
]


@pytest.mark.parametrize(("before", "after", "is_same"), AN_HOUR_LATER)
def test_jobs_of_one_name_are_the_same_if_they_run_the_same(
    house: Any, before: dict[str, str], after: dict[str, str], is_same: bool
) -> None:
    house.rule(when="job-failed")
    ran(house, "sagemaker-own-2026-11-22-10-00-00-123", "Failed", **before)
    ran(house, "sagemaker-own-2026-11-22-11-00-00-456", "Completed", **after)
    assert [found.job for found in house.in_force] == ([] if is_same else ["sagemaker-own"])


@pytest.mark.parametrize(
    ("first", "second", "is_same"),
    [
        ("etl-1764188519-beef", "etl-1764192119-1a2b", True),
        ("etl-3f2504e0-abcd-beef-aaaa-0305e82c3301", "etl-1b2504e0-4f89-11d3-9a0c-0305e82c3302", True),
        ("etl-20261122T1000", "etl-20261123T1000", True),
        ("etl-20261122-100000-1", "etl-20261122-100000-2", True),
        ("20261122", "20261123", True),
        ("score-1-20261122", "score-2-20261122", False),
        ("train-a100-1764188519-3fa9", "train-b200-1764188519-3fa9", False),
        ("resnet-50-20261122", "resnet-101-20261122", False),
        ("model-v1", "model-v2", False),
    ],
)
def test_what_is_appended_does_not_make_another_job(
    house: Any, first: str, second: str, is_same: bool
) -> None:
    house.rule(when="job-failed")
    ends(house, first, "Failed")
    ends(house, second, "Completed")
    assert bool(house.in_force) is not is_same


@pytest.mark.parametrize("fact", ["schedule_id", "monitoring_type", "pipeline_execution"])
def test_jobs_of_schedules_and_pipelines_are_left_to_those(house: Any, fact: str) -> None:
    house.rule(when="job-failed")
    house.rule(name="late", when="job-overdue", after_s=60)
    ends(house, "one", "Failed", **{fact: "x"})
    job(house, "two", **{fact: "x"})
    watching.watch(house.service, house.at + 10 * MINUTE)
    assert house.in_force == []


def test_rules_choose_their_jobs(house: Any) -> None:
    house.rule(when="job-failed", match={"job": "night*"})
    ends(house, "daily-1", "Failed")
    ends(house, "Nightly-1", "Failed")
    assert house.mine() == ["Nightly-1: failed"]


def test_a_job_that_does_not_end_is_overdue_until_it_ends(house: Any) -> None:
    house.rule(when="job-overdue", after_s=600)
    stuck = job(house, "load-1", TRANSFORM_JOB)
    watching.watch(house.service, house.at + 9 * MINUTE)
    assert house.in_force == []
    for minutes in (11, 12):
        watching.watch(house.service, house.at + minutes * MINUTE)
    assert [each.document["text"] for each in house.in_force] == [
        "load-1: the transform job that was asked for at 2026-11-22 10:00 UTC has not ended 10 minutes later."
    ]
    house.write(jobs.end, stuck, "Completed", now=house.at)
    watching.watch(house.service, house.at + 13 * MINUTE)
    assert house.in_force == []


def test_routes_choose_by_pipeline_and_job_and_others_do_not_get_it(told: Any, receiver: Any) -> None:
    told.route(match={"job": "night*"})
    told.route(name="of schedules", match={"schedule": "*"})
    told.route(name="of pipelines", match={"pipeline": "*"}, on=["opened", "ended"])
    told.rule(when="job-failed")
    ends(told, "nightly-1", "Failed")
    told.ends("Completed")
    told.deliver()
    (document,) = receiver.documents
    assert (document["job"], document["title"]) == ("nightly", "nightly-1: failed")


def test_a_rule_that_looks_at_something_else_leaves_nothing_behind(house: Any) -> None:
    house.rule(when="job-failed")
    ends(house, "nightly-1", "Failed")
    house.rule(when="violations")
    assert house.in_force == []


def test_a_rule_that_leaves_the_file_leaves_nothing_behind(house: Any, tmp_path: Any) -> None:
    (tmp_path / "alerts.toml").write_text('[[rules]]\nname = "mine"\nwhen = "failed"\n')
    takeover.take_over(house.service.database, AlertsFile.read(tmp_path / "alerts.toml"), house.at)
    house.ends("Failed", reason="the script raised")
    assert house.mine() == ["hourly: failed"]
    takeover.take_over(house.service.database, AlertsFile(), house.at)
    assert house.mine() == []


def test_a_rule_of_the_file_in_place_of_one_that_looked_elsewhere_leaves_nothing_behind(
    house: Any, tmp_path: Any
) -> None:
    house.rule(when="job-failed")
    ends(house, "nightly-1", "Failed")
    (tmp_path / "alerts.toml").write_text('[[rules]]\nname = "mine"\nwhen = "failed"\n')
    takeover.take_over(house.service.database, AlertsFile.read(tmp_path / "alerts.toml"), house.at)
    assert house.in_force == []


@pytest.mark.parametrize(
    ("document", "text"),
    [
        ({"when": "job-failed", "windows": 2}, "one job at a time"),
        ({"when": "pipeline-failed", "match": {"endpoint": "x"}}, "match names endpoint.*about pipelines"),
        ({"when": "failed", "match": {"pipeline": "x"}}, "match names pipeline.*about schedules"),
        ({"when": "job-overdue", "match": {"pipeline": "x"}}, "it can name job"),
        ({"when": "pipeline-failed", "per": "feature"}, "per = 'feature' fits"),
    ],
)
def test_what_does_not_fit_together_is_refused(document: dict[str, Any], text: str) -> None:
    with pytest.raises(InputError, match=text):
        read_rule({"name": "mine"} | document)
