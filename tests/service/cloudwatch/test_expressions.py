"""Metric math, worked by hand."""

import pytest

from leeboard.service.cloudwatch.arithmetic import Budget
from leeboard.service.cloudwatch.data import Span, page
from leeboard.service.cloudwatch.expressions import FUNCTIONS, Names, evaluate
from leeboard.service.cloudwatch.queries import read_queries
from leeboard.service.refusals import InvalidRequestError

SERIES = {"m1": {0: 1.0, 60: 2.0, 120: 4.0}, "m2": {60: 10.0, 120: 0.0}}


def value_of(text, budget=None):
    return evaluate(text, Names(SERIES.__getitem__, list(SERIES.values())), budget or Budget())


@pytest.mark.parametrize(("text", "value"), [
    ("2 + 3 * 4", 14.0),
    ("(2 + 3) * 4 - 1", 19.0),
    ("2 - 3 - 4", -5.0),
    ("-2 ^ 2 + .5", -3.5),
    ("12 / 4 / 3", 1.0),
    ("SUM(m1)", 7.0),
    ("MAX(m1) - MIN(m1)", 3.0),
    ("m1 + m2", {60: 12.0, 120: 4.0}),
    ("m1 / m2", {60: 0.2}),
    ("100 - m1", {0: 99.0, 60: 98.0, 120: 96.0}),
    ("m1 / SUM(m1) * 7", {0: 1.0, 60: 2.0, 120: 4.0}),
    ("AVG([m1, m2])", {0: 1.0, 60: 6.0, 120: 2.0}),
    ("SUM(METRICS())", {0: 1.0, 60: 12.0, 120: 4.0}),
    ("m1 * (1 / 0)", {}),
    ("FILL(m2, 5)", {0: 5.0, 60: 10.0, 120: 0.0}),
    ("ABS(CEIL(m1 / -2.5))", {0: 0.0, 60: 0.0, 120: 1.0}),
    ("METRICS() * 2", [{0: 2.0, 60: 4.0, 120: 8.0}, {60: 20.0, 120: 0.0}]),
])  # fmt: skip
def test_expressions_come_to(text, value):
    assert value_of(text) == value


@pytest.mark.parametrize(("text", "said"), [
    ("m1 +", "its end"),
    ("m1 m2", "expected an operator"),
    ("(m1", r"expected '\)'"),
    ("SEARCH('{AWS}', 'Sum')", "SEARCH"),
    ("STDDEV(m1)", "known: arithmetic"),
    ("[m1] + [m2]", "array on both sides"),
    ("m1 > 2", "is not read"),
    ("(" * 40 + "m1" + ")" * 40, "nested"),
])  # fmt: skip
def test_expressions_that_are_not_computed_say_why(text, said):
    with pytest.raises(InvalidRequestError, match=said):
        value_of(text)


def test_an_expression_cannot_keep_the_server_busy():
    with pytest.raises(InvalidRequestError, match="too much"):
        value_of("*".join(["m1"] * 600), Budget(1000))
    with pytest.raises(InvalidRequestError, match="too much"):
        value_of(f"[{','.join(['METRICS()'] * 200)}]", Budget(300))


@pytest.mark.parametrize("expressions", [
    {"a": "b", "b": "a"}, {"a": "a"}, {"a": "nowhere"}, {"a": "1 + 1"},
    {f"a{n}": f"a{n + 1}" for n in range(30)} | {"a30": "METRICS()"},
])  # fmt: skip
def test_expressions_that_lead_to_no_series_are_refused(expressions):
    queries = read_queries([{"Id": name, "Expression": text} for name, text in expressions.items()])
    with pytest.raises(InvalidRequestError):
        page(None, queries, Span(start_at=None, end_at=None))


def test_the_functions_are_named_in_messages():
    assert FUNCTIONS == ("ABS", "AVG", "CEIL", "FILL", "FLOOR", "MAX", "METRICS", "MIN", "SUM")
