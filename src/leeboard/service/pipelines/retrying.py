"""Whether a step that failed is begun again, and when."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Self

from leeboard.service.refusals import InvalidRequestError

SERVICE_FAULT, THROTTLING = "Step.SERVICE_FAULT", "Step.THROTTLING"
KNOWN = (
    SERVICE_FAULT,
    THROTTLING,
    "SageMaker.JOB_INTERNAL_ERROR",
    "SageMaker.CAPACITY_ERROR",
    "SageMaker.RESOURCE_LIMIT",
)
MOST_ATTEMPTS, LONGEST_MIN, LONGEST_WAIT_S = 20, 14_400, 14_400 * 60


@dataclass(frozen=True, slots=True)
class Policy:
    """When to begin a step again.

    Attributes:
        faults: exception types for which it counts.
        most: retries; None for no limit of their number.
        expires_min: from the step's first start on, or from that of the last retry of the execution.
    """

    faults: frozenset[str]
    interval_s: float = 1.0
    backoff: float = 2.0
    most: int | None = None
    expires_min: float | None = None

    @classmethod
    def of(cls, given: Mapping[str, Any]) -> Self:
        """Read one of `RetryPolicies`.

        Raises:
            InvalidRequestError: it is none.
        """
        faults = given.get("ExceptionType") or []
        if not isinstance(faults, list) or not faults or not set(map(str, faults)) <= set(KNOWN):
            raise InvalidRequestError(f"RetryPolicies have ExceptionType {faults!r:.100}; known: {KNOWN}")
        most, expires = given.get("MaxAttempts"), given.get("ExpireAfterMin")
        if (most is None) == (expires is None):
            raise InvalidRequestError("a retry policy has either MaxAttempts or ExpireAfterMin")
        return cls(
            frozenset(faults),
            _number(given, "IntervalSeconds", 1.0, LONGEST_WAIT_S),
            _number(given, "BackoffRate", 2.0, 1000),
            None if most is None else int(_number(given, "MaxAttempts", 1, MOST_ATTEMPTS)),
            None if expires is None else _number(given, "ExpireAfterMin", 1, LONGEST_MIN),
        )


OURS = Policy(frozenset({SERVICE_FAULT, THROTTLING}), most=5)
"""What counts where a step says nothing about these faults."""


def again_at(
    policies: Sequence[Policy], fault: str | None, attempt: int, *, started_at: datetime, now: datetime
) -> datetime | None:
    """When to begin the next attempt; None if there is none.

    Args:
        fault: exception type of the failure; None for one that would only come again.
        attempt: the one that failed, from 1; somebody who retries the execution begins anew with 1.
        started_at: of the first of these attempts.
    """
    if fault is None:
        return None
    policy = next((each for each in (*policies, OURS) if fault in each.faults), None)
    if policy is None or (policy.most is not None and attempt > policy.most):
        return None
    wait_s = min(policy.interval_s * policy.backoff ** min(attempt - 1, 100), LONGEST_WAIT_S)
    at = now + timedelta(seconds=wait_s)
    if policy.expires_min is not None and at > started_at + timedelta(minutes=policy.expires_min):
        return None
    return at


def _number(given: Mapping[str, Any], name: str, default: float, most: float) -> float:
    value = given.get(name, default)
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value <= most:
        raise InvalidRequestError(f"a retry policy has {name} {value!r:.40}; expected a number up to {most}")
    return value
