"""The summary of a window as a file."""

import json

import pytest

from leeboard.errors import FormatError
from leeboard.formats.summary import (
    FeatureColumns,
    MeasureSummary,
    SeenViolation,
    Summary,
    read_summary,
    summary_json,
)

HOSTILE = "</script><script>alert(1)</script>\u202e\x00"


def test_a_summary_reads_back_as_it_was() -> None:
    seen = SeenViolation(monitor="bias", check="c", subject=HOSTILE, description="d", effect=0.25)
    columns = FeatureColumns(name=["a", HOSTILE], mean=[1.5, None], n_violations=[0, 2])
    summary = Summary(monitors=["bias"], n_rows=7, features=columns, violations=[seen], notes=[HOSTILE])
    assert read_summary(summary_json(summary)) == summary


def test_what_is_not_known_is_not_written() -> None:
    assert json.loads(summary_json(Summary(measures=[MeasureSummary(name="auc")]))) == {
        "version": 1,
        "measures": [{"name": "auc"}],
    }


def test_a_column_that_is_left_out_has_nothing_for_each_feature() -> None:
    columns = read_summary('{"version": 1, "features": {"name": ["a", "b"]}}').features
    assert columns.distance == [None, None]
    assert (columns.n_violations, columns.presence) == ([0, 0], ["", ""])


@pytest.mark.parametrize(
    "text",
    [
        '{"version": 2}',
        "[]",
        "{}",
        "",
        "not json",
        '{"version": 1, "features": {"name": ["a", "b"], "mean": [1.0]}}',
        '{"version": 1, "measures": [{"name": "auc", "value": "NaN"}]}',
        '{"version": 1, "measures": [{"name": "auc", "value": Infinity}]}',
        '{"version": 1, "n_rows": "many"}',
        "[" * 10_000,
    ],
)
def test_what_is_no_summary_is_refused(text: str) -> None:
    with pytest.raises(FormatError, match=r"summary\.json"):
        read_summary(text, "summary.json")


def test_keys_that_nobody_knows_are_left_out() -> None:
    assert read_summary('{"version": 1, "junk": "junk", "features": {"more": []}}') == Summary()


def test_a_summary_of_too_many_things_is_refused() -> None:
    measures = [{"name": "auc"}] * 20_001
    with pytest.raises(FormatError):
        read_summary(json.dumps({"version": 1, "measures": measures}))
