"""`leeboard tokens`."""

from typing import Annotated, Any, Literal

import typer

from leeboard.cli import parameters as p

tokens = typer.Typer(no_args_is_help=True, help="Let people into the dashboard of a server.")

Name = Annotated[str, typer.Argument(help="Of the person or program that gets it.", metavar="NAME")]


@tokens.callback()
def _tokens() -> None:
    """Let people into the dashboard of a server."""


@tokens.command(name="add")
def add(
    name: Name,
    role: Annotated[
        Literal["reader", "editor"], typer.Option(help="A reader looks; an editor changes too.")
    ] = "reader",
    days: Annotated[
        int | None, typer.Option(help="For how long it is good; without, until it is removed.", min=1)
    ] = None,
    server: p.Server = None,
    home: p.Home = None,
) -> None:
    """Make a token and print it; it is shown this once, and kept as a digest.

    \b

    [bold]Examples[/bold]

      leeboard tokens add anna

      leeboard tokens add night-shift --role editor --days 30
    """
    from leeboard.cli.output import errors
    from leeboard.client.calls import Client

    with Client.of(server, home) as client:
        made = client.post("/leeboard/access/tokens", {"name": name, "role": role, "days": days})
    until = f"until {_day(made['expires_at'])}" if made["expires_at"] else "until it is removed"
    errors().print(f"Token of {name}, {role} {until}; it is not shown again:", markup=False, highlight=False)
    typer.echo(made["token"])


@tokens.command(name="list")
def list_(server: p.Server = None, home: p.Home = None) -> None:
    """List the tokens of a server, without their secrets.

    \b

    [bold]Example[/bold]

      leeboard tokens list
    """
    from rich.table import Table

    from leeboard.cli.output import results
    from leeboard.client.calls import Client

    with Client.of(server, home) as client:
        found = client.get("/leeboard/access/tokens")["tokens"]
    table = Table(box=None, pad_edge=False)
    for heading in ("Name", "Role", "Made", "Good until", "Last login"):
        table.add_column(heading)
    for each in found:
        made, used = _day(each["created_at"]), _day(each["used_at"])
        table.add_row(each["name"], each["role"], made, _until(each), used)
    results().print(table)


@tokens.command(name="remove")
def remove(name: Name, server: p.Server = None, home: p.Home = None) -> None:
    """Take a token away; who logged in with it is logged out.

    \b

    [bold]Example[/bold]

      leeboard tokens remove anna
    """
    from urllib.parse import quote

    from leeboard.client.calls import Client

    with Client.of(server, home) as client:
        client.delete(f"/leeboard/access/tokens/{quote(name, safe='')}")
    typer.echo(f"the token of {name} is removed")


@tokens.command(name="log-out")
def log_out(server: p.Server = None, home: p.Home = None) -> None:
    """Log everybody out of the dashboard; tokens and keys stay good.

    \b

    [bold]Example[/bold]

      leeboard tokens log-out
    """
    from leeboard.client.calls import Client

    with Client.of(server, home) as client:
        n_ended = client.delete("/leeboard/access/sessions")["ended"]
    typer.echo(f"{n_ended} sessions ended")


def _day(text: str | None) -> str:
    return text[:10] if text else "-"


def _until(token: dict[str, Any]) -> str:
    return f"{_day(token['expires_at'])} (over)" if token["is_over"] else _day(token["expires_at"])
