"""Alerts, silences and rules as tables for a terminal."""

from collections.abc import Iterable
from typing import Any


def show_alerts(found: list[dict[str, Any]]) -> None:
    table(
        ("Alert", "State", "Severity", "Since", "What", "Rule"),
        (
            (str(each["alert"]), _state(each), each["severity"], time_of(each["opened_at"]), each["title"],
             each["rule"])
            for each in found
        ),
    )  # fmt: skip


def show_alert(alert: dict[str, Any]) -> None:
    """One alert with what failed, and how to see more of it."""
    say(f"{alert['title']} ({alert['severity']}, {_state(alert)}, since {time_of(alert['opened_at'])} UTC)")
    say(alert.get("text", ""))
    for name in ("rule", "schedule", "endpoint", "feature", "pipeline", "pipeline_execution_arn"):
        if alert.get(name):
            say(f"{name.replace('_', ' ')}: {alert[name]}")
    if steps := alert.get("failed_steps"):
        rows = ((each["step"], each["type"], each["reason"], each.get("job", "-")) for each in steps)
        table(("Step", "Type", "Reason", "Job"), rows)
    named = [alert.get("job_name"), *(each.get("job") for each in alert.get("failed_steps", []))]
    for job in [each for each in named if each]:
        say(f"leeboard logs {job}")


def _state(alert: dict[str, Any]) -> str:
    if alert["state"] == "acknowledged":
        return f"acknowledged by {alert.get('acknowledged_by', '')}"
    return f"resolved {time_of(alert['resolved_at'])}" if alert["resolved_at"] else str(alert["state"])


def show_silences(found: list[dict[str, Any]]) -> None:
    if not found:
        say("nothing is silenced")
        return
    rows = ((str(each["silence"]), time_of(each["from"]), time_of(each["until"]), each["who"],
             about(each), each["comment"]) for each in found)  # fmt: skip
    table(("Silence", "From", "Until", "By", "About", "Why"), rows)


def when(rule: dict[str, Any]) -> str:
    if rule["when"].endswith("overdue"):
        return f"{rule['when']} by {rule['after_s']:g} s"
    above = rule.get("above")
    return str(rule["when"]) + (f" above {above:g}" if above is not None else "")


def windows(rule: dict[str, Any]) -> str:
    is_one = rule["when"].endswith("overdue") or rule["when"] == "job-failed"
    return "-" if is_one else f"{rule['windows']} of {rule['of'] or rule['windows']}"


def about(entry: dict[str, Any]) -> str:
    parts = []
    for key, value in entry["match"].items():
        if value is not None:
            parts.append(f"{key} {value if isinstance(value, str) else ' or '.join(value)}")
    return ", ".join(parts) or "everything"


def table(headings: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> None:
    from rich.table import Table
    from rich.text import Text

    from leeboard.cli.output import results

    made = Table(box=None, pad_edge=False)
    for heading in headings:
        made.add_column(heading)
    for row in rows:
        made.add_row(*(Text(cell) for cell in row))
    results().print(made)


def say(text: str) -> None:
    from leeboard.cli.output import results

    results().print(text, markup=False, highlight=False, soft_wrap=True)


def time_of(text: str | None) -> str:
    from datetime import datetime

    return f"{datetime.fromisoformat(text):%Y-%m-%d %H:%M}" if text else "-"
