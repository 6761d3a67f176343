"""`leeboard show`."""

from typing import Annotated

import typer


def show(
    file: Annotated[str, typer.Argument(help="A path or URI.", metavar="FILE")],
) -> None:
    """Show a result file of any monitor as a table.

    \b

    [bold]Examples[/bold]

      leeboard show results/constraint_violations.json

      leeboard show s3://bucket/baseline/statistics.json

      leeboard show bias/analysis.json
    """
    from leeboard.cli.output import results
    from leeboard.formats.reading import read_any
    from leeboard.report.files import tables_of
    from leeboard.storage import read_bytes

    for table in tables_of(read_any(read_bytes(file), file)):
        results().print(table)
