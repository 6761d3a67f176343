"""`leeboard show`."""

from typing import Annotated

import typer


def show(
    file: Annotated[str, typer.Argument(help="A path or URI.", metavar="FILE")],
) -> None:
    """Show a statistics, constraints or violations file as a table.

    \b

    [bold]Examples[/bold]

      leeboard show results/constraint_violations.json

      leeboard show s3://bucket/baseline/statistics.json
    """
    from leeboard.cli.output import results
    from leeboard.formats.constraints import Constraints
    from leeboard.formats.reading import read_any
    from leeboard.formats.statistics import Statistics
    from leeboard.report.terminal import constraints_table, statistics_table, violations_table
    from leeboard.storage import read_bytes

    content = read_any(read_bytes(file), file)
    if isinstance(content, Statistics):
        results().print(statistics_table(content))
    elif isinstance(content, Constraints):
        results().print(constraints_table(content))
    else:
        results().print(violations_table(content))
