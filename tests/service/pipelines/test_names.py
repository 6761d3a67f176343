"""Names of jobs follow from execution and step."""

import re

from leeboard.service.pipelines.names import job_name, prefix_of

KEY = "abc123def456"


def test_a_name_is_the_same_whenever_it_is_made() -> None:
    assert job_name(KEY, "Train", 1) == job_name(KEY, "Train", 1)
    assert job_name(KEY, "Train", 1).startswith(f"pipelines-{KEY}-Train-")


def test_execution_step_attempt_and_part_each_make_another_name() -> None:
    names = {
        job_name(KEY, "Train", 1),
        job_name("abc123def457", "Train", 1),
        job_name(KEY, "Train2", 1),
        job_name(KEY, "Train", 2),
        job_name(KEY, "Train", 1, "check"),
    }
    assert len(names) == 5


def test_any_step_gives_a_name_that_a_job_may_have() -> None:
    for step in ("a" * 64, "--x__y--", "___"):
        assert re.fullmatch(r"[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}", job_name(KEY, step, 1))


def test_arguments_may_say_how_a_name_begins() -> None:
    prefix = prefix_of({"ProcessingJobName": "nightly-checks"}, KEY, "QualityCheck")
    assert job_name(KEY, "x", 1, prefix=prefix).startswith(f"nightly-checks-{KEY}-")
    assert prefix_of({"ModelName": "m"}, KEY, "Transform") == ""
