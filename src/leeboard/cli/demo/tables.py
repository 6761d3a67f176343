"""The two tables at the end of the demo."""

from rich.markup import escape
from rich.table import Table
from rich.text import Text

from leeboard.cli.demo.checked import CheckedHour


def hours_table(hours: list[CheckedHour]) -> Table:
    """What had happened in each hour, and how much was found."""
    table = Table(title=f"{len(hours)} hours of traffic", title_justify="left")
    table.add_column("Hour")
    table.add_column("Rows", justify="right")
    table.add_column("What had happened")
    table.add_column("Violations", justify="right")
    for checked in hours:
        n_violations = len(checked.violations)
        table.add_row(
            f"{checked.hour.start_at:%H:%M}",
            f"{checked.n_rows:,}",
            "\n".join(damage.story for damage in checked.hour.damages) or "nothing",
            Text(str(n_violations), style="bold red" if n_violations else "green"),
        )
    return table


def violations_table(hours: list[CheckedHour]) -> Table:
    """Each violation, and why."""
    table = Table(title="What leeboard found", title_justify="left")
    for heading in ("Hour", "Column", "Check", "Why, and what to do"):
        table.add_column(heading)
    for checked in hours:
        for violation in checked.violations:
            column, check = violation["feature_name"], violation["constraint_check_type"]
            told = violation.get("leeboard", {}).get("hint") or violation["description"]
            table.add_row(f"{checked.hour.start_at:%H:%M}", column, check, escape(told))
        table.add_section()
    return table
