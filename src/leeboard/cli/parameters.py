"""Parameters that several commands share, and the line that names the files."""

from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from leeboard.jobs.job import Outcome

Data = Annotated[
    list[str],
    typer.Argument(help="Files, folders or prefixes: local paths, file:// or s3:// URIs.", metavar="DATA..."),
]
Out = Annotated[str, typer.Option(help="Folder or prefix for the result files.", metavar="DIR")]
Server = Annotated[str | None, typer.Option(help="The server's address.", metavar="URL")]
Home = Annotated[str | None, typer.Option(help="The server's home, for its address and keys.", metavar="DIR")]
Format = Annotated[
    str | None,
    typer.Option(help="csv, json, jsonl, parquet or capture; found by looking if not given."),
]
Header = Annotated[
    bool | None,
    typer.Option(
        "--header/--no-header", help="Whether CSV files begin with the column names.", show_default=False
    ),
]
Encoding = Annotated[
    str | None, typer.Option(help="Encoding of text files, such as latin-1; UTF-8 if not given.")
]
Exclude = Annotated[
    list[str] | None, typer.Option(help="A column to leave out. May be repeated.", metavar="COLUMN")
]
Preprocess = Annotated[
    str | None, typer.Option(help="A preprocessing script (preprocess_handler).", metavar="FILE")
]
Monitor = Annotated[
    str, typer.Option(help="data-quality, model-quality, bias or attribution.", metavar="MONITOR")
]
Label = Annotated[
    str | None,
    typer.Option(
        help="The column with the outcome, which live traffic answers with a prediction.", metavar="COLUMN"
    ),
]
ProblemType = Annotated[
    str | None,
    typer.Option(help="Model quality: Regression, BinaryClassification or MulticlassClassification."),
]
Prediction = Annotated[
    str | None,
    typer.Option(
        help="The predicted outcome: a column, or in captured answers a cell's index or a JMESPath.",
        metavar="WHERE",
    ),
]
Probability = Annotated[
    str | None, typer.Option(help="The predicted probability, told like --prediction.", metavar="WHERE")
]
ProbabilityThreshold = Annotated[
    float | None, typer.Option(help="A greater probability is the positive outcome; 0.5 if not given.")
]
PositiveLabel = Annotated[
    str | None, typer.Option(help="Model quality: the positive one of two labels that are not 1 and 0.")
]
Config = Annotated[
    str | None,
    typer.Option(
        help="Bias, attribution: an analysis_config.json, as SageMaker Clarify has it.", metavar="FILE"
    ),
]
Facet = Annotated[
    list[str] | None,
    typer.Option(
        help="Bias: a column with groups, and the group to watch. May be repeated.", metavar="COLUMN=VALUE"
    ),
]
LabelValue = Annotated[
    list[str] | None,
    typer.Option(help="Bias: a good outcome, or the number above which it is. May be repeated."),
]
GroupVariable = Annotated[
    str | None, typer.Option(help="Bias: the column within whose values CDDL and CDDPL compare.")
]
Confidence = Annotated[
    float | None,
    typer.Option(
        help="Model quality, bias: report a measure only if chance does not explain it at this level.",
        min=0,
        max=1,
    ),
]
ModelUrl = Annotated[
    str | None,
    typer.Option(help="Bias, attribution: where the model answers, by POST.", metavar="URL"),
]
ModelFile = Annotated[
    str | None,
    typer.Option(
        help="Attribution: the model itself, as XGBoost (.json, .ubj) or LightGBM (.txt) saved it.",
        metavar="FILE",
    ),
]
GroundTruth = Annotated[
    list[str] | None,
    typer.Option(
        help="Labels of captured requests, joined with them by id: a folder. May be repeated.", metavar="DIR"
    ),
]
Compat = Annotated[str, typer.Option(help="default, or strict to reproduce AWS with its defects.")]
Junit = Annotated[
    str | None, typer.Option(help="Write a JUnit XML file, one test case a check and column.", metavar="FILE")
]
Markdown = Annotated[
    str | None,
    typer.Option(help="Write a short summary in Markdown.", metavar="FILE"),
]
Github = Annotated[
    bool | None,
    typer.Option(
        "--github/--no-github",
        help="Annotate the run and its summary on GitHub; done by itself where GITHUB_ACTIONS is true.",
        show_default=False,
    ),
]
ReportUrl = Annotated[
    str | None,
    typer.Option(help="Where people will find the report, for the links to it.", metavar="URL"),
]
FailOn = Annotated[
    list[str] | None,
    typer.Option(
        help="What gives exit code 3: violations (if not given), never, or a check or measure such as "
        "baseline_drift_check or auc. May be repeated.",
        metavar="WHAT",
    ),
]
MaxViolations = Annotated[int, typer.Option(help="So many violations still give exit code 0.", min=0)]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Print nothing but errors.")]
Verbose = Annotated[bool, typer.Option("--verbose", "-v", help="Print the log of the run.")]


def print_notes(outcome: "Outcome") -> None:
    """Tell what was assumed, what was not checked, and how many records could not be read."""
    from leeboard.cli.output import results
    from leeboard.report.words import counted

    for remark in outcome.notes:
        results().print(f"note: {remark}", markup=False, highlight=False, soft_wrap=True)
    tally = outcome.report.tally
    if tally.n_malformed:
        told = f"{counted(tally.n_malformed, 'malformed record')}; the first: {tally.samples[0]}"
        results().print(f"{told}; more in the report", markup=False, highlight=False, soft_wrap=True)


def print_files(outcome: "Outcome") -> None:
    """Tell where the results are."""
    from leeboard.cli.output import results

    results().print(
        "written: " + "  ".join(outcome.files.values()), markup=False, highlight=False, soft_wrap=True
    )
