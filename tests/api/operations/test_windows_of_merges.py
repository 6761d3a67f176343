"""Which records and labels an execution merges: offsets, shared hours, parts of hours, late labels."""

from datetime import UTC, datetime, timedelta

import pytest

from api_documents import HOURLY, monitored
from labelled_traffic import (
    confusion,
    execute,
    inputs_of,
    jobs_of,
    put_labels,
    put_requests,
    quality_schedule,
)
from leeboard.client.calls import Client
from live_server import live_server

pytestmark = pytest.mark.slow  # whole schedules, one after the other

EIGHT = datetime(2026, 3, 4, 8, tzinfo=UTC)
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
DAY = 24 * HOUR


def ids(beginning, n):
    return [f"{beginning}-{i}" for i in range(n)]


@pytest.fixture(scope="module")
def shared(sm, store, own):
    """Windows of three hours at 11 and at 12; the labels of 10 are corrected in the hour from 11 on."""
    endpoint = monitored(sm, "shared")
    for hour, n in enumerate((4, 5, 6, 7)):
        at = EIGHT + hour * HOUR
        put_requests(store, endpoint, dict.fromkeys(ids(at.hour, n), 0.9), at + 5 * MINUTE)
        put_labels(store, endpoint, dict.fromkeys(ids(at.hour, n), 1), at + 30 * MINUTE)
    put_labels(store, endpoint, dict.fromkeys(ids(10, 6), 0), EIGHT + 3 * HOUR + 40 * MINUTE)
    name = quality_schedule(sm, endpoint, HOURLY, StartTimeOffset="-PT3H", EndTimeOffset="-PT0H")
    first = execute(sm, own, name, EIGHT + 3 * HOUR)
    second = execute(sm, own, name, EIGHT + 4 * HOUR)
    return [jobs_of(sm, execution) for execution in (first, second)]


def test_executions_that_share_hours_see_their_own_merges_alone(sm, store, shared):
    (_, first), (_, second) = shared
    assert confusion(store, first) == {"11": 15}
    assert confusion(store, second) == {"11": 12, "01": 6}
    read = [inputs_of(job, "endpoint_input") for job in (first, second)]
    assert [len(each) for each in read] == [3, 3]
    assert not {*read[0]} & {*read[1]}
    folders = [{uri.rpartition("/")[0] for uri in each} for each in read]
    assert len(folders[0] & folders[1]) == 2


def test_a_window_of_yesterday_takes_labels_that_came_up_to_the_scheduled_time(sm, store, own):
    endpoint, at = monitored(sm, "offset"), EIGHT + 10 * DAY
    put_requests(store, endpoint, {"early": 0.9}, at - 2 * DAY - MINUTE)
    put_requests(store, endpoint, dict.fromkeys(ids("in", 6), 0.9), at - 2 * DAY + MINUTE)
    put_requests(store, endpoint, {"last": 0.9}, at - DAY - MINUTE)
    put_requests(store, endpoint, {"after": 0.9}, at - DAY + MINUTE)
    put_labels(store, endpoint, dict.fromkeys(("early", "after", "last", "in-0"), 1), at - 2 * DAY + HOUR)
    put_labels(store, endpoint, {"in-1": 1, "in-2": 0}, at - MINUTE)
    put_labels(store, endpoint, {"in-2": 1, "in-3": 1}, at + MINUTE)
    name = quality_schedule(sm, endpoint, HOURLY, StartTimeOffset="-P2D", EndTimeOffset="-P1D")
    merge, analysis = jobs_of(sm, execute(sm, own, name, at))
    assert confusion(store, analysis) == {"11": 3, "01": 1}
    assert [uri[-13:] for uri in inputs_of(merge, "groundtruth_input")] == [
        f"{hour:%Y/%m/%d/%H}" for hour in (at - 2 * DAY + HOUR, at - HOUR)
    ]
    assert merge["ExitMessage"].startswith("Completed: 4 of 7 captured records have a label")


@pytest.mark.slow
def test_parts_of_an_hour_are_merged_and_analysed_each_for_itself(sm, store, own):
    endpoint, at = monitored(sm, "minutes"), EIGHT + 20 * DAY
    for minute, n in ((10, 1), (30, 2), (50, 4)):
        put_requests(store, endpoint, dict.fromkeys(ids(minute, n), 0.9), at + minute * MINUTE)
        put_labels(store, endpoint, dict.fromkeys(ids(minute, n), 1), at + minute * MINUTE)
    put_labels(store, endpoint, {"30-0": 0, "50-0": 0}, at + HOUR + MINUTE)
    name = quality_schedule(sm, endpoint, "cron(0/20 * ? * * *)")
    done = [execute(sm, own, name, at + minute * MINUTE) for minute in (40, 60)]
    assert [confusion(store, jobs_of(sm, each)[1]) for each in done] == [{"11": 2}, {"11": 4}]


@pytest.fixture(scope="module")
def strict(tmp_path_factory):
    with live_server(tmp_path_factory.mktemp("strict") / "home", "--compat", "strict") as server:
        yield server


def test_a_strict_server_reads_the_label_folders_of_the_window_alone_and_its_merge_says_nothing(strict):
    sm, store, at = strict.client("sagemaker"), strict.client("s3"), EIGHT + 30 * DAY
    endpoint = monitored(sm, "strict")
    put_requests(store, endpoint, dict.fromkeys(ids("in", 3), 0.9), at - 3 * HOUR + MINUTE)
    put_labels(store, endpoint, {"in-0": 1}, at - 3 * HOUR)
    put_labels(store, endpoint, {"in-1": 1}, at - HOUR)
    name = quality_schedule(sm, endpoint, HOURLY, StartTimeOffset="-PT3H", EndTimeOffset="-PT2H")
    with Client.of(home=str(strict.home)) as own:
        merge, analysis = jobs_of(sm, execute(sm, own, name, at))
    assert "ExitMessage" not in merge
    assert confusion(store, analysis) == {"11": 1}
    assert [uri[-13:] for uri in inputs_of(merge, "groundtruth_input")] == [f"{at - 3 * HOUR:%Y/%m/%d/%H}"]
