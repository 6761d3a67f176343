"""What is read of kept summaries in many: the same as the summaries themselves say."""

from typing import Any

import msgspec
import pytest

from leeboard.errors import FormatError
from leeboard.formats.summary import (
    AttributionSummary,
    BiasSummary,
    FeatureColumns,
    MeasureSummary,
    MergeSummary,
    QualityPicture,
    ScoreSummary,
    SeenViolation,
    Summary,
)
from leeboard.service.kept_windows import MEMBERS, column_of, struct_of, violations_of, window_of
from leeboard.service.packed_summaries import NAME, REST, pack, pieces_of

SUMMARY = Summary(
    n_rows=7,
    n_violations=1,
    features=FeatureColumns(name=["a", "ß"], mean=[1.5, None], is_drifted=[True, False]),
    measures=[MeasureSummary(name="auc", value=0.5, baseline_deviation=0.25, is_broken=True)],
    quality=QualityPicture(labels=["x"], matrix=[[1]]),
    bias=[BiasSummary(facet="sex", group="f", metric="DI", stage="post", baseline_low=0.5, n_rows=3)],
    attributions=[AttributionSummary(label="y", feature="a", value=2.0, rank=1)],
    scores=[ScoreSummary(label="y", ndcg=0.75, relative_change_limit=0.5)],
    violations=[SeenViolation(monitor="m", check="c", subject="s", description="d", columns=["a"])],
    merge=MergeSummary(n_requests=5),
)
PARTS = (MeasureSummary, BiasSummary, AttributionSummary, ScoreSummary, MergeSummary, SeenViolation)


def test_a_window_has_what_its_summary_says() -> None:
    window = window_of(pieces_of(pack(SUMMARY)))
    told = msgspec.to_builtins(window)
    assert told == SUMMARY.model_dump(include=set(MEMBERS))


def test_an_empty_summary_has_the_same_defaults() -> None:
    told = msgspec.to_builtins(window_of(pieces_of(pack(Summary()))))
    assert told == Summary().model_dump(include=set(MEMBERS))


def test_violations_and_columns_are_those_of_the_summary() -> None:
    pieces = pieces_of(pack(SUMMARY))
    assert msgspec.to_builtins(violations_of(pieces)) == [one.model_dump() for one in SUMMARY.violations]
    assert (column_of(pieces, NAME), column_of(pieces, "mean")) == (["a", "ß"], [1.5, None])
    assert column_of(pieces, "distance") == []


@pytest.mark.parametrize("part", PARTS)
def test_structs_have_all_members_of_their_parts(part: Any) -> None:
    assert list(struct_of(part).__struct_fields__) == list(part.model_fields)


def test_members_that_nobody_knows_are_passed_over() -> None:
    text = b'{"junk": [1], "measures": [{"name": "auc", "later": {}}]}'
    assert [one.name for one in window_of({REST: text}).measures] == ["auc"]


@pytest.mark.parametrize(
    "pieces",
    [
        {},
        {REST: b""},
        {REST: b"[]"},
        {REST: b'{"n_rows": "many"}'},
        {REST: b'{"measures": [{}]}'},
        {REST: b'{"measures": [{"name": "auc", "value": NaN}]}'},
        {REST: b"\x28\xb5\x2f\xfd\x00"},
    ],
)
def test_what_is_no_window_is_refused(pieces: dict[str, bytes]) -> None:
    with pytest.raises(FormatError, match="summary"):
        window_of(pieces)


def test_a_damaged_column_is_refused() -> None:
    with pytest.raises(FormatError, match="damaged"):
        column_of({"mean": b'["much"]'}, "mean")
