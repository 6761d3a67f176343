"""Why an execution ended as it did, in plain words, and what to do next."""

from dataclasses import dataclass
from datetime import timedelta

from leeboard.formats.summary import Summary
from leeboard.report.words import clipped, counted
from leeboard.service.views.execution import ExecutionTold
from leeboard.service.views.states import NO_DATA

SAYS_CLEAN = "Completed: Job completed successfully with no violations."
SHOWN_NAMES = 3


@dataclass(frozen=True, slots=True)
class Reason:
    """The end of an execution in words.

    Attributes:
        said: AWS's sentence; "" while it has not ended.
        means: what that means.
        steps: what to do next, the most likely first.
    """

    said: str
    means: str
    steps: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Known:
    """What a reason that holds these words means."""

    words: tuple[str, ...]
    means: str
    steps: tuple[str, ...]


NOTHING = (
    _Known(
        ("no capture file at all",),
        "The endpoint has no captured traffic at all at this place, so there was nothing to look at.",
        (
            "See on the endpoint's page whether data capture is on, and whether requests come in.",
            "Compare the prefix in the sentence with the place where the files are.",
            "Run again once there is traffic.",
        ),
    ),
    _Known(
        ("no capture file in the window",),
        "The endpoint captured in other hours, but not in this window.",
        (
            "Look below which hours have files: where they end, requests stopped coming, or capture did.",
            "If the endpoint is quiet at such times, that is no fault: choose a longer window.",
            "If the files came later, run again.",
        ),
    ),
    _Known(
        ("no ground truth in",),
        "There are captured records, but no labels had come when it ran.",
        (
            "Labels belong in the folder of the hour in which they are collected: below, which have some.",
            "If they only come later, run again, or move the window with StartTimeOffset and EndTimeOffset.",
        ),
    ),
    _Known(
        ("has a label yet",),
        "There are records and there are labels, but none of them belong together.",
        (
            "The log of the merge has the first ids of both sides: they must be equal as text.",
            "Labels are found by eventId, or by inferenceId where the request had one.",
        ),
    ),
    _Known(
        ("is not there any more",),
        "The endpoint was deleted, or captures nothing.",
        ("Turn on data capture in its configuration, or stop this schedule.",),
    ),
)
FAULTS = (
    _Known(
        ("was deleted before",),
        "What it was to run is gone.",
        ("Update the schedule to a definition that is there, or delete it.",),
    ),
    _Known(
        ("baselining job",),
        "It has no baseline to hold the window against.",
        ("Run the baselining job again, or name its files in the definition, then run again.",),
    ),
    _Known(
        ("No S3 objects found", "nothing is stored at", "NoSuchBucket", "NoSuchKey"),
        "A file that it needs is not where its definition says.",
        (
            "The sentence names the place, and what is there instead: compare it with the inputs below.",
            "Put the file back, or update the schedule to a definition that names the right one; run again.",
        ),
    ),
    _Known(
        ("MaxRuntimeInSeconds", "longer than"),
        "It was still running when its time was over.",
        (
            "Raise MaxRuntimeInSeconds of the definition, or choose a shorter window.",
            "The end of the log says how far it came.",
        ),
    ),
    _Known(
        ("out of memory", "SIGKILL", "exit code 137"),
        "It used more memory than it may.",
        ("Raise the limit for jobs of this server, or choose a shorter window.",),
    ),
    _Known(
        ("preprocess", "postprocess", "script"),
        "A script of the schedule failed.",
        (
            "The log has its traceback, with the record that it was given.",
            "Try it on your machine: leeboard script runs it on captured records.",
        ),
    ),
    _Known(
        ("could not be started", "no program", "pull"),
        "The program of the image could not be run here.",
        ("The settings of the server say which images it can run; leeboard models lists those of models.",),
    ),
)


def reason_of(told: ExecutionTold, summary: Summary | None) -> Reason:
    """Of its state; while it waits or runs, what it waits for."""
    return {
        "clean": lambda: Reason(told.said or SAYS_CLEAN, "All that was promised about this window holds."),
        "in violation": lambda: _violations(told, summary),
        "no data": lambda: _known(told, NOTHING, "There was nothing to analyse in this window."),
        "failed": lambda: _known(
            told, FAULTS, "The analysis did not come to its end: this window is unchecked."
        ),
        "stopped": lambda: Reason(
            told.said, "Somebody stopped it: this window is unchecked.", ("Run again.",)
        ),
    }.get(told.state, lambda: _going(told))()


def _violations(told: ExecutionTold, summary: Summary | None) -> Reason:
    n = told.execution.n_violations or (summary.n_violations if summary else 0)
    said = told.said or f"CompletedWithViolations: Job completed successfully with {n} violations."
    if summary is None or not summary.violations:
        return Reason(said, f"{counted(n, 'promise')} about this window did not hold.")
    subjects = list(
        dict.fromkeys(column for one in summary.violations for column in one.columns or [one.subject])
    )
    named = [f"“{clipped(name, 40)}”" for name in subjects if name][:SHOWN_NAMES]
    more = len([name for name in subjects if name]) - len(named)
    about = f", about {', '.join(named)}" if named else ""
    about += f" and {more} more" if more > 0 else ""
    worst = summary.violations[0]
    hint = (worst.hint,) if worst.hint else ()
    return Reason(
        said, f"{counted(n, 'promise')} did not hold{about}. The one that weighs most is first below.", hint
    )


def _known(told: ExecutionTold, reasons: tuple[_Known, ...], otherwise: str) -> Reason:
    text = told.said
    for one in reasons:
        if any(words.lower() in text.lower() for words in one.words):
            return Reason(text, one.means, one.steps)
    step = (
        "Look into the files of this hour."
        if text.startswith(NO_DATA)
        else "The last lines of the log are below."
    )
    return Reason(text, otherwise, (step, "Run again once the cause is gone."))


def _going(told: ExecutionTold) -> Reason:
    status = told.execution.status
    if status == "Stopping":
        return Reason("", "It was asked to stop and is coming to its end.")
    if status == "InProgress":
        running = next((job.role for job in told.jobs if not job.is_over), "")
        doing = {
            "merge": "Records are being joined with their labels",
            "analysis": "The window is being analysed",
        }
        return Reason("", f"{doing.get(running, 'It is between two jobs')}; this page follows its log.")
    return Reason(
        "",
        "It waits for a worker. A server runs the executions of one schedule one after the other.",
        ("If it waits for minutes: does a server with workers run (leeboard serve --workers)?",),
    )


def waited(told: ExecutionTold) -> timedelta | None:
    """From when it was made to its start."""
    execution = told.execution
    return execution.started_at - execution.created_at if execution.started_at else None
