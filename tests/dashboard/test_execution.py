"""The page of an execution: why it ended as it did, what it left, and what can be done."""

import json
import re
from typing import Any

import pytest

from analysed_windows import HOSTILE, Windows, analysed_windows
from leeboard.service.executions import find_execution
from leeboard.service.service import Service
from leeboard.service.views.execution import existing


@pytest.fixture
def windows() -> Windows:
    return analysed_windows()


@pytest.fixture
def service(windows: Windows) -> Service:
    return windows.service


def test_what_broke_is_told_first_with_its_hint_and_a_way_to_the_feature(
    reader: Any, windows: Windows
) -> None:
    page = reader.get(f"/executions/{windows.ids['data'][1]}")
    assert page.status == 200
    assert "Promises were broken" in page.words
    assert page.text.index("income") < page.text.index("Log of the analysis")
    assert "/schedules/data/features?feature=income&amp;window=" in page.text
    assert "300 75% of 400 requests" in page.words


def test_a_run_is_called_by_its_scheduled_time_as_in_lists_of_runs(reader: Any, windows: Windows) -> None:
    number = windows.ids["data"][1]
    listed = re.search(
        rf'/executions/{number}"[^>]*><time datetime="[^"]*">([^<]*)', reader.get("/schedules/data").text
    )
    assert listed is not None
    assert f"<title>data {listed[1]} " in reader.get(f"/executions/{number}").text


def test_hostile_names_records_and_lines_are_shown_harmlessly(reader: Any, windows: Windows) -> None:
    text = reader.get(f"/executions/{windows.ids['data'][1]}").text
    assert "<img" not in text
    assert "\u202e" not in text
    assert "said &lt;/script&gt;" in text
    assert "a.jsonl:7" in text


def test_no_data_says_what_to_look_at(reader: Any, windows: Windows) -> None:
    words = reader.get(f"/executions/{windows.empty}").words
    assert "Why there was no data" in words
    assert "no capture file in the window 2026-11-26T11:00:00Z" in words
    assert "The endpoint captured in other hours, but not in this window." in words


def test_a_failure_is_told_in_the_words_of_the_job(reader: Any, windows: Windows) -> None:
    page = reader.get(f"/executions/{windows.failed}")
    assert "Why it failed The container ended with exit code 1" in page.words
    assert f'/executions/{windows.failed}/run"' not in page.text  # a reader may only look


def test_runs_before_and_after_are_one_step_away(reader: Any, windows: Windows) -> None:
    first, second = windows.ids["data"]
    assert f'rel="next" href="/dashboard/executions/{second}"' in reader.get(f"/executions/{first}").text
    assert f'rel="prev" href="/dashboard/executions/{first}"' in reader.get(f"/executions/{second}").text


def test_the_command_that_does_the_same_is_given(reader: Any, windows: Windows) -> None:
    words = reader.get(f"/executions/{windows.ids['data'][1]}").words
    assert "leeboard run -- leeboard check s3://b/capture/2026/11/26/08" in words
    assert "--start 2026-11-26T08:00:00Z" in words


def test_violations_and_malformed_records_can_be_taken_away(reader: Any, windows: Windows) -> None:
    path = f"/executions/{windows.ids['data'][1]}"
    checks = [one["check"] for one in json.loads(reader.get(f"{path}?export=json&table=violations").body)]
    assert "baseline_drift_check" in checks
    assert HOSTILE[:9] in reader.get(f"{path}?export=csv&table=malformed").text


def test_a_log_is_given_from_where_its_reader_stands(reader: Any, windows: Windows) -> None:
    path = f"/executions/{windows.ids['data'][0]}/log?job=analysis"
    whole = reader.get(path)
    assert whole.headers["content-type"].startswith("text/plain")
    assert whole.text.count("\n") >= 2
    assert whole.headers["leeboard-ended"] == "1"
    rest = reader.get(f"{path}&after={whole.headers['leeboard-next']}")
    assert (rest.text, rest.headers["leeboard-next"]) == ("", whole.headers["leeboard-next"])


def test_a_report_is_shown_in_a_box_of_its_own(reader: Any, windows: Windows) -> None:
    shown = reader.get(f"/executions/{windows.ids['data'][1]}/files/report.html")
    policy = shown.headers["content-security-policy"]
    assert policy.startswith("sandbox allow-scripts")
    assert "allow-same-origin" not in policy
    assert "default-src 'none'" in policy
    assert shown.text.startswith("<!doctype html>")


def test_other_files_are_shown_as_text_and_taken_away(reader: Any, windows: Windows) -> None:
    path = f"/executions/{windows.ids['data'][1]}/files/constraint_violations.json"
    page = reader.get(path)
    assert "<img" not in page.text
    assert "constraint_check_type" in page.words
    kept = reader.get(f"{path}?download=1")
    assert kept.headers["content-disposition"].startswith("attachment")
    assert json.loads(kept.body)["violations"]


@pytest.mark.parametrize("name", ["nothing.json", "../../../../etc/passwd", "..%2f..%2fstate.sqlite"])
def test_no_file_that_is_not_the_run_s_is_given(reader: Any, windows: Windows, name: str) -> None:
    answered = reader.get(f"/executions/{windows.ids['data'][1]}/files/{name}")
    assert answered.status in (400, 404)
    assert "SQLite" not in answered.text


def test_a_file_that_is_missing_leads_back_to_the_run(reader: Any, windows: Windows) -> None:
    number = windows.ids["data"][1]
    for query in ("", "?download=1"):
        answered = reader.get(f"/executions/{number}/files/gone.json{query}")
        assert answered.status == 404
        assert f'href="/dashboard/executions/{number}">Back to the run' in answered.text


@pytest.mark.parametrize("number", ["0", "x", "9" * 40, "-1", "1 or 1=1"])
def test_an_execution_that_is_not_there_is_told(reader: Any, number: str) -> None:
    answered = reader.get(f"/executions/{number.replace(' ', '%20')}")
    assert answered.status in (400, 404)
    assert "There is no execution" in answered.words


def test_a_run_is_repeated_for_its_own_time_and_can_be_stopped(
    editor: Any, reader: Any, windows: Windows, service: Service
) -> None:
    first = windows.ids["shap"][0]
    assert reader.post(f"/executions/{first}/run").status == 403
    answered = editor.post(f"/executions/{first}/run")
    made = answered.headers["location"].rpartition("/")[2]
    with service.database.read() as connection:
        before, again = find_execution(connection, first), existing(connection, made)
    assert before is not None
    assert (again.scheduled_at, again.cause) == (before.scheduled_at, "by hand")
    assert "data-tail" not in editor.get(f"/executions/{made}").text
    assert editor.post(f"/executions/{made}/stop").status == 303
    assert "Stopped" in editor.get(f"/executions/{made}").words
    assert editor.post(f"/executions/{made}/stop").status == 400
