"""`leeboard metrics`."""

from typing import Annotated

import typer

metrics = typer.Typer(no_args_is_help=True, help="Bring what leeboard measures to Prometheus and Grafana.")


@metrics.callback()
def _metrics() -> None:
    """Bring what leeboard measures to Prometheus and Grafana."""


@metrics.command()
def export(
    folder: Annotated[
        str, typer.Argument(help="Where the files go; made if it is not there.", metavar="DIR")
    ],
    target: Annotated[
        str, typer.Option(help="The server that Prometheus is to ask.", metavar="HOST:PORT")
    ] = "127.0.0.1:7070",
    alertmanager: Annotated[
        str, typer.Option(help="The Alertmanager that Prometheus is to tell.", metavar="HOST:PORT")
    ] = "127.0.0.1:9093",
    force: Annotated[bool, typer.Option("--force", help="Write over files that were changed.")] = False,
) -> None:
    """Write rules for Prometheus, dashboards for Grafana, and examples of configurations.

    \b

    [bold]Examples[/bold]

      leeboard metrics export monitoring/

      leeboard metrics export monitoring/ --target leeboard.example.org:7070 --force
    """
    from leeboard.cli.exporting import export_files

    for file in export_files(folder, target=target, alertmanager=alertmanager, force=force):
        typer.echo(file)
