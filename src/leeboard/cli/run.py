"""`leeboard run`."""

from typing import Annotated

import typer

CONTEXT = {"allow_interspersed_args": False, "help_option_names": ["-h", "--help"]}
"""Settings of the command: options after the program's name are the program's."""


def run(
    command: Annotated[
        list[str], typer.Argument(help="A program and its arguments.", metavar="-- PROGRAM [ARGUMENT]...")
    ],
    home: Annotated[str | None, typer.Option(help="The server's home.", metavar="DIR")] = None,
    server: Annotated[str | None, typer.Option(help="The server's address.", metavar="URL")] = None,
    sagemaker_only: Annotated[
        bool,
        typer.Option("--sagemaker-only", help="Only SageMaker's two endpoints: S3 and STS stay on AWS."),
    ] = False,
) -> None:
    """Run a program with AWS's clients pointed at a server.

    Python programs also get the STS address right that the SageMaker SDKs hard-code; no code is edited.

    \b

    [bold]Examples[/bold]

      leeboard run -- python monitor.py

      leeboard run -- aws sagemaker list-monitoring-schedules
    """
    import os

    from leeboard.client.environment import contrary, sagemaker_settings, settings, with_hook
    from leeboard.client.places import Place, find_url
    from leeboard.client.starting import start

    environment = dict(os.environ)
    if sagemaker_only:
        found = sagemaker_settings(find_url(server, home), environment)
    else:
        found = settings(Place.find(server, home), environment) | with_hook(environment)
        for name in contrary(environment, found):
            del environment[name]
    start(command, environment | found)
