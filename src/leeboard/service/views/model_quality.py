"""Model quality over time, and a window's matrix and curves beside the baseline's."""

from dataclasses import dataclass

from leeboard.formats.summary import MeasureSummary, QualityPicture
from leeboard.service.service import Service
from leeboard.service.views.over_time import OverTime, over_time
from leeboard.service.views.windows import baseline_quality


@dataclass(frozen=True, slots=True)
class QualityTold:
    """What a page shows of model quality.

    Attributes:
        measures: of the window, what is broken first, then what has a limit.
        picture, baseline: matrix and curves of either side; None where there are none.
    """

    over: OverTime
    measures: tuple[MeasureSummary, ...]
    picture: QualityPicture | None
    baseline: QualityPicture | None

    def measure(self, name: str) -> MeasureSummary | None:
        return next((one for one in self.measures if one.name == name), None)

    @property
    def names(self) -> list[str]:
        """Of all measures that some window has, in the order of the last one."""
        return list(dict.fromkeys([*(one.name for one in self.measures), *self.over.history.measures]))


def quality_told(service: Service, schedule: str, *, window: str, limit: int) -> QualityTold:
    """A schedule of model quality.

    Raises:
        ResourceNotFoundError: there is no such schedule, or it has no such window.
    """
    over = over_time(service, schedule, window, monitoring_type="ModelQuality", limit=limit)
    measures = over.summary.measures if over.summary else []
    return QualityTold(
        over=over,
        measures=tuple(sorted(measures, key=lambda one: (not one.is_broken, one.limit is None))),
        picture=over.summary.quality if over.summary else None,
        baseline=baseline_quality(service, over.window) if over.window else None,
    )
