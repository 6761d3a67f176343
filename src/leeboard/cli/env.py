"""`leeboard env`."""

from typing import Annotated, Literal

import typer


def env(
    home: Annotated[str | None, typer.Option(help="The server's home.", metavar="DIR")] = None,
    server: Annotated[str | None, typer.Option(help="The server's address.", metavar="URL")] = None,
    format: Annotated[
        Literal["shell", "docker", "notebook", "json"], typer.Option(help="How to write the variables.")
    ] = "shell",
    sagemaker_only: Annotated[
        bool,
        typer.Option("--sagemaker-only", help="Only SageMaker's two endpoints: S3 and STS stay on AWS."),
    ] = False,
) -> None:
    """Print what AWS's clients need in their environment to use a server.

    \b

    [bold]Examples[/bold]

      eval "$(leeboard env)"

      leeboard env --format docker > leeboard.env
    """
    import os

    from leeboard.client.environment import contrary, sagemaker_settings, settings, with_hook
    from leeboard.client.listings import LISTINGS
    from leeboard.client.places import Place, find_url

    if sagemaker_only:
        found, removed = sagemaker_settings(find_url(server, home), os.environ), []
    else:
        found = settings(Place.find(server, home), os.environ) | with_hook(os.environ)
        removed = contrary(os.environ, found)
    typer.echo(LISTINGS[format](found, removed))
