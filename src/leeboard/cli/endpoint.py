"""`leeboard endpoint`."""

from typing import Annotated

import typer

from leeboard.cli import parameters as p

endpoint = typer.Typer(no_args_is_help=True, help="Monitor models that are served elsewhere.")


@endpoint.callback()
def _endpoint() -> None:
    """Monitor models that are served elsewhere."""


@endpoint.command(name="add")
def add(
    name: Annotated[str, typer.Argument(help="The endpoint's name.", metavar="NAME")],
    capture_to: Annotated[
        str | None,
        typer.Option(
            help="Where its traffic is captured; by default below the default bucket.", metavar="URI"
        ),
    ] = None,
    server: p.Server = None,
    home: p.Home = None,
) -> None:
    """Make an endpoint for a model that leeboard does not serve, to hang monitoring schedules on.

    Capture its traffic with `leeboard proxy`, the middleware, the Recorder or CloudEvents.
    \b

    [bold]Example[/bold]

      leeboard endpoint add churn
    """
    from leeboard.client.calls import Client

    body = {"name": name} | ({"capture_to": capture_to} if capture_to else {})
    with Client.of(server, home) as client:
        made = client.post("/leeboard/endpoints", body)
    typer.echo(f"{made['endpoint']} is in service; capture its traffic to {made['DestinationS3Uri']}")
