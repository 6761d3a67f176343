"""Everything that is forgotten once it is older than history is kept."""

from collections.abc import Callable, Iterator
from datetime import datetime

from leeboard.service.keeping import alerts, executions, jobs, pipelines
from leeboard.service.keeping.counts import Counts
from leeboard.service.service import Service

Forget = Callable[..., Iterator[Counts]]
OF_AGE: tuple[Forget, ...] = (
    executions.forget,
    pipelines.forget,
    jobs.forget,
    alerts.forget,
    alerts.forget_changes,
)
"""Jobs come after those who may name them."""


def forget(service: Service, before: datetime, *, is_trial: bool = False) -> Iterator[Counts]:
    """What went, after each portion."""
    for each in OF_AGE:
        yield from each(service, before, is_trial=is_trial)
