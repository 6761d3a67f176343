"""Current data held against constraints and baseline statistics."""

from leeboard.compare.case import Case
from leeboard.compare.checks import CHECKS
from leeboard.compare.decision import decide
from leeboard.compare.pairing import Pair, pairs
from leeboard.compare.results import Comparison
from leeboard.formats.constraints import Constraints
from leeboard.formats.statistics import Statistics
from leeboard.profile import TableProfile


def find(
    constraints: Constraints, baseline: Statistics | None, current: TableProfile, *, strict: bool = False
) -> Comparison:
    """Every broken promise and the drift of every column.

    Args:
        constraints: the promises.
        baseline: statistics of the data that they were made from; without them drift is not
            looked for.
        current: the data of the window.
        strict: judge as AWS does, its defects included; settings of our own are not read.

    Raises:
        UnknownNameError: the constraints name a drift test that does not exist.
    """
    known = {feature.name: feature for feature in baseline.features} if baseline else {}
    found = list(pairs(constraints, known, current, strict=strict)) if baseline else []
    comparable = [pair for pair in found if isinstance(pair, Pair)]
    drift, failures = decide(comparable, strict=strict)
    by_name = {pair.name: pair for pair in comparable}
    case = Case(constraints, current, strict, known, tuple(drift), by_name)
    findings = [finding for check in CHECKS for finding in check.find(case)]
    notes = [*_notes(case, baseline), *(note for note in found if isinstance(note, str)), *failures]
    return Comparison(findings, drift, notes)


def _notes(case: Case, baseline: Statistics | None) -> list[str]:
    notes = []
    if not case.is_evaluated:
        notes.append("evaluate_constraints is Disabled: only columns that enable it themselves were checked")
    if baseline is None:
        notes.append("no baseline statistics: drift was not looked for")
    for feature in case.constraints.features:
        if case.settings(feature).is_label and feature.name not in case.current.columns:
            notes.append(f"label column {feature.name!r} is not in the live data, which is as it should be")
    return notes
