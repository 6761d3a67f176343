"""Values are distributed as in the baseline."""

from collections.abc import Iterator

from leeboard.compare.case import Case
from leeboard.compare.checks import Check
from leeboard.compare.distributions.change import change_in_words
from leeboard.compare.results import Finding
from leeboard.formats.violation_texts import drift_text


def find(case: Case) -> Iterator[Finding]:
    for score in case.drift:
        if score.drifted:
            text, pair = drift_text(score.distance, score.threshold), case.pairs[score.feature_name]
            hint = change_in_words(pair.baseline, pair.current)
            yield Finding(score.feature_name, ENTRY.name, text, score.distance, score.threshold, hint)


ENTRY = Check("baseline_drift_check", find)
