"""What the page of schedules says is what happens."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from leeboard.service.refusals import InvalidRequestError
from leeboard.service.schedules.expressions import parse_expression
from leeboard.service.schedules.windows import window_of

PAGE = Path(__file__).parents[3] / "docs" / "schedules.md"
CREATED_AT = datetime(2019, 1, 1, tzinfo=UTC)


def rows(heading):
    """The rows of the table that begins with `heading`, as cells without marks."""
    lines = PAGE.read_text().partition(heading)[2].partition("\n\n")[0].splitlines()[2:]
    return [[cell.strip(" `") for cell in line.split("|")[1:-1]] for line in lines]


EXPRESSIONS = rows("| Expression | Fires |")
WINDOWS = rows("| Expression | T |")


def utc(text):
    return datetime.strptime(text, "%Y-%m-%d %H:%M").replace(tzinfo=UTC)


@pytest.mark.parametrize(("text", "_fires", "strict"), EXPRESSIONS, ids=[row[0] for row in EXPRESSIONS])
def test_an_expression_of_the_page_is_accepted_and_strict_mode_is_as_it_says(text, _fires, strict):
    sent = None if text == "none" else text
    assert parse_expression(sent, created_at=CREATED_AT)
    if strict == "yes":
        assert parse_expression(sent, created_at=CREATED_AT, is_strict=True)
    else:
        with pytest.raises(InvalidRequestError):
            parse_expression(sent, created_at=CREATED_AT, is_strict=True)


@pytest.mark.parametrize("row", WINDOWS, ids=[" ".join(row[:3]) for row in WINDOWS])
def test_a_window_of_the_page_is_the_one_that_is_read(row):
    text, at, start, end, start_at, end_at, n_hours, n_strict_hours = row
    expression = parse_expression(text, created_at=CREATED_AT)
    kind = ("analysis_start", "analysis_end") if expression.is_once else ("start_offset", "end_offset")
    given = {name: value or None for name, value in zip(kind, (start, end), strict=True)}
    window = window_of(utc(at), expression.period_at(utc(at)), **given)
    assert (window.start_at, window.end_at, len(window.hours)) == (utc(start_at), utc(end_at), int(n_hours))
    if n_strict_hours:
        strict = window_of(utc(at), expression.period_at(utc(at)), is_strict=True, **given)
        assert len(strict.hours) == int(n_strict_hours)


def test_the_page_has_its_tables():
    assert len(EXPRESSIONS) > 10
    assert len(WINDOWS) > 8
