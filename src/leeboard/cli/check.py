"""`leeboard check`."""

from typing import TYPE_CHECKING, Annotated

import typer

from leeboard.cli import parameters as p

if TYPE_CHECKING:
    from leeboard.jobs.job import Outcome

EXAMPLES = """
Hold captured traffic, or any data, against a baseline.

Writes statistics.json, constraints.json, constraint_violations.json and report.html into --out.
Exit code: 0 clean, 3 violations, 2 bad input, 1 failure; --fail-on and --max-violations say which
violations count. With --junit, --markdown and --github a CI shows them.
\b

[bold]Examples[/bold]

  leeboard check captures/ --baseline baseline --out results

  leeboard check s3://bucket/capture/endpoint --baseline s3://bucket/baseline --out results \\
      --start 2026-11-22T10:00:00Z --end 2026-11-22T11:00:00Z

  leeboard check today.csv --baseline baseline --out results --no-header --compat strict

  leeboard check captures/ --ground-truth labels/ --monitor model-quality --probability 0 \\
      --baseline quality --out results

  leeboard check captures/ --monitor attribution --config analysis_config.json \\
      --model-url http://127.0.0.1:8080/invocations --baseline attribution --out results

  leeboard check today.csv --baseline baseline --out results --junit junit.xml --markdown summary.md \\
      --fail-on data_type_check --fail-on completeness_check
"""
VIOLATIONS = 3


def check(
    data: p.Data,
    *,
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
    monitor: p.Monitor = "data-quality",
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
    ground_truth: p.GroundTruth = None,
    label: p.Label = None,
    prediction: p.Prediction = None,
    probability: p.Probability = None,
    probability_threshold: p.ProbabilityThreshold = None,
    problem_type: p.ProblemType = None,
    positive_label: p.PositiveLabel = None,
    facet: p.Facet = None,
    label_value: p.LabelValue = None,
    group_variable: p.GroupVariable = None,
    confidence: p.Confidence = None,
    config: p.Config = None,
    model_url: p.ModelUrl = None,
    model_file: p.ModelFile = None,
    preprocess: p.Preprocess = None,
    postprocess: Annotated[
        str | None, typer.Option(help="A postprocessing script (postprocess_handler).", metavar="FILE")
    ] = None,
    compat: p.Compat = "default",
    junit: p.Junit = None,
    markdown: p.Markdown = None,
    github: p.Github = None,
    report_url: p.ReportUrl = None,
    fail_on: p.FailOn = None,
    max_violations: p.MaxViolations = 0,
    quiet: p.Quiet = False,
    verbose: p.Verbose = False,
) -> None:
    """See EXAMPLES."""
    from leeboard.cli.gating import Gate
    from leeboard.cli.output import log_lines, progress_bar
    from leeboard.clock import now
    from leeboard.jobs.asking import Question
    from leeboard.jobs.baselines import read_baseline, read_baseline_files
    from leeboard.jobs.clarify.words import facet_pairs, number_or_text
    from leeboard.jobs.options import is_strict, read_options
    from leeboard.jobs.run import run

    gate = Gate.of(
        monitor=monitor,
        data=data,
        baseline=baseline,
        junit=junit,
        markdown=markdown,
        github=github,
        report_url=report_url,
        at=now(),
    )
    with gate.faults_told():
        policy = gate.policy(fail_on or (), max_violations)
        files = {"constraints.json": baseline, "statistics.json": statistics}
        question = Question(
            monitor=monitor,
            baseline=read_baseline_files(files, monitor) if statistics else read_baseline(baseline, monitor),
            words={
                "label": label,
                "prediction": prediction,
                "probability": probability,
                "probability_threshold": probability_threshold,
                "problem_type": problem_type,
                "positive_label": positive_label,
                "facets": facet_pairs(facet) if facet else None,
                "label_values": [number_or_text(value) for value in label_value] if label_value else None,
                "group_variable": group_variable,
                "confidence": confidence,
            },
            config=config,
            model_url=model_url,
            model_file=model_file,
            ground_truth=tuple(ground_truth or ()),
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
        )
        job = question.job(
            data,
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
    if not gate.passes(outcome, policy, quiet=quiet):
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
