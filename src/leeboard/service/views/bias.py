"""Bias over time: the measures of one group of a facet."""

from dataclasses import dataclass

from leeboard.formats.summary import BiasSummary
from leeboard.service.service import Service
from leeboard.service.views.over_time import OverTime, over_time

Group = tuple[str, str]
"""Facet and group."""


@dataclass(frozen=True, slots=True)
class BiasTold:
    """What a page shows of bias.

    Attributes:
        groups: all that there are, those with something broken in the window first.
        group: the chosen one; None if there is none.
        measures: of the chosen group in the window.
    """

    over: OverTime
    groups: tuple[Group, ...]
    group: Group | None
    measures: tuple[BiasSummary, ...]

    @property
    def broken_groups(self) -> set[Group]:
        summary = self.over.summary
        return {(one.facet, one.group) for one in (summary.bias if summary else ()) if one.is_broken}

    @property
    def names(self) -> list[str]:
        """Of the measures of the group that have a value somewhere, what is broken first."""
        known = [one.metric for one in sorted(self.measures, key=lambda one: not one.is_broken)]
        measured = [key[2] for key in self.over.history.bias if key[:2] == self.group]
        return list(dict.fromkeys([*known, *measured]))

    def measure(self, name: str) -> BiasSummary | None:
        return next((one for one in self.measures if one.metric == name), None)


def bias_told(
    service: Service, schedule: str, *, window: str, facet: str, group: str, limit: int
) -> BiasTold:
    """A schedule of bias.

    Args:
        facet, group: "" for the one that needs a look first.

    Raises:
        ResourceNotFoundError: there is no such schedule, or it has no such window.
    """
    over = over_time(service, schedule, window, monitoring_type="ModelBias", limit=limit)
    found = over.summary.bias if over.summary else []
    of_window = [(one.facet, one.group) for one in sorted(found, key=lambda one: not one.is_broken)]
    groups = tuple(dict.fromkeys([*of_window, *(key[:2] for key in over.history.bias)]))
    chosen = next((one for one in groups if one == (facet, group)), groups[0] if groups else None)
    measures = tuple(one for one in found if (one.facet, one.group) == chosen)
    return BiasTold(over, groups, chosen, measures)
