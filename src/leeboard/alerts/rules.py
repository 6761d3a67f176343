"""Rules beyond AWS's alert: what makes windows bad, and how many of them are too many."""

from typing import Any, Literal

from leeboard.alerts.matching import Matchers, Part, bounded, converted
from leeboard.alerts.naming import check_name
from leeboard.errors import InputError

Severity = Literal["info", "warning", "critical"]
When = Literal["violations", "distance", "failed", "no-data", "overdue"]
MOST_WINDOWS = 100
BUILT_IN = "schedule alert"
"""The rule of AWS's own alert, which every schedule has."""


class Rule(Part, frozen=True):
    """What is to be told of schedules that match.

    Attributes:
        match: which schedules; and which features and checks of their windows.
        when: what makes a window bad; `overdue` looks at the clock instead of windows.
        windows, of: how many of the last windows have to be bad. Equal numbers mean one after another.
        above: least number of violations in a window less one, or the distance; more than it is bad.
        after_s: how long after its time an execution is overdue.
        per: one incident a schedule, or one a feature.
    """

    name: str
    when: When
    match: Matchers = Matchers()
    severity: Severity = "warning"
    windows: int = 1
    of: int | None = None
    above: float | None = None
    after_s: float = 3600.0
    per: Literal["schedule", "feature"] = "schedule"
    description: str = ""

    @property
    def n_last(self) -> int:
        """How many windows are looked at."""
        return self.of or self.windows

    @property
    def looks_inside(self) -> bool:
        """Whether the number of violations does not tell enough."""
        inner = self.match.feature is not None or self.match.check is not None
        return self.when == "distance" or (self.when == "violations" and (inner or self.per == "feature"))


def read_rule(document: Any) -> Rule:
    """A rule from outside.

    Raises:
        InputError: it cannot be one.
    """
    rule = converted(bounded(document), Rule)
    check_rule(rule)
    return rule


def check_rule(rule: Rule) -> None:
    """What types do not say.

    Raises:
        InputError: a value cannot be.
    """
    check_name("rule", rule.name)
    try:
        _check(rule)
    except InputError as error:
        raise InputError(f"rule {rule.name!r}: {error}") from None


def _check(rule: Rule) -> None:
    if rule.name == BUILT_IN:
        raise InputError("the name is that of the rule which every schedule has")
    if not 1 <= rule.windows <= rule.n_last <= MOST_WINDOWS:
        raise InputError(
            f"windows is {rule.windows} and of is {rule.n_last}; expected 1 <= windows <= of <= "
            f"{MOST_WINDOWS}"
        )
    if rule.when == "distance" and rule.above is None:
        raise InputError("when = 'distance' needs above, the distance that is too much")
    if rule.above is not None and not 0 <= rule.above < float("inf"):
        raise InputError(f"above is {rule.above}; expected a number of at least 0")
    if not 1 <= rule.after_s <= 31 * 86400:
        raise InputError(f"after_s is {rule.after_s:g}; expected 1 second to 31 days")
    if rule.per == "feature" and rule.when not in ("violations", "distance"):
        raise InputError(f"per = 'feature' fits violations and distance, not {rule.when}")
    if rule.match.rule is not None or rule.match.severity is not None:
        raise InputError("match names the rule or the severity, which are what the rule itself says")
