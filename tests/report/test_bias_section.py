import re
from datetime import UTC, datetime
from io import StringIO
from math import inf
from typing import Literal

import polars as pl
import pytest
from rich.console import Console

from leeboard.engines.local import fold
from leeboard.measures.bias.question import Watched
from leeboard.monitors import MONITORS, Order, Result
from leeboard.monitors.bias import BiasSettings
from leeboard.report.charts.bias_bars import BarGroup, facet_bars
from leeboard.report.charts.bias_dots import Dot, dots
from leeboard.report.drawing_up import render_html, terminal_tables
from leeboard.report.report import Report, SectionContent
from leeboard.tables.opening import open_table
from leeboard.tables.options import ReadOptions

NASTY = '<script>alert("x")</script>'


def rows(n_yes: int, group: str = "f") -> pl.DataFrame:
    """Forty of a group, so many of whom are said yes to; and forty others, of whom thirty are."""
    said = [1] * n_yes + [0] * (40 - n_yes) + [1] * 30 + [0] * 10
    return pl.DataFrame({"sex": [group] * 40 + ["m"] * 40, "y": [1, 0] * 40, "said": said, "x": range(80)})


def run(frame: pl.DataFrame, baseline: object = None, group: str = "f", **more: object) -> Result:
    settings = BiasSettings(
        facets=(Watched("sex", (group,) if group else ()),),
        label="y",
        prediction="said",
        positive=(1,),
        **more,  # type: ignore[arg-type]
    )
    analysis = MONITORS.get("bias").start(Order(settings=settings, baseline=baseline))
    return analysis.conclude(fold(open_table(frame, analysis.reading(ReadOptions())), analysis))


def report_of(result: Result) -> Report:
    section = SectionContent(
        monitor="bias",
        documents=result.documents,
        baseline=result.baseline,
        violations=result.violations,
        details=result.details,
    )
    kind: Literal["baseline", "check"] = "baseline" if result.violations is None else "check"
    return Report(title="t", created_at=datetime(2026, 1, 1, tzinfo=UTC), kind=kind, sections=(section,))


def page_of(result: Result) -> str:
    return render_html(report_of(result))


def text_of(result: Result) -> str:
    out = StringIO()
    console = Console(file=out, width=160, force_terminal=False)
    for table in terminal_tables(report_of(result)):
        console.print(table)
    return out.getvalue()


def test_a_check_shows_meaning_value_interval_baseline_and_verdict():
    page = page_of(run(rows(10), run(rows(28)).baseline))
    assert "y 1 is predicted for 25% of sex f and 75% of the others" in page
    row = re.search(r'<tr class="worse"><th scope="row"><abbr[^>]*>DPPL.*?</tr>', page)
    assert row
    assert "0.5" in row[0]
    assert "0.05" in row[0]
    assert '<span class="chip">worse</span>' in row[0]


def test_what_chance_explains_is_said_so():
    page = page_of(run(rows(26), run(rows(28)).baseline, confidence=0.95))
    assert "worse, but within chance" in page


def test_a_baseline_has_no_verdicts():
    page = page_of(run(rows(10)))
    assert "Verdict" not in page
    assert "Groups of" in page


def test_every_plot_has_words_for_those_who_cannot_see_it():
    page = page_of(run(rows(10), run(rows(28)).baseline))
    labels = re.findall(r'<svg class="(?:dots|shares)"[^>]*aria-label="([^"]+)"', page)
    assert len(labels) == 2
    assert "f 25%, all others 75%" in labels[0]
    assert "DPPL 0.5" in labels[1]


def test_names_of_strangers_are_escaped():
    page = page_of(run(rows(10, NASTY), group=NASTY))
    assert NASTY not in page
    assert "&lt;script&gt;" in page


def test_groups_beyond_the_first_are_closed_and_too_many_are_counted():
    frame = pl.concat([rows(10, f"g{i:02}").head(4) for i in range(60)])
    page = page_of(run(frame, group="", max_flip_rows=0, n_resamples=10))
    assert page.count('<details class="group" open>') == 3
    assert page.count('<details class="group">') == 37
    assert "20 groups more are in" in page


def test_a_terminal_shows_shares_and_what_is_worse():
    text = text_of(run(rows(10), run(rows(28)).baseline))
    assert "25.0%, others 75.0%" in text
    assert "measures farther from no bias than the baseline" in text
    assert "worse" not in text_of(run(rows(10)))


def test_errors_stand_where_values_would():
    assert "Group variable is empty or not provided" in page_of(run(rows(10)))


@pytest.mark.parametrize("value", [inf, float("nan")])
def test_what_has_no_place_on_an_axis_is_not_drawn(value):
    assert dots([Dot("TE", value, None, None, None, "plain")], "t") == ""


def test_nothing_gives_no_chart():
    assert facet_bars(["recall"], [BarGroup("a", {"recall": None})], "t") == ""
    assert "0.25" in dots([Dot("AD", 0.25, -inf, inf, None, "plain")], "t")
