"""GitHub's workflow commands."""

import polars as pl

from leeboard.report.gate import FORMATS
from leeboard.report.gate.judgement import Fault
from leeboard.report.gate.policy import Policy


def render(judgement) -> list[str]:
    return FORMATS.get("github").render(judgement).splitlines()


def test_a_violation_is_an_error_with_its_hint(judge, broken):
    (line,) = [line for line in render(judge(broken)) if "plan" in line]
    assert line.startswith("::error title=leeboard data-quality%3A 2 violations::plan, completeness: Compl")
    assert "98.0%25" in line
    assert "%0A" in line


def test_what_lets_the_run_pass_is_a_warning(judge, broken):
    for policy in (Policy(is_open=True), Policy(n_tolerated=2), Policy(frozenset({"data_type_check"}))):
        assert {line.split(" ")[0] for line in render(judge(broken, policy))} == {"::warning"}


def test_a_clean_run_says_nothing(check, judge):
    frame = pl.DataFrame({"a": [1, 2, 3] * 9})
    assert render(judge(check(frame, frame))) == []


def test_a_hostile_name_begins_no_command_of_its_own(check, judge):
    name = "x\n::stop-commands::y\r::error::z"
    was = pl.DataFrame({name: ["a", "b"] * 9})
    (line,) = render(judge(check(was, was.with_columns(pl.lit(None, pl.String).alias(name)))))
    assert line.startswith("::error title=")
    assert "\r" not in line


def test_only_as_many_as_github_shows_are_told(check, judge):
    was = pl.DataFrame({f"c{i}": ["a", "b"] * 9 for i in range(60)})
    lines = render(judge(check(was, was.select(pl.when(False).then(pl.all())))))
    assert len(lines) == 10
    assert lines[-1].endswith("more; the report has them all")


def test_a_fault_is_an_error(judge, broken):
    fault = Fault(kind="NotFoundError", message="nothing\nat 100%", is_input=True)
    assert render(judge(broken, fault=fault)) == [
        "::error title=leeboard data-quality%3A not checked::nothing%0Aat 100%25"
    ]
