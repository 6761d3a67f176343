"""Judgements on small frames, made by real runs of the monitors."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import polars as pl
import pytest

from leeboard.jobs.asking import Question
from leeboard.jobs.run import run
from leeboard.report import Report
from leeboard.report.gate.cases import cases_of
from leeboard.report.gate.judgement import Judgement
from leeboard.report.gate.policy import Policy

AT = datetime(2026, 3, 1, 9, tzinfo=UTC)


def checked(was: pl.DataFrame, now: pl.DataFrame, monitor: str = "data-quality", **others: Any) -> Report:
    """The report on one frame held against a baseline of the other."""
    model = others.pop("model", None)
    made = run(Question(monitor=monitor, words=others, model=model).job(was), now=AT)
    words = {name: value for name, value in others.items() if name != "problem_type"}
    question = Question(monitor=monitor, words=words, model=model, baseline=made.baseline)
    return run(question.job(now), now=AT).report


@pytest.fixture(scope="session")
def check() -> Callable[..., Report]:
    return checked


@pytest.fixture(scope="session")
def judge() -> Callable[..., Judgement]:
    """Judges a report; fields of the judgement can be given."""

    def judge(of: Report, policy: Policy | None = None, **given: Any) -> Judgement:
        known: dict[str, Any] = {
            "monitor": of.sections[0].monitor,
            "data_name": "today.csv",
            "baseline_name": "baseline",
            "made_at": AT,
        }
        return Judgement(**known | given, policy=policy or Policy(), cases=cases_of(of))

    return judge


@pytest.fixture(scope="session")
def broken(check: Callable[..., Report]) -> Report:
    """Two columns that lost cells."""
    was = pl.DataFrame({"plan": ["a", "b"] * 50, "age": list(range(100))})
    now = pl.DataFrame({"plan": ["a", "b"] * 49 + [None] * 2, "age": [*range(98), None, None]})
    return check(was, now)
