from collections.abc import Callable

import polars as pl

from leeboard.compare import Comparison, DriftScore, Finding
from leeboard.report.content import ReportContent
from leeboard.report.notebook import to_notebook_html

Make = Callable[..., ReportContent]
Frames = Callable[..., tuple[pl.DataFrame, pl.DataFrame]]


def test_a_fragment_has_no_script_and_no_id_that_could_clash(make: Make, frames: Frames) -> None:
    html = to_notebook_html(make(*frames(8)))
    assert "<script" not in html
    assert ' id="' not in html
    assert "http" not in html


def test_verdict_violations_and_columns_are_there(make: Make, frames: Frames) -> None:
    score = DriftScore("column_1", "ks", 0.31, 0.05, 0.0, 0.0, True, "evidence")
    finding = Finding("column_1", "baseline_drift_check", "text", 0.31, 0.05, "another unit?")
    html = to_notebook_html(make(*frames(3), comparison=Comparison([finding], [score], ["a note"])))
    assert all(
        words in html for words in ("1 of 3 columns drifted", "another unit?", "column_2", "0.31", "a note")
    )


def test_many_columns_are_cut_and_it_is_said(make: Make, frames: Frames) -> None:
    html = to_notebook_html(make(*frames(30)))
    assert "and 10 columns more" in html


def test_hostile_names_are_escaped(make: Make) -> None:
    assert "<script" not in to_notebook_html(make(None, pl.DataFrame({"<script>x</script>": [1]})))
