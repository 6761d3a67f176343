"""What a report shows of feature attributions."""

import re
from datetime import UTC, datetime
from io import StringIO
from xml.etree import ElementTree

import numpy as np
import polars as pl
import pytest
from rich.console import Console

from leeboard.measures.attribution.settings import AttributionSettings, PdpSettings, TextSettings
from leeboard.measures.model import Predictions
from leeboard.monitors import Order
from leeboard.monitors.attribution import ENTRY
from leeboard.report.drawing_up import render_html, terminal_tables
from leeboard.report.report import Report, SectionContent
from leeboard.tables import Block

HOSTILE = "<script>alert(1)</script>\"'&\u202e"


class Weighted:
    def __init__(self, weights):
        self.weights = weights

    def predict(self, rows):
        columns = [(c.hash(1) % 7).to_numpy() / 7 if c.dtype == pl.String() else c.to_numpy() for c in rows]
        answer = sum(weight * column for weight, column in zip(self.weights, columns, strict=True))
        return Predictions(scores=np.column_stack([answer, -answer]))


def analysed(weights, frame, baseline=None, **settings):
    given = AttributionSettings(
        label_headers=("no", "yes"), max_rows=50, pdp=PdpSettings(top_k=3), **settings
    )
    analysis = ENTRY.start(Order(settings=given, baseline=baseline, model=Weighted(weights)))
    return analysis.conclude(analysis.of(Block(frame)))


def content_of(result, *, with_details=True):
    return SectionContent(
        monitor="attribution",
        documents=result.documents,
        baseline=result.baseline,
        violations=result.violations,
        details=result.details if with_details else None,
    )


def report_of(*contents):
    return Report(
        title="Attribution", created_at=datetime(2026, 3, 1, tzinfo=UTC), kind="check", sections=contents
    )


@pytest.fixture(scope="module")
def frame():
    rng = np.random.default_rng(0)
    return pl.DataFrame(
        {
            "age": rng.integers(18, 80, 80),
            HOSTILE: rng.choice([HOSTILE, "plain text"], 80),
            "height": rng.normal(size=80),
            "constant": np.ones(80),
        }
    )


@pytest.fixture(scope="module")
def checked(frame):
    known = analysed([0.01, 3.0, 2.0, 1.0], frame)
    return analysed([0.2, 0.1, 0.02, 1.0], frame, known.baseline)


def test_a_drifted_label_is_shown_with_its_score_and_ranks(checked):
    page = render_html(report_of(content_of(checked)))
    assert "drifted" in page
    assert "NDCG" in page
    assert "rank in the baseline" in page
    assert page.count('<svg class="slope"') == page.count('<svg class="spread"') == 2
    assert page.count('<svg class="curve"') == 6


def test_drawings_are_well_formed_and_have_words(checked):
    page = render_html(report_of(content_of(checked)))
    drawings = re.findall(r"<svg.*?</svg>", page, re.DOTALL)
    for drawing in drawings:
        ElementTree.fromstring(drawing)
        assert "aria-label=" in drawing or 'aria-hidden="true"' in drawing


def test_nothing_of_the_data_is_obeyed(checked):
    page = render_html(report_of(content_of(checked)))
    assert "<script>alert" not in page
    assert "\u202e" not in page
    assert "style=" not in page.split("</style>")[1]


def test_a_baseline_has_neither_score_nor_ranks(frame):
    page = render_html(report_of(content_of(analysed([1.0, 2.0, 3.0, 1.0], frame))))
    assert "slope" not in page.split("</style>")[1]
    assert "Partial dependence" in page


def test_files_alone_are_enough(checked):
    page = render_html(report_of(content_of(checked, with_details=False)))
    assert "Rank changes" in page
    assert '<svg class="spread"' not in page


def test_units_of_text_are_listed(frame):
    texts = pl.DataFrame({"review": ["good book", "bad book", "good good"], "n": [1.0, 2.0, 3.0]})
    page = render_html(report_of(content_of(analysed([1.0, 1.0], texts, text=TextSettings()))))
    assert "What counts most in" in page


def test_hundreds_of_features_are_cut(frame):
    rng = np.random.default_rng(0)
    wide = pl.DataFrame(rng.normal(size=(5, 120)), schema=[f"f{i}" for i in range(120)])
    known = analysed(list(range(120)), wide, n_samples=240)
    page = render_html(
        report_of(content_of(analysed(list(range(120, 0, -1)), wide, known.baseline, n_samples=240)))
    )
    assert "and 80 features more" in page
    assert len(page) < 400_000


def test_attributions_that_are_no_numbers_are_shown(frame):
    class Broken:
        def predict(self, rows):
            return Predictions(scores=np.full((rows.height, 1), np.nan))

    analysis = ENTRY.start(Order(settings=AttributionSettings(), model=Broken()))
    page = render_html(report_of(content_of(analysis.conclude(analysis.of(Block(frame))))))
    assert "nan" in page


def test_a_terminal_has_a_table_a_label(checked):
    tables = terminal_tables(report_of(content_of(checked)))
    console = Console(record=True, width=120, file=StringIO())
    for table in tables:
        console.print(table)
    shown = console.export_text()
    assert len(tables) == 2
    assert "NDCG" in shown
    assert "▲" in shown
