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
    token_file: Annotated[
        str | None,
        typer.Option(
            help="File of the token that the server asks for, where Prometheus runs: what "
            "`leeboard tokens add prometheus` printed.",
            metavar="FILE",
        ),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Write over files that were changed.")] = False,
) -> None:
    """Write rules for Prometheus, dashboards for Grafana, and examples of configurations.

    \b

    [bold]Examples[/bold]

      leeboard metrics export monitoring/

      leeboard metrics export monitoring/ --target leeboard.example.org:7070 --force
    """
    from leeboard.cli.exporting import export_files

    places = {"target": target, "alertmanager": alertmanager}
    for file in export_files(folder, **places, token_file=token_file, force=force):
        typer.echo(file)
