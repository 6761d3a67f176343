"""The summary in Markdown."""

import polars as pl

from leeboard.report.gate import FORMATS
from leeboard.report.gate.judgement import Fault
from leeboard.report.gate.policy import Policy

HOSTILE = "![x](http://a.io/p.png) <script>alert(1)</script> | @you #1 `code` **b** www.a.io\n# head"


def render(judgement) -> str:
    return FORMATS.get("markdown").render(judgement)


def test_the_verdict_comes_first_and_the_report_last(judge, broken):
    text = render(judge(broken, report="results/report.html")).splitlines()
    assert text[0] == "### ❌ leeboard data-quality: 2 violations"
    assert text[-1] == "Report: [results/report.html](results/report.html)"


def test_a_violation_is_a_row_with_its_hint(judge, broken):
    lines = render(judge(broken)).splitlines()
    (row,) = [line for line in lines if line.startswith("| <code>plan")]
    assert "Completeness requirement is not met" in row
    assert row.count("|") == 4
    assert "<br>" in row


def test_a_gate_that_lets_pass_says_why(judge, broken):
    assert "⚠️" in render(judge(broken, Policy(is_open=True)))
    assert "2 violations, 5 allowed" in render(judge(broken, Policy(n_tolerated=5)))
    text = render(judge(broken, Policy(frozenset({"data_type_check"}))))
    assert "2 violations, of which 0 count" in text
    assert "(does not count)" in text


def test_strangers_words_have_no_meaning(check, judge):
    was = pl.DataFrame({HOSTILE: ["a", "b"] * 9})
    now = pl.DataFrame({HOSTILE: ["a", None] * 9})
    text = render(judge(check(was, now), data_name=HOSTILE))
    (row,) = [line for line in text.splitlines() if line.startswith("| <code>!")]
    assert row.count("|") == 4
    signs = ("<script", "![", "](http", "@you", "`", "**b", "www.", " #1")
    assert [sign for sign in signs if sign in text] == []
    assert "\n# head" not in text


def test_a_report_in_a_bucket_is_named_and_a_page_is_linked(judge, broken):
    assert "<code>s3&#58;//bucket/report.html</code>" in render(
        judge(broken, report="s3://bucket/report.html")
    )
    page = "https://forge.example/runs/7?x=(1)"
    assert "[report.html](https://forge.example/runs/7?x=%281%29)" in render(judge(broken, report=page))


def test_no_more_than_fifty_violations_are_listed(check, judge):
    was = pl.DataFrame({f"c{i}": ["a", "b"] * 9 for i in range(60)})
    text = render(judge(check(was, was.select(pl.when(False).then(pl.all())))))
    assert text.count("\n| <code>c") == 50
    assert "more; the report has them all" in text


def test_a_fault_is_quoted(judge, broken):
    fault = Fault(kind="NotFoundError", message="nothing at x|y", is_input=True)
    text = render(judge(broken, fault=fault))
    assert "not checked" in text
    assert "> nothing at x&#124;y" in text
