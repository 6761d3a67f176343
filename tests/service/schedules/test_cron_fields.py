"""The fields of cron, as numbers."""

import pytest

from leeboard.service.schedules.cron_days import day_rule
from leeboard.service.schedules.cron_fields import DAY_OF_WEEK, HOURS, MINUTES, MONTH, YEAR, FieldError
from leeboard.service.schedules.timings import Cron


@pytest.mark.parametrize(
    ("field", "text", "values"),
    [
        (HOURS, "*", list(range(24))),
        (HOURS, "05", [5]),
        (HOURS, "17/5", [17, 22]),
        (HOURS, "0/24", [0]),
        (HOURS, "22-2", [0, 1, 2, 22, 23]),
        (HOURS, "20-4/3", [2, 20, 23]),
        (MINUTES, "*/20", [0, 20, 40]),
        (MINUTES, "5,1-3,2", [1, 2, 3, 5]),
        (MONTH, "JAN,NOV-FEB", [1, 2, 11, 12]),
        (DAY_OF_WEEK, "MON-FRI", [2, 3, 4, 5, 6]),
        (DAY_OF_WEEK, "FRI-MON", [1, 2, 6, 7]),
        (YEAR, "2028/100", [2028, 2128]),
    ],
)
def test_a_field_is_the_values_that_it_names(field, text, values):
    assert field.values(text) == values


@pytest.mark.parametrize(
    ("of_month", "of_week", "year", "month", "days"),
    [
        ("29-31", "?", 2026, 2, []),
        ("29-31", "?", 2028, 2, [29]),
        ("L", "?", 2026, 2, [28]),
        ("L-03", "?", 2026, 11, [27]),
        ("L-30", "?", 2026, 11, []),
        ("15W", "?", 2026, 11, [16]),  # the 15th is a Sunday
        ("14W", "?", 2026, 11, [13]),  # a Saturday
        ("1W", "?", 2026, 8, [3]),  # Saturday the 1st: not in July
        ("31W", "?", 2026, 5, [29]),  # Sunday the 31st: not in June
        ("31W", "?", 2026, 11, []),
        ("?", "L", 2026, 11, [7, 14, 21, 28]),
        ("?", "2,SUN", 2026, 11, [1, 2, 8, 9, 15, 16, 22, 23, 29, 30]),
        ("?", "FRIL", 2026, 11, [27]),
        ("?", "MON#5", 2026, 11, [30]),
        ("?", "3#5", 2026, 11, []),
    ],
)
def test_the_days_of_a_month_are_those_of_the_calendar(of_month, of_week, year, month, days):
    assert day_rule(of_month, of_week)(year, month) == days


@pytest.mark.parametrize(
    "text",
    [
        "0 * ? * *",
        "0 * ? * * * *",
        "0 0 * * * *",
        "0 0 ? * ? *",
        "60 0 ? * * *",
        "0 24 ? * * *",
        "0/0 * ? * * *",
        "0/61 * ? * * *",
        "0 0 0 * ? *",
        "0 0 32 * ? *",
        "0 0 32W * ? *",
        "0 0 LW * ? *",
        "0 0 L-31 * ? *",
        "0 0 1 13 ? *",
        "0 0 1 JANUARY ? *",
        "0 0 ? * 8 *",
        "0 0 ? * 2#6 *",
        "0 0 ? * MON-FRI#2 *",
        "0 0 ? * * 1969",
        "0 0 ? * * 2030-2026",
        "0,,1 0 ? * * *",
        "0 *-5 ? * * *",
        "٣ 0 ? * * *",
        "-1 0 ? * * *",
    ],
)
def test_what_is_no_field_is_refused(text):
    with pytest.raises(FieldError):
        Cron.of(text)


def test_the_refusal_names_the_field_and_what_it_takes():
    with pytest.raises(FieldError, match="the hours field is '24', but it takes 0 to 23, with"):
        Cron.of("0 24 ? * * *")
    with pytest.raises(FieldError, match="it takes 1 to 7 or SUN to SAT, with"):
        Cron.of("0 0 ? * 8 *")
