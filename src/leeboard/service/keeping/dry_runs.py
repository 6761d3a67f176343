"""Removes the files and jobs of dry runs: a day after their end, or soon after they were superseded.

A dry run is superseded by the next one of the same name and monitor, and by the schedule of that name once it
is made. Files go first, then the jobs: who dies in between finds both again, as far as they are still there.
"""

import logging
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, select

from leeboard.errors import LeeboardError
from leeboard.service import jobs
from leeboard.service.arns import PROCESSING_JOB, SCHEDULE, key_of
from leeboard.service.keeping.counts import SKEW, Counts, remove_ended, told
from leeboard.service.keeping.jobs import folders_of
from leeboard.service.resources import COLUMNS, Resource
from leeboard.service.service import Service
from leeboard.service.setup.trials import FACT, FOLDER, STEM
from leeboard.state.tables import resources
from leeboard.storage import delete, list_objects

KEPT, KEPT_SUPERSEDED = timedelta(days=1), timedelta(hours=1)
NAME = re.compile(rf"{STEM}-([0-9a-f]{{16}})-[a-z]+")
MOST = 2000
"""Jobs of one look, the oldest."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class DryRun:
    """The jobs of one dry run."""

    key: str
    steps: tuple[Resource, ...]

    @property
    def made_at(self) -> datetime:
        return min(step.created_at for step in self.steps)

    @property
    def ended_at(self) -> datetime | None:
        """None while one of its jobs has not ended."""
        if any(step.status not in jobs.ENDED for step in self.steps):
            return None
        return max(step.ended_at or step.modified_at for step in self.steps)

    @property
    def subject(self) -> tuple[str, str]:
        """Name of the schedule that it tries, and monitor."""
        fact = self.steps[0].facts[FACT]
        return key_of(fact["name"]), fact["type"]

    @property
    def roots(self) -> set[str]:
        """The folder that all of its jobs write below: its name has the key, so that it is nobody else's."""
        below = f"/{FOLDER}/{self.key}/"
        outputs = (f"{folder}/" for step in self.steps for folder in folders_of(step.document))
        return {uri.partition(below)[0] + below for uri in outputs if below in uri}


def forget(service: Service, at: datetime, *, is_trial: bool = False) -> Iterator[Counts]:
    """What went, after each dry run."""
    with service.database.read() as connection:
        due = _due(connection, at)
    for run in due:
        try:
            files = [uri for root in run.roots for uri in _files(root, run)]
            if not is_trial:
                _remove(service, run, files)
        except LeeboardError as error:
            _log.warning("the files of dry run %s stay for now: %s", run.key, error)
            return
        yield told(dry_runs=1, files_of_dry_runs=len(files))


def _due(connection: Connection, at: datetime) -> list[DryRun]:
    runs = _dry_runs(connection)
    made = _schedules(connection, {run.subject[0] for run in runs})
    return [run for run in runs if _is_due(run, runs, made, at)]


def _is_due(run: DryRun, runs: Sequence[DryRun], made: Mapping[str, datetime], at: datetime) -> bool:
    if run.ended_at is None:
        return False
    later = [other.made_at for other in runs if other.subject == run.subject and other.made_at > run.made_at]
    if (saved_at := made.get(run.subject[0])) and saved_at >= run.made_at:
        later.append(saved_at)
    superseded_at = max(min(later), run.ended_at) if later else None
    return run.ended_at <= at - KEPT or (superseded_at is not None and superseded_at <= at - KEPT_SUPERSEDED)


def _dry_runs(connection: Connection) -> list[DryRun]:
    """A digit or one of the letters a to f follows: between 0 and g in every order of letters."""
    c = resources.c
    named = (c.kind == PROCESSING_JOB, c.key >= f"{STEM}-0", c.key < f"{STEM}-g")
    rows = connection.execute(select(*COLUMNS).where(*named).order_by(c.created_at, c.id).limit(MOST))
    found: dict[str, list[Resource]] = defaultdict(list)
    for job in map(Resource.of, rows):
        name = NAME.fullmatch(job.name)
        if name and FACT in job.facts:  # others may have given a job such a name
            found[name[1]].append(job)
    return [DryRun(key, tuple(steps)) for key, steps in found.items()]


def _schedules(connection: Connection, keys: set[str]) -> dict[str, datetime]:
    """When the schedules of these names were made."""
    c = resources.c
    query = select(c.key, c.created_at).where(c.kind == SCHEDULE, c.key.in_(keys))
    return {row.key: row.created_at for row in connection.execute(query)}


def _files(root: str, run: DryRun) -> Iterator[str]:
    """What is younger than the jobs, somebody else has put there."""
    assert run.ended_at is not None  # noqa: S101 - those that have not ended are not due
    last = run.ended_at + SKEW
    yield from (one.uri for one in list_objects(root, missing_ok=True) if one.modified_at <= last)


def _remove(service: Service, run: DryRun, files: Sequence[str]) -> None:
    for uri in files:
        delete(uri)
    with service.database.write() as connection:
        remove_ended(connection, resources.c.id.in_([step.id for step in run.steps]))
