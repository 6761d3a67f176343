"""Edited constraints go to new files, which the schedule uses from then on; earlier ones come back."""

import json
from pathlib import Path
from typing import Any

import pytest

from leeboard.service import scheduling
from leeboard.service.arns import DEFINITIONS
from leeboard.service.refusals import InvalidRequestError, ResourceNotFoundError
from leeboard.service.resources import Resource, find_all
from leeboard.service.setup import versions
from leeboard.service.setup.replacing import Replacement, replace_in, replacement
from leeboard.service.setup.tunable import edited
from leeboard.service.setup.tuning import documents_of, tunable_of

from .conftest import NOW


def schedule_of(service: Any, name: str) -> Resource:
    with service.database.read() as connection:
        return scheduling.existing(connection, name)


def replace(service: Any, wanted: Replacement) -> None:
    with service.database.write() as connection:
        replace_in(connection, service, wanted, NOW)


def save(service: Any, name: str, edits: Any, seen: str | None = None) -> versions.Version:
    schedule = schedule_of(service, name)
    before = documents_of(service, schedule)
    changed = edited(tunable_of(schedule), before, edits)
    mark = versions.mark_of(before) if seen is None else seen
    return versions.save(service, name, changed, seen=mark, who="kim", note="calmer", now=NOW)


def test_a_saved_edit_leaves_the_old_file_alone_and_is_used(old_windows: Any) -> None:
    before = documents_of(old_windows, schedule_of(old_windows, "data"))
    old = Path(before.constraints_uri).read_bytes()
    version = save(old_windows, "data", {"income": {"completeness": 0.5}})
    there = documents_of(old_windows, schedule_of(old_windows, "data"))
    assert there.constraints_uri == version.constraints != before.constraints_uri
    assert Path(before.constraints_uri).read_bytes() == old
    assert there.statistics_uri == before.statistics_uri
    income = next(one for one in there.constraints["features"] if one["name"] == "income")
    assert income["completeness"] == 0.5


def test_the_schedule_gets_a_definition_that_differs_in_its_files_alone(old_windows: Any) -> None:
    before = schedule_of(old_windows, "data")
    save(old_windows, "data", {"income": {"completeness": 0.5}})
    after = schedule_of(old_windows, "data")
    assert after.definition == "data-definition-20261126102000"
    with old_windows.database.read() as connection:
        old, new = (scheduling.monitor_of(connection, each) for each in (before, after))
    assert old
    assert new
    assert (new.job_input, new.output, new.role) == (old.job_input, old.output, old.role)
    assert after.status == "Scheduled"


def test_a_disabled_schedule_stays_disabled(old_windows: Any) -> None:
    scheduling.stop(old_windows, "data", NOW)
    save(old_windows, "data", {"income": {"completeness": 0.5}})
    assert schedule_of(old_windows, "data").status == "Stopped"


def test_an_earlier_version_comes_back(old_windows: Any) -> None:
    first = documents_of(old_windows, schedule_of(old_windows, "data")).constraints_uri
    save(old_windows, "data", {"income": {"completeness": 0.5}})
    back = versions.go_back(old_windows, "data", 1, who="kim", now=NOW)
    assert documents_of(old_windows, schedule_of(old_windows, "data")).constraints_uri == first
    kept = versions.versions_of(schedule_of(old_windows, "data"))
    assert [(one.number, one.by) for one in kept] == [(3, "kim"), (2, "kim"), (1, "")]
    assert back.note == "back to version 1"
    with pytest.raises(InvalidRequestError, match="in use already"):
        versions.go_back(old_windows, "data", 1, who="kim", now=NOW)
    with pytest.raises(ResourceNotFoundError, match="no version 9"):
        versions.go_back(old_windows, "data", 9, who="kim", now=NOW)


def test_two_edits_of_one_second_do_not_meet(old_windows: Any) -> None:
    places = {save(old_windows, "data", {"income": {"completeness": n / 10}}).constraints for n in (5, 6)}
    assert len(places) == 2


def test_who_edits_what_somebody_else_has_changed_is_told(old_windows: Any) -> None:
    with pytest.raises(InvalidRequestError, match="somebody has changed"):
        save(old_windows, "data", {"income": {"completeness": 0.5}}, seen="s3://old/constraints.json")
    with pytest.raises(InvalidRequestError, match="nothing was changed"):
        save(old_windows, "data", {})


def test_of_two_who_edit_at_once_one_is_told(old_windows: Any) -> None:
    seen = schedule_of(old_windows, "data")
    first, second = ({"ScheduleExpression": f"cron(0 {hour} ? * * *)"} for hour in (1, 2))
    replace(old_windows, replacement(old_windows, seen, None, first, NOW))
    with pytest.raises(InvalidRequestError, match="somebody else has changed"):
        replace(old_windows, replacement(old_windows, seen, None, second, NOW))
    config = schedule_of(old_windows, "data").document["MonitoringScheduleConfig"]
    assert config["ScheduleConfig"]["ScheduleExpression"] == first["ScheduleExpression"]


def test_of_two_who_copy_a_definition_at_once_one_is_told_and_leaves_no_copy(old_windows: Any) -> None:
    seen = schedule_of(old_windows, "data")
    edit = versions.with_files(seen, {"constraints": "s3://b/c.json", "config": ""})
    first, second = (replacement(old_windows, seen, edit, {}, NOW) for _ in range(2))
    replace(old_windows, first)
    with pytest.raises(InvalidRequestError, match="somebody else has changed"):
        replace(old_windows, second)
    with old_windows.database.read() as connection:
        assert len(find_all(connection, DEFINITIONS["DataQuality"])) == 2


def test_limits_of_model_quality_keep_their_statistics_beside_them(old_windows: Any) -> None:
    version = save(old_windows, "quality", {"auc": {"limit": 0.1}})
    folder = Path(version.constraints).parent
    assert (folder / "statistics.json").exists()
    limits = json.loads(Path(version.constraints).read_text())["binary_classification_constraints"]
    assert limits["auc"]["threshold"] == 0.1
