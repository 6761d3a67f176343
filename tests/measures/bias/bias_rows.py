"""Rows for bias, few enough to be counted by hand."""

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from leeboard.measures.bias.findings import find
from leeboard.measures.bias.measures import MEASURES
from leeboard.measures.bias.question import Question, Watched
from leeboard.measures.bias.results import Ask, Findings, Measured
from leeboard.measures.bias.state import BiasRecipe, BiasState
from leeboard.tables import Block
from leeboard.tables.parts import LABEL, PREDICTION

ADULT = {"0": (2, 0, 78, 30), "1": (32, 17, 130, 45)}
"""By sex: TP, FP, FN, TN. The only counts that give the values that AWS recorded for 334 rows."""


def rows_of(groups: Mapping[Any, Sequence[int]], facet: str = "Sex") -> pl.DataFrame:
    """Rows with so many true positives, false positives, false negatives and true negatives a group."""
    answers = ((1, 1), (0, 1), (1, 0), (0, 0))
    rows = [
        (group, y, p)
        for group, counts in groups.items()
        for (y, p), n in zip(answers, counts, strict=True)
        for _ in range(n)
    ]
    return pl.DataFrame(rows, schema=[facet, LABEL, PREDICTION], orient="row")


def state_of(frame: pl.DataFrame, question: Question) -> BiasState:
    return BiasRecipe(question).of(Block(frame))


def sex_is(*values: Any, **more: Any) -> Question:
    """The question whether a sex gets label 1."""
    return Question(facets=(Watched("Sex", values),), positive=(1,), label_name="Target", **more)


def findings_of(frame: pl.DataFrame, question: Question, **more: Any) -> Findings:
    return find(state_of(frame, question), Ask(measures=list(MEASURES.values()), **more))


def by_name(findings: Findings, place: int = 0) -> dict[str, Measured]:
    """The measures of one group."""
    return {one.measure.name: one for one in findings.groups[place].measured}
