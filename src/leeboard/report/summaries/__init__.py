"""What a dashboard keeps of a run, one monitor a module."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import chain

from leeboard.formats.summary import (
    LONGEST_TEXT,
    MOST_NOTES,
    MOST_SAMPLES,
    MOST_VIOLATIONS,
    MalformedSample,
    SeenViolation,
    Summary,
)
from leeboard.formats.violations import AnyViolation
from leeboard.report.report import Report, SectionContent
from leeboard.report.words import clipped
from leeboard.roster import Roster
from leeboard.tables import Malformed


@dataclass(frozen=True, slots=True)
class Summarised:
    """How the findings of one monitor are kept.

    Args:
        name: the monitor's.
        numbers: a summary that has what this monitor measured.
        violations: its broken promises, each with its effect.
    """

    name: str
    numbers: Callable[[SectionContent], Summary]
    violations: Callable[[SectionContent], Iterator[SeenViolation]]


SUMMARIES = Roster("summary of a window", __name__, Summarised)


def summary_of(report: Report, *, n_rows: int | None = None, job: str | None = None) -> Summary:
    """The summary of a run, whatever monitors looked at the data.

    Args:
        n_rows: that were read; None for what the monitors say.
        job: name of the processing job.
    """
    sections, tally = report.sections, report.tally
    parts = [_numbers(section) for section in sections]
    merged = Summary().model_copy(update=dict(chain.from_iterable(part.members() for part in parts)))
    seen = list(chain.from_iterable(map(_seen, sections)))
    return merged.model_copy(
        update={
            "job": job,
            "monitors": [section.monitor for section in sections],
            "n_rows": merged.n_rows if n_rows is None else n_rows,
            "n_malformed": tally.n_malformed,
            "n_violations": len(seen),
            "elapsed_s": report.elapsed_s,
            "violations": sorted(seen, key=_urgency)[:MOST_VIOLATIONS],
            "malformed": [_sample(one) for one in tally.samples[:MOST_SAMPLES]],
            "notes": [clipped(note, LONGEST_TEXT) for note in report.notes[:MOST_NOTES]],
        }
    )


def _numbers(section: SectionContent) -> Summary:
    """A monitor of another distribution may come without."""
    known = section.monitor in SUMMARIES
    return SUMMARIES.get(section.monitor).numbers(section) if known else Summary()


def _seen(section: SectionContent) -> Iterator[SeenViolation]:
    if section.violations is None:
        return iter(())
    if section.monitor in SUMMARIES:
        return SUMMARIES.get(section.monitor).violations(section)
    return (seen_violation(section.monitor, one) for one in section.violations.violations)


def _urgency(seen: SeenViolation) -> float:
    return -(seen.effect or 0.0)


def _sample(one: Malformed) -> MalformedSample:
    line = f", line {one.line}" if one.line is not None else ""
    return MalformedSample(
        place=clipped(f"{one.uri}{line}", LONGEST_TEXT),
        reason=clipped(one.reason, LONGEST_TEXT),
        text=clipped(one.sample, LONGEST_TEXT) or None,
    )


def seen_violation(
    monitor: str,
    violation: AnyViolation,
    *,
    label: str = "",
    columns: list[str] | None = None,
    promised: str | None = None,
    seen: str | None = None,
    effect: float | None = None,
) -> SeenViolation:
    """A violation as its file has it, and what more is known."""
    check = violation.constraint_check_type
    return SeenViolation(
        monitor=monitor,
        check=clipped(check, LONGEST_TEXT),
        subject=clipped(violation.subject, LONGEST_TEXT),
        description=clipped(violation.description.strip(), LONGEST_TEXT),
        label=label or check.removesuffix("_check").replace("_", " "),
        columns=columns or [],
        promised=clipped(promised, LONGEST_TEXT) if promised else None,
        seen=clipped(seen, LONGEST_TEXT) if seen else None,
        hint=clipped(violation.hint, LONGEST_TEXT) or None,
        effect=None if effect is None else min(1.0, max(0.0, round(effect, 4))),
    )
