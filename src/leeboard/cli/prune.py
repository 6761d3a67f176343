"""`leeboard prune`."""

from typing import Annotated

import typer


def prune(
    home: Annotated[
        str | None, typer.Option(help="The server's home. Default: LEEBOARD_HOME.", metavar="DIR")
    ] = None,
    older_than: Annotated[
        int | None,
        typer.Option(help="Forget history of this age, too; without, it stays.", metavar="DAYS", min=1),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Count it, and forget nothing.")] = False,
    compact: Annotated[
        bool,
        typer.Option(
            "--compact",
            help="Then make the file of the state smaller (SQLite). The first time it is written anew: "
            "nobody can write meanwhile, and it needs as much room again on the disk.",
        ),
    ] = False,
    database_url: Annotated[
        str | None,
        typer.Option(
            help="Where the state is, if not in the home. Default: LEEBOARD_DATABASE_URL.", metavar="URL"
        ),
    ] = None,
    s3_url: Annotated[
        str | None, typer.Option(help="Where the objects are, if not in the home.", metavar="URL")
    ] = None,
) -> None:
    """Forget what is old, as a server does by itself with --keep-history-days; one may run meanwhile.

    Of history, these go: executions with their jobs and summaries, executions of pipelines, alerts that are
    over, lines of logs, points of metrics. The newest of every schedule stay, and what definitions, pipelines
    and alerts refer to. Results and captures in the store are never touched. Files of dry runs that are over,
    and data sets that were uploaded to the dashboard and that nothing uses, go in any case.
    \b

    [bold]Examples[/bold]

      leeboard prune --home /srv/leeboard --older-than 365 --dry-run

      leeboard prune --home /srv/leeboard --older-than 365 --compact
    """
    from leeboard.cli.pruning import PruneOptions, run_prune

    run_prune(PruneOptions(home, older_than, dry_run, compact, database_url, s3_url))
