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

  leeboard baseline validation.csv --monitor model-quality --problem-type BinaryClassification \\
      --label churned --probability score --out quality

  leeboard baseline validation.csv --monitor bias --label approved --label-value 1 \\
      --facet sex=female --prediction predicted --out bias
"""


def baseline(
    data: p.Data,
    *,
    out: p.Out,
    format: p.Format = None,
    header: p.Header = None,
    encoding: p.Encoding = None,
    monitor: p.Monitor = "data-quality",
    label: p.Label = None,
    role: Annotated[
        list[str] | None,
        typer.Option(
            help="Role of a column: feature, label, prediction or ignore. May be repeated.",
            metavar="COLUMN=ROLE",
        ),
    ] = None,
    exclude: p.Exclude = None,
    categorical_drift_method: Annotated[
        str | None, typer.Option(help="AWS's setting: LInfinity (if not given) or ChiSquared.")
    ] = None,
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
    ground_truth: p.GroundTruth = None,
    prediction: p.Prediction = None,
    probability: p.Probability = None,
    probability_threshold: p.ProbabilityThreshold = None,
    problem_type: p.ProblemType = None,
    positive_label: p.PositiveLabel = None,
    slack: Annotated[
        str | None,
        typer.Option(help="Model quality: room of suggested limits, as 0.02, 5% or 6sd; none if not given."),
    ] = None,
    confidence: p.Confidence = None,
    facet: p.Facet = None,
    label_value: p.LabelValue = None,
    group_variable: p.GroupVariable = None,
    config: p.Config = None,
    model_url: p.ModelUrl = None,
    model_file: p.ModelFile = None,
    preprocess: p.Preprocess = None,
    compat: p.Compat = "default",
    quiet: p.Quiet = False,
    verbose: p.Verbose = False,
) -> None:
    """See EXAMPLES."""
    from leeboard.cli.output import log_lines, progress_bar, results
    from leeboard.clock import now
    from leeboard.jobs.asking import Question
    from leeboard.jobs.clarify.words import facet_pairs, number_or_text
    from leeboard.jobs.options import is_strict, read_options, role_pairs
    from leeboard.jobs.run import run
    from leeboard.report import terminal_tables

    question = Question(
        monitor=monitor,
        words={
            "label": label,
            "roles": role_pairs(role) if role else None,
            "categorical_drift_method": categorical_drift_method,
            "numeric_drift_test": drift_test,
            "categorical_drift_test": categorical_drift_test,
            "false_alarm_level": false_alarm_level,
            "effect_floor": effect_floor,
            "prediction": prediction,
            "probability": probability,
            "probability_threshold": probability_threshold,
            "problem_type": problem_type,
            "positive_label": positive_label,
            "slack": slack,
            "confidence": confidence,
            "facets": facet_pairs(facet) if facet else None,
            "label_values": [number_or_text(value) for value in label_value] if label_value else None,
            "group_variable": group_variable,
        },
        config=config,
        model_url=model_url,
        model_file=model_file,
        ground_truth=tuple(ground_truth or ()),
        read=read_options(kind=format, header=header, encoding=encoding, exclude=tuple(exclude or ())),
    )
    job = question.job(
        data,
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
