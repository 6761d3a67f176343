"""`leeboard baseline`."""

from typing import Annotated

import typer

from leeboard.cli import parameters as p

EXAMPLES = """
Suggest constraints from the data that a model was trained on.

Writes statistics.json, constraints.json and report.html into the folder or prefix --out.
\b

[bold]Examples[/bold]

  leeboard baseline train.csv --out baseline

  leeboard baseline train.parquet --out s3://bucket/baseline --label churn

  leeboard baseline first.csv second.csv --out baseline --role id=ignore --categorical-drift-test psi
"""


def baseline(
    data: p.Data,
    out: p.Out,
    format: p.Format = None,
    header: p.Header = None,
    encoding: p.Encoding = None,
    label: Annotated[
        str | None,
        typer.Option(help="The column that live traffic answers with a prediction.", metavar="COLUMN"),
    ] = None,
    role: Annotated[
        list[str] | None,
        typer.Option(
            help="Role of a column: feature, label, prediction or ignore. May be repeated.",
            metavar="COLUMN=ROLE",
        ),
    ] = None,
    exclude: p.Exclude = None,
    categorical_drift_method: Annotated[
        str, typer.Option(help="AWS's setting: LInfinity or ChiSquared.")
    ] = "LInfinity",
    drift_test: Annotated[
        str | None, typer.Option(help="Drift test for numbers, such as ks, psi, wasserstein.")
    ] = None,
    categorical_drift_test: Annotated[
        str | None, typer.Option(help="Drift test for text, such as total_variation, l_infinity, psi.")
    ] = None,
    false_alarm_level: Annotated[
        float | None,
        typer.Option(help="How likely one window may raise any false drift alarm.", min=0, max=1),
    ] = None,
    effect_floor: Annotated[
        float | None, typer.Option(help="Smallest drift distance that matters.", min=0, max=1)
    ] = None,
    preprocess: p.Preprocess = None,
    compat: p.Compat = "default",
    quiet: p.Quiet = False,
    verbose: p.Verbose = False,
) -> None:
    """See EXAMPLES."""
    from leeboard.cli.output import log_lines, progress_bar, results
    from leeboard.clock import now
    from leeboard.jobs.job import Asked, Job
    from leeboard.jobs.options import data_quality_settings, is_strict, read_options, role_pairs
    from leeboard.jobs.run import run
    from leeboard.report import terminal_tables

    job = Job(
        data=data,
        read=read_options(kind=format, header=header, encoding=encoding, exclude=tuple(exclude or ())),
        asked=(
            Asked(
                settings=data_quality_settings(
                    label=label,
                    roles=role_pairs(role or ()),
                    categorical_drift_method=categorical_drift_method,
                    numeric_drift_test=drift_test,
                    categorical_drift_test=categorical_drift_test,
                    false_alarm_level=false_alarm_level,
                    effect_floor=effect_floor,
                )
            ),
        ),
        is_strict=is_strict(compat),
        preprocessor=preprocess,
        output=out,
        data_name=", ".join(data),
    )
    with progress_bar("profiling", quiet=quiet) as watch:
        outcome = run(job, now=now(), log=log_lines(verbose=verbose), watch=watch)
    if not quiet:
        for table in terminal_tables(outcome.report):
            results().print(table)
        p.print_notes(outcome)
        p.print_files(outcome)


baseline.__doc__ = EXAMPLES
