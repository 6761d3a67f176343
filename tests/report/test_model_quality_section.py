from datetime import UTC, datetime
from html.parser import HTMLParser
from io import StringIO
from typing import Any

import numpy as np
import polars as pl
import pytest
from rich.console import Console

from leeboard.monitors import MONITORS, Order, Result
from leeboard.monitors.model_quality import QualitySettings
from leeboard.report.drawing_up import render_html, terminal_tables
from leeboard.report.report import Report, SectionContent
from leeboard.tables import Block

HOSTILE = "<script>alert(1)</script>\"'&\u202e\x1b[31m[red]"
MONITOR = MONITORS.get("model-quality")


def run(frame: pl.DataFrame, problem: str, baseline: Any = None, *, is_strict: bool = False) -> Result:
    settings = QualitySettings(problem_type=problem, label="y", prediction="p")
    analysis = MONITOR.start(Order(settings=settings, baseline=baseline, is_strict=is_strict))
    frame = frame.rename({name: f"leeboard:{name}" for name in frame.columns})
    return analysis.conclude(analysis.of(Block(frame)))


def binary(seed: int, shift: float) -> pl.DataFrame:
    rng = np.random.default_rng(seed)
    label = rng.integers(0, 2, 1000)
    score = 1 / (1 + np.exp(-rng.normal(2 * label - 1 - shift, 1)))
    return pl.DataFrame({"label": label, "probability": score})


def classes(labels: list[str], n_wrong: int) -> pl.DataFrame:
    actual = labels * 30
    predicted = [labels[0]] * n_wrong + actual[n_wrong:]
    return pl.DataFrame({"label": actual, "prediction": predicted})


def numbers(seed: int, shift: float) -> pl.DataFrame:
    truth = np.random.default_rng(seed).gamma(2, 10, 500)
    return pl.DataFrame({"label": truth, "prediction": truth * 0.9 + shift})


def report_of(result: Result) -> Report:
    section = SectionContent(
        monitor="model-quality",
        documents=result.documents,
        baseline=result.baseline,
        violations=result.violations,
    )
    kind: Any = "baseline" if result.violations is None else "check"
    at = datetime(2026, 3, 1, 9, tzinfo=UTC)
    return Report(title="Model quality", created_at=at, kind=kind, sections=(section,))


class Page(HTMLParser):
    """Titles and text alternatives of plots, text, and the tags that were opened."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.alternatives: list[str] = []
        self.tags: list[str] = []
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self.tags.append(tag)
        if tag == "svg":
            self.alternatives.append(dict(attrs).get("aria-label") or "")

    def handle_data(self, data: str) -> None:
        self.text += data


def page_of(result: Result) -> Page:
    return Page(render_html(report_of(result)))


def terminal_of(result: Result) -> str:
    console = Console(file=StringIO(), width=240)
    for table in terminal_tables(report_of(result)):
        console.print(table)
    return console.file.getvalue()


def test_a_binary_problem_has_curves_calibration_and_scores_with_the_baseline_behind():
    baseline = run(binary(1, 0), "BinaryClassification").baseline
    html = render_html(report_of(run(binary(2, 1), "BinaryClassification", baseline)))
    titles = [text.partition(":")[0] for text in Page(html).alternatives]
    assert titles == ["ROC curve", "Precision and recall", "Calibration", "Scores by class (“1” in front)"]
    assert html.count('class="line b"') == html.count('class="line c"') == 3
    assert "in the baseline" in Page(html).alternatives[0]


def test_every_plot_names_its_axes():
    page = page_of(run(binary(1, 0), "BinaryClassification"))
    for label in ("false positive rate", "true positive rate", "recall", "mean score", "share of the class"):
        assert label in page.text


def test_a_regression_has_errors_and_predictions_against_truths():
    baseline = run(numbers(1, 2), "Regression").baseline
    page = page_of(run(numbers(2, 9), "Regression", baseline))
    assert [text.partition(":")[0] for text in page.alternatives] == ["Errors", "Prediction against truth"]
    assert "mean error" in page.text


def test_measures_beyond_their_limits_are_marked():
    baseline = run(classes(["a", "b", "c"], 0), "MulticlassClassification").baseline
    page = page_of(run(classes(["a", "b", "c"], 60), "MulticlassClassification", baseline))
    assert page.text.count("beyond its limit") == 6
    assert "Class, most wrong rows first" in page.text


def test_a_matrix_of_many_labels_shows_the_most_frequent():
    page = page_of(run(classes([f"c{i}" for i in range(40)], 30), "MulticlassClassification"))
    assert "28 labels more are in" in page.text


def test_a_baseline_shows_its_values_and_limits():
    page = page_of(run(binary(1, 0), "BinaryClassification"))
    assert "Value" in page.text
    assert "beyond" not in page.text


@pytest.mark.parametrize("problem", ["BinaryClassification", "MulticlassClassification", "Regression"])
def test_files_of_strict_mode_can_be_shown(problem):
    frame = numbers(1, 0) if problem == "Regression" else binary(1, 0).with_columns(prediction="label")
    baseline = run(frame, problem, is_strict=True).baseline
    page = page_of(run(frame, problem, baseline, is_strict=True))
    assert len(page.alternatives) == (2 if problem == "BinaryClassification" else 0)


def test_long_curves_of_strict_mode_are_drawn_with_few_points():
    rng = np.random.default_rng(1)
    label = rng.integers(0, 2, 20_000)
    frame = pl.DataFrame({"label": label, "probability": rng.random(20_000) / 2 + label / 4})
    found = run(frame, "BinaryClassification", is_strict=True)
    assert len(found.documents["statistics.json"].metrics.precision_recall_curve.recalls) == 20_001
    assert len(render_html(report_of(found))) < 50_000


def test_labels_of_strangers_are_shown_and_never_obeyed():
    result = run(classes([HOSTILE, "b"], 20), "MulticlassClassification")
    page = page_of(result)
    assert "script" not in page.tags
    assert "<script>alert(1)" in page.text
    assert "\x1b" not in terminal_of(result)


def test_a_terminal_shows_measures_matrix_and_reasons():
    baseline = run(classes(["a", "b", "c"], 0), "MulticlassClassification").baseline
    shown = terminal_of(run(classes(["a", "b", "c"], 60), "MulticlassClassification", baseline))
    assert "MulticlassClassification on 90 rows" in shown
    assert "broken" in shown
    assert "20 (66.7%)" in shown
    assert "rows are right" in shown
