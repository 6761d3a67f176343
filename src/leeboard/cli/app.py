"""The commands put together, and how an error becomes a message and an exit code."""

from collections.abc import Sequence

import typer

from leeboard.cli.alerts import alerts
from leeboard.cli.audit import audit
from leeboard.cli.baseline import baseline
from leeboard.cli.check import check
from leeboard.cli.dashboard import dashboard
from leeboard.cli.demo import demo
from leeboard.cli.endpoint import endpoint
from leeboard.cli.env import env
from leeboard.cli.help import unwrap
from leeboard.cli.job import job
from leeboard.cli.logs import logs
from leeboard.cli.metrics import metrics
from leeboard.cli.models import models
from leeboard.cli.output import errors
from leeboard.cli.proxy import proxy
from leeboard.cli.prune import prune
from leeboard.cli.run import CONTEXT as RUN_CONTEXT
from leeboard.cli.run import run as run_command
from leeboard.cli.schedule import schedule
from leeboard.cli.script import script
from leeboard.cli.serve import serve
from leeboard.cli.show import show
from leeboard.cli.tokens import tokens
from leeboard.errors import LeeboardError

app = typer.Typer(
    name="leeboard",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Watches data and models in production. Start with [bold]leeboard demo[/bold].",
)
for command in (baseline, check, show, demo, job, serve, env, logs, proxy, dashboard, audit, prune):
    app.command()(command)
app.command(name="run", context_settings=RUN_CONTEXT)(run_command)
app.add_typer(schedule, name="schedule")
app.add_typer(models, name="models")
app.add_typer(metrics, name="metrics")
app.add_typer(alerts, name="alerts")
app.add_typer(endpoint, name="endpoint")
app.add_typer(script, name="script")
app.add_typer(tokens, name="tokens")
unwrap(app)


@app.callback(invoke_without_command=True)
def _leeboard(
    version: bool = typer.Option(False, "--version", help="Print the version and stop.", is_eager=True),
) -> None:
    if version:
        from leeboard import __version__

        typer.echo(f"leeboard {__version__}")
        raise typer.Exit


def run(arguments: Sequence[str]) -> int:
    """Run one command line; gives the exit code."""
    try:
        app(list(arguments))
    except SystemExit as stop:
        return stop.code if isinstance(stop.code, int) else 0
    except LeeboardError as error:
        errors().print(f"[bold red]error:[/] {_plain(error)}", highlight=False, soft_wrap=True)
        return error.exit_code
    return 0


def _plain(error: Exception) -> str:
    from rich.markup import escape

    return escape(str(error))
