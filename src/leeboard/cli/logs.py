"""`leeboard logs`."""

from typing import TYPE_CHECKING, Annotated

import typer

from leeboard.cli import parameters as p

if TYPE_CHECKING:
    from leeboard.client.calls import Client

LOOK_S = 0.5


def logs(
    name: Annotated[
        str,
        typer.Argument(
            help="A processing or transform job; or a schedule, for its last job.", metavar="NAME"
        ),
    ],
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Go on until the job has ended.")] = False,
    server: p.Server = None,
    home: p.Home = None,
) -> None:
    """Show the log of a job.

    \b

    [bold]Examples[/bold]

      leeboard logs churn-hourly

      leeboard logs baseline-suggestion-job-2026-11-22-10-00-00-000 --follow
    """
    from time import sleep

    from leeboard.client.calls import Client

    with Client.of(server, home) as client:
        after = _print_from(client, name, 0)
        while after is not None:
            if follow:
                sleep(LOOK_S)
            after = _print_from(client, name, after, stops=not follow)


def _print_from(client: "Client", name: str, after: int, *, stops: bool = False) -> int | None:
    """Print the lines behind a number; gives the last one's, or None if that is all."""
    from urllib.parse import quote

    told = client.get(f"/leeboard/logs/{quote(name, safe='')}", after=after)
    for line in told["lines"]:
        typer.echo(f"{line['at'][:19]} {line['message']}")
    is_all = told["is_over"] or (stops and not told["lines"])
    return None if is_all else (told["lines"][-1]["number"] if told["lines"] else after)
