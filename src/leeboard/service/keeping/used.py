"""Jobs that something living refers to: definitions to the makers of baselines, pipelines to their jobs."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Self

from sqlalchemy import ColumnElement, Connection, Text, and_, or_, select, type_coerce

from leeboard.service.arns import DEFINITIONS, SCHEDULE, key_of
from leeboard.service.setup.versions import FACT
from leeboard.state.columns import EPOCH
from leeboard.state.tables import pipeline_steps, resources

EDITED = "/edited/"
"""What stands between the folder of a baseline and its edited copies."""
SKEW = timedelta(minutes=15)
"""By which clocks of servers may differ."""
JOB_ARN = re.compile(r"arn:aws:sagemaker:[^\"]{1,100}:(?:processing|transform)-job/[^\"/]{1,256}")


@dataclass(slots=True)
class Used:
    """What a look found.

    Attributes:
        names: keys of baselining jobs.
        folders: of baseline files, without the slash at their end.
        arns: of jobs of pipelines.
        last_id, read_at: the last resource and the last change that it has seen.
    """

    names: set[str] = field(default_factory=set)
    folders: set[str] = field(default_factory=set)
    arns: set[str] = field(default_factory=set)
    last_id: int = 0
    read_at: datetime = EPOCH

    @classmethod
    def read(cls, connection: Connection) -> Self:
        """By definitions and schedules."""
        found = cls()
        found._add(connection)
        return found

    def since(self, connection: Connection) -> Self:
        """The same with what has been made since, which is quick: definitions never change, schedules may."""
        c = resources.c
        has_own = and_(c.kind == SCHEDULE, c.definition.is_(None), c.modified_at >= self.read_at - SKEW)
        self._add(connection, or_(c.id > self.last_id, has_own))
        return self

    def with_pipelines(self, connection: Connection) -> Self:
        """And by the steps of pipelines."""
        c = pipeline_steps.c
        for text in connection.execute(select(type_coerce(c.step_metadata, Text))).scalars():
            self.arns.update(JOB_ARN.findall(text))
        return self

    def has(self, key: str, arn: str, folders: Iterator[str]) -> bool:
        """Whether a job is referred to.

        Args:
            folders: that it wrote to.
        """
        return key in self.names or arn in self.arns or not self.folders.isdisjoint(folders)

    def _add(self, connection: Connection, *where: ColumnElement[bool]) -> None:
        c = resources.c
        kinds = c.kind.in_((SCHEDULE, *DEFINITIONS.values()))
        query = select(c.id, c.document, c.facts, c.modified_at).where(kinds, *where)
        for row in connection.execute(query):
            self.last_id = max(self.last_id, row.id)
            self.read_at = max(self.read_at, row.modified_at)
            for told in _baselines(row.document):
                self.names.add(key_of(told.get("BaseliningJobName") or ""))
                self.folders.update(_folders(told))
            for version in row.facts.get(FACT, ()):
                self.folders.update(_folders_of(version.get("constraints") or ""))


def _baselines(document: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Of a definition, or of a schedule that has its own."""
    within = document.get("MonitoringScheduleConfig", {}).get("MonitoringJobDefinition") or {}
    names = ("BaselineConfig", *(f"{each}BaselineConfig" for each in DEFINITIONS))
    yield from (told for each in (document, within) for name in names if (told := each.get(name)))


def _folders(told: Mapping[str, Any]) -> Iterator[str]:
    for member in ("ConstraintsResource", "StatisticsResource"):
        if uri := (told.get(member) or {}).get("S3Uri"):
            yield from _folders_of(uri)


def _folders_of(uri: str) -> tuple[str, ...]:
    """Where the file is, and where it was before somebody edited it."""
    return uri.rpartition("/")[0], uri.partition(EDITED)[0], uri.rpartition(EDITED)[0]
