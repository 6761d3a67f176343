"""Every check of a run as one case: kept, broken, or not made."""

from collections.abc import Iterator
from dataclasses import dataclass

from leeboard.formats.violations import AnyViolation
from leeboard.report.findings import OF_COLUMNS
from leeboard.report.gate.checked import CHECKED, Looked
from leeboard.report.report import Report, SectionContent

WHOLE = "data set"


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One check of one subject.

    Attributes:
        monitor: the monitor's name.
        looked: what was looked at.
        violation: None if the promise was kept, or the check not made.
    """

    monitor: str
    looked: Looked
    violation: AnyViolation | None = None

    @property
    def name(self) -> str:
        """The same in every run, so that a CI can tell the history of it."""
        return f"{self.looked.subject or WHOLE}: {self.looked.label}"

    @property
    def subject(self) -> str:
        """What broke the promise, or should have; "" for the whole data set."""
        return self.looked.subject if self.violation is None else self.violation.subject

    @property
    def is_skipped(self) -> bool:
        return self.violation is None and bool(self.looked.why_not)


def cases_of(report: Report) -> tuple[Case, ...]:
    """The cases of all monitors; of a monitor that keeps no list, what it found broken."""
    return tuple(case for content in report.sections for case in _cases(report, content))


def _cases(report: Report, content: SectionContent) -> Iterator[Case]:
    broken: dict[tuple[str, str], list[AnyViolation]] = {}
    for violation in content.violations.violations if content.violations else []:
        broken.setdefault(_key(violation), []).append(violation)
    known = CHECKED.get(content.monitor).looks(report, content) if content.monitor in CHECKED else ()
    for looked in known:
        found = broken.get((looked.check, looked.subject))
        yield Case(monitor=content.monitor, looked=looked, violation=found.pop(0) if found else None)
    for others in broken.values():
        for violation in others:
            yield Case(monitor=content.monitor, looked=_unlisted(violation), violation=violation)


def _key(violation: AnyViolation) -> tuple[str, str]:
    """What is wrong with the columns as such is one case, whichever columns it names today."""
    check = violation.constraint_check_type
    return check, "" if check in OF_COLUMNS else violation.subject


def _unlisted(violation: AnyViolation) -> Looked:
    check, subject = _key(violation)
    measure: str = getattr(violation, "metric_name", check)
    label = check.removesuffix("_check").replace("_", " ")
    return Looked(check=check, subject=subject, label=label, names=frozenset({check, measure}))
