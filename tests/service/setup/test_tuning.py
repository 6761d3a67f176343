"""What windows would have raised: as they did with the constraints as they are, less with wider ones."""

import json
from pathlib import Path
from typing import Any

import pytest

from analysed_windows import FILES, IDS, analysed_windows
from leeboard.errors import LeeboardError
from leeboard.service.refusals import InvalidRequestError
from leeboard.service.resources import find
from leeboard.service.setup.tunable import Documents, differing, edited
from leeboard.service.setup.tuning import (
    all_broken,
    counts,
    documents_of,
    seen,
    suggestions,
    tunable_of,
)


def documents(kind: str) -> Documents:
    """Of the windows that all tests share, which have no definition."""
    home = Path(analysed_windows().service.settings.home) / IDS[kind] / "baseline"
    statistics, constraints = FILES[kind]
    return Documents(
        json.loads((home / constraints).read_text()), {}, str(home / constraints), "",
        str(home / statistics) if kind == "DataQuality" else "",
    )  # fmt: skip


def schedule_of(service: Any, name: str) -> Any:
    with service.database.read() as connection:
        return find(connection, "monitoring-schedule", name)


@pytest.mark.parametrize("kind", list(IDS))
def test_windows_break_again_what_they_broke_when_they_ran(kind: str) -> None:
    service = analysed_windows().service
    there = documents(kind)
    windows = seen(service, schedule_of(service, IDS[kind]), there, there, limit=10)
    raised = [one.execution.n_violations for one in windows]
    assert [before for before, _ in counts(windows)] == raised
    assert len(raised) == 2
    assert sum(raised) > 0 or kind in ("ModelQuality", "ModelExplainability")


def test_a_limit_above_the_distance_takes_the_violation_away(old_windows: Any) -> None:
    schedule = schedule_of(old_windows, "data")
    before, tunable = documents_of(old_windows, schedule), tunable_of(schedule)
    after = edited(tunable, before, {"income": {"limit": 0.99}})
    windows = seen(old_windows, schedule, before, after, limit=10)
    was, now = all_broken(windows)["income", "baseline_drift_check"]
    assert (was, now) == ([False, True], [False, False])


def test_a_limit_is_suggested_from_the_windows_that_were_calm(old_windows: Any) -> None:
    schedule = schedule_of(old_windows, "data")
    there = documents_of(old_windows, schedule)
    windows = seen(old_windows, schedule, there, there, limit=10)
    calm = windows[0].before.values["income"]
    limit = suggestions(tunable_of(schedule), there, windows)["income"]
    assert calm < limit < windows[1].before.values["income"]


def test_a_measure_has_its_limit_moved(old_windows: Any) -> None:
    schedule = schedule_of(old_windows, "quality")
    before, tunable = documents_of(old_windows, schedule), tunable_of(schedule)
    strict = edited(tunable, before, {"auc": {"limit": 0.9999}})
    windows = seen(old_windows, schedule, before, strict, limit=10)
    assert all_broken(windows)["auc", "LessThanThreshold"] == ([False, False], [True, True])
    free = edited(tunable, strict, {"auc": {"limit": None}})
    assert all_broken(seen(old_windows, schedule, strict, free, limit=10))["auc", "LessThanThreshold"][1] == [
        False,
        False,
    ]


@pytest.mark.parametrize(
    ("edits", "said"),
    [
        ({"nobody": {"limit": 1}}, "no feature 'nobody'"),
        ({"income": {"colour": 1}}, "no setting 'colour'"),
    ],
)
def test_an_edit_of_what_is_not_there_is_refused(old_windows: Any, edits: Any, said: str) -> None:
    schedule = schedule_of(old_windows, "data")
    with pytest.raises(InvalidRequestError, match=said):
        edited(tunable_of(schedule), documents_of(old_windows, schedule), edits)


def test_a_value_of_another_kind_makes_no_file(old_windows: Any) -> None:
    schedule = schedule_of(old_windows, "data")
    changed = edited(
        tunable_of(schedule), documents_of(old_windows, schedule), {"income": {"completeness": 7.0}}
    )
    with pytest.raises(LeeboardError, match="completeness"):
        tunable_of(schedule).rows(changed)


def test_an_edit_that_says_what_is_so_is_none(old_windows: Any) -> None:
    schedule = schedule_of(old_windows, "data")
    there, tunable = documents_of(old_windows, schedule), tunable_of(schedule)
    same = {row.subject: {one.key: one.value for one in row.settings} for row in tunable.rows(there)}
    assert differing(tunable, there, same) == {}
    assert edited(tunable, there, {"income": {"test": "off"}}).constraints != there.constraints
