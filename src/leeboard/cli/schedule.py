"""`leeboard schedule`."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from leeboard.cli import parameters as p

if TYPE_CHECKING:
    from leeboard.client.calls import Client

schedule = typer.Typer(no_args_is_help=True, help="Run and list monitoring schedules of a server.")
LOOK_S = 0.5
UNFINISHED = ("Pending", "InProgress", "Stopping")
VIOLATIONS, FAILED = 3, 2


@schedule.callback()
def _schedule() -> None:
    """Run and list monitoring schedules of a server."""


@schedule.command(name="run")
def run(
    name: Annotated[str | None, typer.Argument(help="The schedule.", metavar="NAME")] = None,
    every: Annotated[bool, typer.Option("--all", help="Run all schedules that are not stopped.")] = False,
    at: Annotated[
        str | None,
        typer.Option(help="Scheduled time to run for; by default the next one.", metavar="TIME"),
    ] = None,
    wait: Annotated[bool, typer.Option("--wait", help="Wait for the end and show it.")] = False,
    server: p.Server = None,
    home: p.Home = None,
) -> None:
    """Run a schedule now, as if its next scheduled time had come.

    An hourly schedule then analyses the hour under way. With --at it runs for that scheduled time, and
    analyses the window before it. Nothing has to be waited for, and nothing that is planned is changed.

    Exit code with --wait: 0 clean, 3 violations, 2 if an execution failed.
    \b

    [bold]Examples[/bold]

      leeboard schedule run churn-hourly --wait

      leeboard schedule run --all --at 2026-11-22T10:00:00Z
    """
    from leeboard.client.calls import Client
    from leeboard.errors import InputError

    if (name is None) != every:
        raise InputError("name one schedule, or say --all")
    with Client.of(server, home) as client:
        names = [name] if name else _active(client)
        body = {"at": at} if at else {}
        made = [client.post(f"/leeboard/schedules/{_quoted(each)}/run", body) for each in names]
        ended = [_waited(client, each) for each in made] if wait else made
    _show(ended)
    raise typer.Exit(_code(ended) if wait else 0)


@schedule.command(name="list")
def list_(server: p.Server = None, home: p.Home = None) -> None:
    """List the schedules of a server, with their last executions.

    \b

    [bold]Example[/bold]

      leeboard schedule list
    """
    from rich.table import Table

    from leeboard.cli.output import results
    from leeboard.client.calls import Client

    with Client.of(server, home) as client:
        schedules = client.get("/leeboard/schedules")["schedules"]
    table = Table(box=None, pad_edge=False)
    for heading in ("Schedule", "Type", "Endpoint", "Status", "When", "Next", "Last"):
        table.add_column(heading)
    for each in schedules:
        last = each["last"]
        told = f"{last['status']} {_time(last['scheduled_at'])}" if last else "not yet"
        cells = (each["name"], each["monitoring_type"], each["endpoint"] or "batch", each["status"])
        table.add_row(*cells, each["expression"], _time(each["next_at"]), told)
    results().print(table)


def _active(client: "Client") -> list[str]:
    schedules = client.get("/leeboard/schedules")["schedules"]
    return [each["name"] for each in schedules if each["status"] == "Scheduled"]


def _waited(client: "Client", execution: dict[str, Any]) -> dict[str, Any]:
    from time import sleep

    while execution["status"] in UNFINISHED:
        sleep(LOOK_S)
        execution = client.get(f"/leeboard/executions/{execution['execution']}")
    return execution


def _show(executions: list[dict[str, Any]]) -> None:
    from leeboard.cli.output import results

    say = results().print
    for each in executions:
        window = f"{_time(each['window_start_at'])} to {_time(each['window_end_at'])}"
        line = f"{each['schedule']}: {each['status']}, window {window}"
        if each["n_violations"]:
            line += f", {each['n_violations']} violation" + "s" * (each["n_violations"] > 1)
        if each["failure_reason"]:
            line += f"\n  {each['failure_reason']}"
        say(line, markup=False, highlight=False, soft_wrap=True)
    if not executions:
        say("no schedule is active", markup=False)


def _code(executions: list[dict[str, Any]]) -> int:
    states = {each["status"] for each in executions}
    if states & {"Failed", "Stopped"}:
        return FAILED
    return VIOLATIONS if "CompletedWithViolations" in states else 0


def _time(text: str | None) -> str:
    from datetime import datetime

    return f"{datetime.fromisoformat(text):%Y-%m-%d %H:%M}" if text else "-"


def _quoted(name: str) -> str:
    from urllib.parse import quote

    return quote(name, safe="")
