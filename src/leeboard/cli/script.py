"""`leeboard script`."""

from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from leeboard.jobs.scripts import Trial

script = typer.Typer(no_args_is_help=True, help="Try preprocessing scripts.")


@script.callback()
def _script() -> None:
    """Try preprocessing scripts."""


@script.command(name="try")
def try_(
    file: Annotated[str, typer.Argument(help="The script, with a preprocess_handler.", metavar="FILE")],
    capture: Annotated[
        str, typer.Argument(help="Capture file, folder or prefix; or CSV or JSON Lines.", metavar="DATA")
    ],
    records: Annotated[int, typer.Option("--records", "-n", help="How many records to try.", min=1)] = 10,
    seconds: Annotated[
        float, typer.Option(help="How long the script may take to load, and for a record.", min=0.1)
    ] = 10.0,
) -> None:
    """Show what a script makes of each record, and the traceback where it fails.

    Exit code: 0 if every record went through, 2 if one failed.
    \b

    [bold]Example[/bold]

      leeboard script try preprocess.py captures/endpoint -n 3
    """
    from leeboard.jobs.scripts import ScriptLimits, try_script
    from leeboard.report.words import counted
    from leeboard.tables.records import read_records

    n_tried = n_failed = 0
    limits = ScriptLimits(batch_s=seconds)
    for trial in try_script(file, islice(read_records(capture), records), limits=limits):
        _print(trial)
        n_tried += 1
        n_failed += trial.error is not None
    _say(f"{counted(n_tried, 'record')} tried, {n_failed:,} failed")
    if n_failed:
        raise typer.Exit(2)


def _print(trial: "Trial") -> None:
    _say(f"record {trial.number}", style="bold")
    _say(f"  before  {_text(trial.before)}")
    for line in trial.log:
        _say(f"  log     {line}", style="dim")
    if trial.error is not None:
        message, detail = str(trial.error), trial.error.detail
        _say(f"  failed  {message.splitlines()[0]}", style="red")
        for line in detail.splitlines() if detail not in message else ():
            _say(f"          {line}", style="red")
    for line in _after(trial) if trial.error is None else ():
        _say(f"  after   {line}", style="green")


def _after(trial: "Trial") -> Iterator[str]:
    from leeboard.jobs.scripts import Changed

    match trial.after:
        case None:
            yield "as it was"
        case Changed(record=record):
            yield f"changed: {_text(record)}"
        case []:
            yield "left out"
        case rows:
            yield from map(_text, rows)


def _text(value: Any) -> str:
    import json

    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _say(line: str, style: str = "") -> None:
    from leeboard.cli.output import results

    results().print(line, style=style, markup=False, highlight=False, soft_wrap=True)
