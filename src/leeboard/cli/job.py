"""`leeboard job`."""

from typing import Annotated

import typer


def job(
    root: Annotated[
        str, typer.Option(help="Folder that stands for / in paths below /opt/ml.", metavar="DIR")
    ] = "/",
) -> None:
    """Run the analyzer as a processing job: told by environment variables alone.

    Leaves the reports in output_path, the exit message in /opt/ml/output/message and metric files
    in /opt/ml/output/metrics/cloudwatch, all below --root.
    \b

    [bold]Example[/bold]

      dataset_source=train.csv dataset_format='{"csv": {"header": true}}' output_path=out \\
          leeboard job --root work
    """
    import os

    from leeboard.cli.output import log_lines
    from leeboard.jobs.contract import execute
    from leeboard.jobs.environment import JobEnvironment

    code = execute(JobEnvironment(os.environ, root), log_lines(verbose=True))
    raise typer.Exit(code)
