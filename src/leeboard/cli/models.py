"""`leeboard models`."""

from typing import Annotated

import typer

from leeboard.cli import parameters as p

models = typer.Typer(no_args_is_help=True, help="Say which server or program stands for a model's image.")

Pattern = Annotated[
    str,
    typer.Argument(
        help="Pattern of images, such as '*/xgboost:*'; the tag may be left out.", metavar="PATTERN"
    ),
]


@models.callback()
def _models() -> None:
    """Say which server or program stands for a model's image."""


@models.command(name="map")
def map_(
    pattern: Pattern,
    target: Annotated[
        str,
        typer.Argument(
            help="URL of a server with /invocations and /ping; or a command with {port} and {model} in it.",
            metavar="URL|COMMAND",
        ),
    ],
    server: p.Server = None,
    home: p.Home = None,
) -> None:
    """Map a pattern of images to a URL, or to a program that leeboard starts and watches.

    \b

    [bold]Examples[/bold]

      leeboard models map '*/xgboost:*' http://127.0.0.1:8080

      leeboard models map '*/churn' 'python serve.py --port {port} --model {model}'
    """
    from leeboard.client.calls import Client

    kind = "url" if target.startswith(("http://", "https://")) else "command"
    with Client.of(server, home) as client:
        client.post("/leeboard/models", {"image": pattern, kind: target})
    typer.echo(f"{pattern} is served by {target}")


@models.command(name="unmap")
def unmap(pattern: Pattern, server: p.Server = None, home: p.Home = None) -> None:
    """Remove a mapping that `models map` made.

    \b

    [bold]Example[/bold]

      leeboard models unmap '*/xgboost:*'
    """
    from leeboard.client.calls import Client

    with Client.of(server, home) as client:
        client.delete("/leeboard/models", image=pattern)
    typer.echo(f"{pattern} is not mapped any more")


@models.command(name="list")
def list_(server: p.Server = None, home: p.Home = None) -> None:
    """List the map in the order in which it is tried; the first pattern that matches counts.

    \b

    [bold]Example[/bold]

      leeboard models list
    """
    from rich.table import Table

    from leeboard.cli.output import results
    from leeboard.client.calls import Client

    with Client.of(server, home) as client:
        routes = client.get("/leeboard/models")["models"]
    table = Table(box=None, pad_edge=False)
    for heading in ("Images", "Served by"):
        table.add_column(heading)
    for route in routes:
        table.add_row(route["image"], route["url"] or route["command"])
    results().print(table)
