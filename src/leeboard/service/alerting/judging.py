"""What a rule finds in the last windows of one schedule. Nothing here asks the database or the clock."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from leeboard.alerts.matching import is_matched
from leeboard.alerts.rules import Rule
from leeboard.service.alerting.windows import COMPLETED, FAILED, VIOLATED, SeenWindow

MOST_FEATURES = 100
"""Incidents of one rule and schedule at a time."""
MOST_NAMED = 5


@dataclass(frozen=True, slots=True)
class Finding:
    """What a rule has to tell of a schedule, or of one feature of it.

    Attributes:
        what: in a few words, such as `3 violations`.
        reason: plain sentences.
        window: the newest one that was bad.
    """

    feature: str | None
    what: str
    reason: str
    n_bad: int
    n_seen: int
    window: SeenWindow
    n_violations: int | None = None
    value: float | None = None


@dataclass(frozen=True, slots=True)
class _Look:
    """One window in the eyes of one rule.

    Attributes:
        by_feature: how bad which feature is: a number of violations or a distance.
        example: None for the first of all violations.
    """

    window: SeenWindow
    is_bad: bool
    what: str = ""
    n_violations: int | None = None
    by_feature: dict[str, float] | None = None
    example: str | None = ""


def n_to_read(rules: Iterable[Rule]) -> int:
    """How many windows to read: more than are counted, as some tell a rule nothing."""
    return max((2 * rule.n_last + 10 for rule in rules), default=0)


def judge(rule: Rule, windows: Sequence[SeenWindow]) -> list[Finding] | None:
    """What is to be told now; None if the windows tell this rule nothing, so that all stays as it was.

    A window that failed says nothing about violations and distances, and is left out when they are
    counted; so is one of which no details are kept, if the rule needs them.

    Args:
        windows: newest first.
    """
    told = (look for window in windows if (look := _look(rule, window)))
    looks = list(islice(told, rule.n_last))
    if not looks:
        return None
    if rule.per == "feature":
        return _by_feature(rule, looks)
    bad = [look for look in looks if look.is_bad]
    if len(bad) < rule.windows:
        return []
    return [_finding(rule, bad[0], None, len(bad), len(looks))]


def _look(rule: Rule, window: SeenWindow) -> _Look | None:
    if rule.when == "no-data":
        return _Look(window, window.has_no_data, "no data", example=window.failure_reason or "")
    if rule.when == "failed":
        is_bad = window.status == FAILED and not window.has_no_data
        return _Look(window, is_bad, "failed", example=window.failure_reason or "")
    if window.status not in (COMPLETED, VIOLATED):
        return None
    if rule.when == "distance":
        return _distances(rule, window)
    return _violations(rule, window)


def _violations(rule: Rule, window: SeenWindow) -> _Look | None:
    if not rule.looks_inside:
        return _all_violations(rule, window)
    if window.details is None and window.status == VIOLATED:
        return None
    found = window.details.violations if window.details and window.status == VIOLATED else []
    matching = [(each, names) for each in found if (names := _matched_names(rule, each)) is not None]
    most, n = rule.above or 0, len(matching)
    counts = Counter(name for _, names in matching for name in names)
    bad = {name: float(count) for name, count in counts.items() if count > most}
    first = matching[0][0] if matching else None
    example = f"{first.subject}: {first.description}" if first else ""
    return _Look(window, n > most, _counted(n), n, bad, example)


def _all_violations(rule: Rule, window: SeenWindow) -> _Look:
    n = 0 if window.status == COMPLETED else window.n_violations or 1
    return _Look(window, n > (rule.above or 0), _counted(n), n, example=None)


def _first_violation(window: SeenWindow) -> str:
    found = window.details.violations if window.details else []
    return f"{found[0].subject}: {found[0].description}" if found else ""


def _matched_names(rule: Rule, violation: Any) -> list[str] | None:
    """The features of a violation that the rule is about; None if it is not about the violation."""
    if not is_matched(rule.match.check, violation.check):
        return None
    names = dict.fromkeys([*violation.columns, violation.subject])
    matched = [name for name in names if name and is_matched(rule.match.feature, name)]
    return matched if matched or rule.match.feature is None else None


def _distances(rule: Rule, window: SeenWindow) -> _Look | None:
    if window.details is None:
        return None
    limit = rule.above or 0.0
    bad = {
        name: distance
        for name, distance in window.details.distances.items()
        if distance > limit and is_matched(rule.match.feature, name)
    }
    ranked = sorted(bad.items(), key=lambda pair: (-pair[1], pair[0]))
    named = ", ".join(f"{name} {distance:.3g}" for name, distance in ranked[:MOST_NAMED])
    more = f" and {len(bad) - MOST_NAMED} more" if len(bad) > MOST_NAMED else ""
    what = f"distance above {limit:g} of {named}{more}" if bad else ""
    return _Look(window, bool(bad), what, by_feature=bad)


def _by_feature(rule: Rule, looks: Sequence[_Look]) -> list[Finding]:
    counts = Counter(name for look in looks for name in look.by_feature or {})
    latest = {name: look for look in reversed(looks) for name in look.by_feature or {}}
    named = [name for name, n in counts.items() if n >= rule.windows]
    named.sort(key=lambda name: (-(latest[name].by_feature or {})[name], name))
    return [_finding(rule, latest[name], name, counts[name], len(looks)) for name in named[:MOST_FEATURES]]


def _finding(rule: Rule, look: _Look, feature: str | None, n_bad: int, n_seen: int) -> Finding:
    value = (look.by_feature or {}).get(feature) if feature is not None else None
    what, n_violations = look.what, look.n_violations
    if value is not None and rule.when == "distance":
        what = f"distance {value:.3g} of {feature}, above {rule.above:g}"
    elif value is not None:
        what, n_violations = f"{_counted(int(value))} of {feature}", int(value)
    example = _first_violation(look.window) if look.example is None else look.example
    sentences = [f"Window {span(look.window)}: {what}.", example if feature is None else ""]
    if rule.n_last > 1:
        sentences.append(
            f"{n_bad} of the last {n_seen} windows were bad; the rule asks for {rule.windows} of "
            f"{rule.n_last}."
        )
    reason = " ".join(each for each in sentences if each)
    return Finding(feature, what, reason, n_bad, n_seen, look.window, n_violations, value)


def span(window: SeenWindow) -> str:
    """When it was, in words."""
    start, end = window.start_at, window.end_at
    until = f"{end:%H:%M}" if start.date() == end.date() else f"{end:%Y-%m-%d %H:%M}"
    return f"{start:%Y-%m-%d %H:%M} to {until} UTC"


def _counted(n: int) -> str:
    return f"{n} violation" + "s" * (n != 1)
