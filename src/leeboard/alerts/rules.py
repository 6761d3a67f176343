"""Rules beyond AWS's alert: what makes windows and runs bad, and how many of them are too many."""

from typing import Any, Literal

from leeboard.alerts.matching import Matchers, Part, bounded, converted
from leeboard.alerts.naming import check_name
from leeboard.errors import InputError

Severity = Literal["info", "warning", "critical"]
When = Literal[
    "violations", "distance", "failed", "no-data", "overdue",
    "pipeline-failed", "pipeline-overdue", "job-failed", "job-overdue",
]  # fmt: skip
About = Literal["schedule", "pipeline", "job"]
MATCHED: dict[About, tuple[str, ...]] = {
    "schedule": ("schedule", "endpoint", "monitor", "feature", "check"),
    "pipeline": ("pipeline",),
    "job": ("job",),
}
"""What the matchers of a rule may name, by what it is about."""
MOST_WINDOWS = 100
BUILT_IN = "schedule alert"
"""The rule of AWS's own alert, which every schedule has."""


class Rule(Part, frozen=True):
    """What is to be told of schedules, pipelines or jobs that match.

    Attributes:
        match: which schedules, and which features and checks of their windows; which pipelines or jobs.
        when: what makes a window or a run bad; what ends in `overdue` looks at the clock instead.
        windows, of: how many of the last windows, or runs, have to be bad. Equal numbers mean one after
            another.
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
    def about(self) -> About:
        """What it looks at; jobs are those that neither a schedule nor a pipeline has started."""
        kind = self.when.partition("-")[0]
        return "pipeline" if kind == "pipeline" else "job" if kind == "job" else "schedule"

    @property
    def is_by_clock(self) -> bool:
        """Whether it looks for what does not end."""
        return self.when.endswith("overdue")

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
    if rule.about == "job" and rule.n_last > 1:
        raise InputError(f"when = {rule.when!r} looks at one job at a time: leave out windows and of")
    _check_match(rule)


def _check_match(rule: Rule) -> None:
    if rule.match.rule is not None or rule.match.severity is not None:
        raise InputError("match names the rule or the severity, which are what the rule itself says")
    others = [name for about, names in MATCHED.items() if about != rule.about for name in names]
    if given := [name for name in others if getattr(rule.match, name) is not None]:
        raise InputError(
            f"match names {given[0]}, and when = {rule.when!r} is about {rule.about}s; it can name "
            f"{', '.join(MATCHED[rule.about])}"
        )
