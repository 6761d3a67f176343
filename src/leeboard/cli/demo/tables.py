"""The tables at the end of the demo."""

from typing import Any

from rich.markup import escape
from rich.table import Table
from rich.text import Text

from leeboard.cli.demo.checked import Check, CheckedHour
from leeboard.cli.demo.watches import WATCHES

WAITING = "waiting: for flights that never arrived; replaced: among all labels of these hours"


def hours_table(hours: list[CheckedHour]) -> Table:
    """What had happened in each hour, and how much each monitor found."""
    table = Table(title="Violations that each monitor found, hour by hour", title_justify="left")
    table.caption, table.caption_justify = "- not asked   ... labels have not come yet", "left"
    table.add_column("Hour")
    table.add_column("Rows", justify="right")
    table.add_column("What had happened")
    for watch in WATCHES:
        table.add_column(watch.title.capitalize().replace(" ", "\n"), justify="right")
    for place, checked in enumerate(hours):
        table.add_row(
            f"{checked.hour.start_at:%H:%M}",
            f"{checked.n_rows:,}",
            "\n".join(damage.story for damage in checked.hour.damages) or "nothing",
            *(_count(checked.check(watch), can=watch.can_judge(place, len(hours))) for watch in WATCHES),
        )
    return table


def merges_table(hours: list[CheckedHour]) -> Table:
    """How many requests had their labels when they were judged."""
    table = Table(title="Labels, which came one and two hours later", title_justify="left")
    table.caption, table.caption_justify = WAITING, "left"
    for heading in ("Hour", "Requests", "With labels", "Waiting", "Replaced by fuller ones"):
        table.add_column(heading, justify="right")
    for checked in hours:
        merged = next((check.merged for check in checked.checks if check.merged), None)
        if merged is None:
            continue
        numbers = (
            merged.n_captured,
            merged.n_labelled,
            merged.n_captured - merged.n_labelled,
            merged.n_replaced,
        )
        table.add_row(f"{checked.hour.start_at:%H:%M}", *(f"{number:,}" for number in numbers))
    return table


def violations_table(hours: list[CheckedHour]) -> Table:
    """The violations, and why."""
    table = Table(title="What leeboard found", title_justify="left")
    for heading in ("Hour", "Monitor", "What", "Why, and what to do"):
        table.add_column(heading)
    for checked in hours:
        for check in checked.checks:
            for violation in check.violations[: check.watch.n_told]:
                why = violation.get("leeboard", {}).get("hint") or violation["description"]
                table.add_row(
                    f"{checked.hour.start_at:%H:%M}", check.watch.title, _what(violation), escape(why)
                )
            if n_more := len(check.violations[check.watch.n_told :]):
                table.add_row("", "", "", f"{n_more} more in the report")
        table.add_section()
    return table


def _what(violation: dict[str, Any]) -> str:
    """A column and its check, a measure, a group and its measure, or an output of the model."""
    check = violation["constraint_check_type"].removesuffix("_check")
    if "feature_name" in violation:
        return f"{violation['feature_name']}\n{check}"
    group = [violation[name] for name in ("facet", "facet_value", "label") if name in violation]
    return "\n".join([" ".join(group), violation["metric_name"]] if group else [violation["metric_name"]])


def _count(check: Check | None, *, can: bool) -> Text:
    if check is None:
        return Text("-" if can else "...", style="dim")
    n_violations = len(check.violations)
    return Text(str(n_violations), style="bold red" if n_violations else "green")
