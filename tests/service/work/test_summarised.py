"""The summary that is kept of a window, whatever its job left in the folder of results."""

import json
from pathlib import Path
from typing import Any

import pytest

from leeboard.formats.summary import Summary, summary_json
from leeboard.service.work import summarised
from leeboard.service.work.feed import MonitoringJob
from leeboard.service.work.summarised import summary_of_window

METRICS: list[dict[str, Any]] = [
    {"MetricName": "rows", "Value": 7},
    {"MetricName": "age", "StatisticValues": {"SampleCount": 2, "Sum": 5, "Minimum": 1, "Maximum": 4}},
    {"MetricName": "none", "StatisticValues": {"SampleCount": 0, "Sum": 0, "Minimum": 0, "Maximum": 0}},
    {"MetricName": "huge", "StatisticValues": {"SampleCount": 1e-9, "Sum": 1e308}},
]
VIOLATION = {
    "feature_name": "age",
    "constraint_check_type": "mine",
    "description": "of my own",
    "leeboard": {"hint": "look"},
}


@pytest.fixture
def asked(tmp_path: Path) -> MonitoringJob:
    return MonitoringJob("job-1", {}, str(tmp_path))


def write(asked: MonitoringJob, name: str, content: Any) -> None:
    text = content if isinstance(content, bytes) else json.dumps(content).encode()
    Path(asked.results, name).write_bytes(text)


def test_what_the_job_wrote_is_taken(asked: MonitoringJob) -> None:
    summary = Summary(job="job-1", n_rows=3)
    write(asked, "summary.json", summary_json(summary))
    assert summary_of_window(asked, METRICS, is_clean=True) == summary


def test_what_another_run_left_is_not(asked: MonitoringJob) -> None:
    write(asked, "summary.json", summary_json(Summary(job="job-0", n_rows=3)))
    assert summary_of_window(asked, [], is_clean=True) == Summary(job="job-1")


@pytest.mark.parametrize("junk", [b"", b"junk", b'{"version": 9}', b"[" * 5000, b"\xff\xfe"])
def test_a_summary_that_is_none_does_not_stop_the_execution(
    asked: MonitoringJob, junk: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    write(asked, "summary.json", junk)
    assert summary_of_window(asked, [], is_clean=True) == Summary(job="job-1")
    assert "the summary of job-1 cannot be used" in caplog.text


def test_a_file_that_is_too_large_is_left_alone(
    asked: MonitoringJob, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(summarised, "MOST_BYTES", 1 << 20)
    write(asked, "summary.json", b" " * ((1 << 20) + 1))
    assert summary_of_window(asked, [], is_clean=True).n_rows is None
    assert "larger than 1 MiB" in caplog.text


def test_of_an_own_container_violations_and_metrics_are_kept(asked: MonitoringJob) -> None:
    write(asked, "constraint_violations.json", {"violations": [VIOLATION] * 300})
    summary = summary_of_window(asked, METRICS, is_clean=False)
    assert (summary.n_violations, len(summary.violations)) == (300, 200)
    seen = summary.violations[0]
    assert (seen.subject, seen.check, seen.description, seen.hint) == ("age", "mine", "of my own", "look")
    assert {one.name: one.value for one in summary.measures} == {"rows": 7.0, "age": 2.5}


@pytest.mark.parametrize("junk", [b"junk", b'{"violations": 3}', b'{"violations": [{"a": 1}]}'])
def test_violations_that_cannot_be_read_are_told_in_the_log(
    asked: MonitoringJob, junk: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    write(asked, "constraint_violations.json", junk)
    assert summary_of_window(asked, [], is_clean=False).violations == []
    assert "the violations of job-1 cannot be read" in caplog.text


def test_a_clean_window_has_no_violations_of_an_earlier_run(asked: MonitoringJob) -> None:
    write(asked, "constraint_violations.json", {"violations": [VIOLATION]})
    assert summary_of_window(asked, [], is_clean=True).n_violations == 0
