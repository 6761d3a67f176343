from collections.abc import Callable
from io import StringIO
from typing import Any

import polars as pl
from rich.console import Console

from leeboard.compare import Comparison, DriftScore, Finding
from leeboard.formats.violations import Violation, ViolationExtension, Violations
from leeboard.report.content import ReportContent
from leeboard.report.terminal import constraints_table, drift_table, statistics_table, violations_table

Make = Callable[..., ReportContent]


def printed(table: Any, width: int = 160) -> str:
    console = Console(width=width, file=StringIO(), force_terminal=False)
    with console.capture() as capture:
        console.print(table)
    return capture.get()


def test_findings_are_told_with_promise_and_sight() -> None:
    found = printed(
        violations_table(Comparison([Finding("age", "completeness_check", "t", 0.5, 1.0, "why")], [], []))
    )
    assert all(words in found for words in ("1 violation", "age", "all cells present", "50%", "why"))


def test_of_very_many_columns_the_others_are_counted() -> None:
    names = ", ".join(f"c{i}" for i in range(3000))
    found = printed(
        violations_table(Comparison([Finding(names, "extra_column_check", "t", 1.0, 0.0)], [], []))
    )
    assert "c9, and 2,990 more" in " ".join(found.split())
    assert "c10" not in found


def test_a_violations_file_is_shown_as_it_is() -> None:
    entry = Violation(constraint_check_type="missing_column_check", description="There are fewer")
    found = printed(violations_table(Violations(violations=[entry])))
    assert all(words in found for words in ("whole data set", "missing_column_check", "There are fewer"))


def test_the_hint_of_a_violations_file_stands_on_a_line_of_its_own() -> None:
    hint = ViolationExtension(hint="unit")
    entry = Violation(constraint_check_type="drift", description="far", leeboard=hint)
    lines = printed(violations_table(Violations(violations=[entry]))).splitlines()
    assert [line.split()[-1] for line in lines if "far" in line or "unit" in line] == ["far", "unit"]


def test_names_are_no_markup_and_no_commands() -> None:
    finding = Finding("[red]\x1b[31mx", "completeness_check", "t", 0.5, 1.0)
    found = printed(violations_table(Comparison([finding], [], [])))
    assert r"[red]\x1b[31mx" in found
    assert "\x1b" not in found


def test_every_drifted_column_is_shown_and_few_of_the_others() -> None:
    scores = [DriftScore(f"v{i}", "ks", i / 100, 0.1, 0.5, 0.5, i > 10, "evidence") for i in range(13)]
    found = printed(drift_table(Comparison([], scores, []), most=1))
    assert "2 of 13 compared columns drifted" in found
    assert "and 11 columns that did not drift" in found
    assert found.index("v12") < found.index("v11")


def test_statistics_have_a_line_of_blocks(make: Make) -> None:
    frame = pl.DataFrame(
        {"n": [1, 1, 1, 1, 3], "t": ["a", "a", "b", None, None], "none": [None] * 5}, strict=False
    )
    found = printed(statistics_table(make(None, frame).statistics))
    assert all(words in found for words in ("5 rows in 3 columns", "█ ▂", "60%", "2: a, b", "Unknown", "1.4"))


def test_statistics_fit_a_narrow_terminal_without_cutting_a_number(make: Make) -> None:
    frame = pl.DataFrame({"a_feature": [i / 7 for i in range(100)], "t": ["a rather long category"] * 100})
    found = printed(statistics_table(make(None, frame).statistics), width=80)
    assert all(words in found for words in ("Distribution", "Fractional", "a_feature", "0 to 14.14", "7.071"))
    assert max(map(len, found.splitlines())) <= 80


def test_constraints_are_promises_in_words(make: Make) -> None:
    constraints = make(None, pl.DataFrame({"a": [1]})).constraints
    assert constraints is not None
    assert "type Fractional; no cell missing" in printed(constraints_table(constraints))


def test_of_many_constraints_those_beyond_the_most_are_counted(make: Make) -> None:
    constraints = make(None, pl.DataFrame({f"c{i}": [1.5] for i in range(5)})).constraints
    assert constraints is not None
    found = printed(constraints_table(constraints, most=3))
    assert "Constraints on 5 columns" in found
    assert "2 columns more in constraints.json" in found
    assert "c3" not in found
