"""`leeboard check`."""

from typing import TYPE_CHECKING, Annotated

import typer

from leeboard.cli import parameters as p

if TYPE_CHECKING:
    from leeboard.jobs.job import Outcome

EXAMPLES = """
Hold captured traffic, or any data, against a baseline.

Writes statistics.json, constraints.json, constraint_violations.json and report.html into --out.
Exit code: 0 clean, 3 violations, 2 bad input, 1 failure.
\b

[bold]Examples[/bold]

  leeboard check captures/ --baseline baseline --out results

  leeboard check s3://bucket/capture/endpoint --baseline s3://bucket/baseline --out results \\
      --start 2026-11-22T10:00:00Z --end 2026-11-22T11:00:00Z

  leeboard check today.csv --baseline baseline --out results --no-header --compat strict
"""
VIOLATIONS = 3


def check(
    data: p.Data,
    baseline: Annotated[
        str,
        typer.Option(
            help="Folder or prefix with constraints.json and statistics.json, or a constraints file.",
            metavar="DIR",
        ),
    ],
    out: p.Out,
    statistics: Annotated[
        str | None,
        typer.Option(
            help="The baseline's statistics, where they are not beside the constraints.", metavar="FILE"
        ),
    ] = None,
    format: p.Format = None,
    header: p.Header = None,
    encoding: p.Encoding = None,
    start: Annotated[
        str | None, typer.Option(help="Start of the window by inference time, UTC.", metavar="TIME")
    ] = None,
    end: Annotated[str | None, typer.Option(help="End of the window, not included.", metavar="TIME")] = None,
    exclude: p.Exclude = None,
    output_columns_position: Annotated[
        str, typer.Option(help="START or END: where the model's output stands in the baseline's columns.")
    ] = "START",
    features_path: Annotated[
        str | None, typer.Option(help="JMESPath to the cells of a JSON input.", metavar="PATH")
    ] = None,
    outputs_path: Annotated[
        str | None, typer.Option(help="JMESPath to the cells of a JSON output.", metavar="PATH")
    ] = None,
    target_model: Annotated[
        str | None, typer.Option(help="Of a multi-model endpoint, only this model's records.")
    ] = None,
    preprocess: p.Preprocess = None,
    postprocess: Annotated[
        str | None, typer.Option(help="A postprocessing script (postprocess_handler).", metavar="FILE")
    ] = None,
    compat: p.Compat = "default",
    quiet: p.Quiet = False,
    verbose: p.Verbose = False,
) -> None:
    """See EXAMPLES."""
    from leeboard.cli.output import log_lines, progress_bar
    from leeboard.clock import now
    from leeboard.jobs.baselines import read_baseline, read_baseline_files
    from leeboard.jobs.job import Asked, Job
    from leeboard.jobs.options import is_strict, read_options
    from leeboard.jobs.run import run

    files = {"constraints.json": baseline, "statistics.json": statistics}
    known = read_baseline_files(files) if statistics else read_baseline(baseline)
    job = Job(
        data=data,
        asked=(Asked(baseline=known),),
        read=read_options(
            kind=format,
            header=header,
            encoding=encoding,
            start=start,
            end=end,
            exclude=tuple(exclude or ()),
            output_columns_position=output_columns_position,
            features_path=features_path,
            outputs_path=outputs_path,
            target_model=target_model,
        ),
        is_strict=is_strict(compat),
        preprocessor=preprocess,
        postprocessor=postprocess,
        output=out,
        data_name=", ".join(data),
        baseline_name=baseline,
    )
    with progress_bar("reading", quiet=quiet) as watch:
        outcome = run(job, now=now(), log=log_lines(verbose=verbose), watch=watch)
    if not quiet:
        _print(outcome)
    if outcome.n_violations:
        raise typer.Exit(VIOLATIONS)


def _print(outcome: "Outcome") -> None:
    from leeboard.cli.output import results
    from leeboard.report import terminal_tables

    for table in terminal_tables(outcome.report):
        results().print(table)
    p.print_notes(outcome)
    results().print(outcome.message, markup=False, highlight=False)
    p.print_files(outcome)


check.__doc__ = EXAMPLES
