"""When a step that failed is begun again."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from leeboard.service.pipelines.retrying import SERVICE_FAULT, Policy, again_at
from leeboard.service.refusals import InvalidRequestError

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
INTERNAL = "SageMaker.JOB_INTERNAL_ERROR"
POLICY = {"ExceptionType": [INTERNAL], "IntervalSeconds": 10, "BackoffRate": 3.0, "MaxAttempts": 2}


def waits_s(policies: list[Policy], fault: str | None, attempt: int, age_min: float = 0) -> float | None:
    started_at = NOW - timedelta(minutes=age_min)
    at = again_at(policies, fault, attempt, started_at=started_at, now=NOW)
    return None if at is None else (at - NOW).total_seconds()


def test_each_wait_is_longer_until_the_attempts_are_used_up() -> None:
    policy = Policy.of(POLICY)
    assert [waits_s([policy], INTERNAL, attempt) for attempt in (1, 2, 3)] == [10, 30, None]


def test_a_policy_ends_after_its_minutes() -> None:
    policy = Policy.of({"ExceptionType": [INTERNAL], "IntervalSeconds": 60, "ExpireAfterMin": 5})
    assert waits_s([policy], INTERNAL, 1, age_min=1) == 60
    assert waits_s([policy], INTERNAL, 1, age_min=4.5) is None


def test_a_failure_without_a_policy_is_final_but_for_faults_of_the_service() -> None:
    assert waits_s([], INTERNAL, 1) is None
    assert waits_s([Policy.of(POLICY)], None, 1) is None
    assert [waits_s([], SERVICE_FAULT, attempt) for attempt in (1, 2, 6)] == [1, 2, None]


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        {"ExceptionType": ["Other"], "MaxAttempts": 1},
        {"ExceptionType": [INTERNAL]},
        {"ExceptionType": [INTERNAL], "MaxAttempts": 1, "ExpireAfterMin": 1},
        {"ExceptionType": [INTERNAL], "MaxAttempts": 21},
        {"ExceptionType": [INTERNAL], "MaxAttempts": 1, "IntervalSeconds": -1},
        {"ExceptionType": [INTERNAL], "MaxAttempts": 1, "BackoffRate": float("nan")},
        {"ExceptionType": INTERNAL, "MaxAttempts": 1},
    ],
)
def test_a_policy_that_is_none_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(InvalidRequestError):
        Policy.of(wrong)
