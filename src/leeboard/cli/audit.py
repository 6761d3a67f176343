"""`leeboard audit`."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from leeboard.cli import parameters as p

if TYPE_CHECKING:
    from leeboard.client.calls import Client

COLUMNS = ("at", "visitor", "via", "action", "subject", "outcome", "details")
PAGE = 1000
FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""How a text begins that a spreadsheet would run."""


def audit(
    since: Annotated[
        str | None, typer.Option(help="From this time on, such as 2026-11-22T10:00:00Z.", metavar="TIME")
    ] = None,
    subject: Annotated[str | None, typer.Option(help="Of this resource.", metavar="NAME")] = None,
    visitor: Annotated[
        str | None, typer.Option(help="Of this token or access key id.", metavar="NAME")
    ] = None,
    action: Annotated[str | None, typer.Option(help="Such as CreateEndpoint.", metavar="ACTION")] = None,
    limit: Annotated[int | None, typer.Option(help="The youngest lines; without, all.", min=1)] = None,
    format: Annotated[
        Literal["table", "csv", "json"], typer.Option(help="How to write; json is an object a line.")
    ] = "table",
    server: p.Server = None,
    home: p.Home = None,
) -> None:
    """Show who changed what, when, and how it ended; the youngest first.

    \b

    [bold]Examples[/bold]

      leeboard audit --limit 20

      leeboard audit --since 2026-11-01T00:00:00Z --format csv > changes.csv
    """
    from itertools import islice

    from leeboard.client.calls import Client

    asked = {"since": since, "subject": subject, "visitor": visitor, "action": action}
    with Client.of(server, home) as client:
        lines = islice(_lines(client, asked, min(limit or PAGE, PAGE)), limit)
        {"table": _table, "csv": _csv, "json": _json}[format](lines)


def _lines(client: "Client", asked: dict[str, Any], size: int) -> Iterator[dict[str, Any]]:
    before = None
    while True:
        page = client.get("/leeboard/audit", before=before, limit=size, **asked)
        yield from page["lines"]
        if (before := page["next"]) is None:
            return


def _table(lines: Iterator[dict[str, Any]]) -> None:
    from rich.markup import escape
    from rich.table import Table

    from leeboard.cli.output import results

    table = Table(box=None, pad_edge=False)
    for heading in ("When", "Who", "By", "What", "Of", "Outcome"):
        table.add_column(heading)
    for line in lines:
        cells = [str(line[name]) for name in COLUMNS[1:-1]]
        table.add_row(line["at"][:19].replace("T", " "), *map(escape, cells))
    results().print(table)


def _csv(lines: Iterator[dict[str, Any]]) -> None:
    import csv
    import json
    import sys

    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(COLUMNS)
    for line in lines:
        cells = [str(line[name]) for name in COLUMNS[:-1]]
        writer.writerow([_inert(cell) for cell in cells] + [json.dumps(line["details"])])


def _inert(cell: str) -> str:
    """What looks like a formula gets a quote before it."""
    return f"'{cell}" if cell.startswith(FORMULA) else cell


def _json(lines: Iterator[dict[str, Any]]) -> None:
    import json

    for line in lines:
        typer.echo(json.dumps(line))
