from collections.abc import Callable

import polars as pl
import pytest

from leeboard.compare import Comparison, DriftScore, Finding
from leeboard.report.columns import columns_of, findings_of
from leeboard.report.content import ReportContent
from leeboard.report.verdict import Verdict, verdict_of
from leeboard.tables import Malformed, Tally

Make = Callable[..., ReportContent]
FRAME = pl.DataFrame({"a": [1, 2], "b": [1, 2], "c": ["x", "y"]})


def judged(content: ReportContent) -> Verdict:
    return verdict_of(content, columns_of(content), findings_of(content))


def broken(name: str, check: str) -> Finding:
    return Finding(name, check, "text", 0.5, 1.0)


@pytest.mark.parametrize(
    ("findings", "sentence"),
    [
        ([broken("a", "baseline_drift_check")], "1 of 3 columns drifted away from the baseline."),
        ([broken("a", "completeness_check")], "1 of 3 columns broke its constraints."),
        (
            [broken(name, "data_type_check") for name in "ab"] + [broken("a", "baseline_drift_check")],
            "2 of 3 columns broke their constraints; 1 drifted.",
        ),
        ([broken("", "missing_column_check")], "The data set as a whole broke its constraints."),
    ],
)
def test_the_sentence_counts_columns(make: Make, findings: list[Finding], sentence: str) -> None:
    verdict = judged(make(FRAME, FRAME, comparison=Comparison(findings, [], [])))
    assert (verdict.state, verdict.sentence) == ("bad", sentence)


def test_a_clean_run_says_how_many_columns_were_compared(make: Make) -> None:
    score = DriftScore("a", "ks", 0.01, 0.05, 0.9, 0.9, False, "evidence")
    verdict = judged(make(FRAME, FRAME, comparison=Comparison([], [score], [])))
    assert verdict.state == "good"
    assert verdict.sentence == (
        "All 3 columns kept their constraints; none of the 1 that were compared with the baseline drifted."
    )


def test_data_that_were_not_checked_are_neither_good_nor_bad(make: Make) -> None:
    verdict = judged(make(None, FRAME, comparison=None))
    assert (verdict.state, verdict.sentence) == ("plain", "2 rows in 3 columns; nothing was checked.")


def test_key_numbers_tell_records_malformed_ones_and_time(make: Make) -> None:
    content = make(FRAME, FRAME, n_records=1, tally=Tally.of([Malformed("f", 1, "r")]), elapsed_s=0.5)
    numbers = {entry.label: entry.value for entry in judged(content).numbers}
    assert numbers == {
        "Rows": "2", "Columns": "3", "Violations": "0", "Drifted": "0", "Malformed": "1", "Time": "500 ms",
    }  # fmt: skip
