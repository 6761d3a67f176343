"""What the merges of the demo found: they are processing jobs beside those of the analyses."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from leeboard.cli.demo.clients import Clients
from leeboard.errors import EngineError

LOG_GROUP = "/aws/sagemaker/ProcessingJobs"


@dataclass(frozen=True, slots=True)
class Merged:
    """How many requests and labels of an hour found each other.

    Attributes:
        n_replaced: labels that a later one took the place of.
    """

    n_captured: int
    n_labelled: int
    n_replaced: int


def merged_for(clients: Clients, schedule: str, scheduled_at: datetime) -> Merged:
    """What the merge says that went before an execution's analysis.

    Raises:
        EngineError: there is none.
    """
    listed = clients.sagemaker.list_processing_jobs(
        NameContains=f"groundtruth-merge-{scheduled_at:%Y%m%d%H%M}", MaxResults=100
    )
    for summary in listed["ProcessingJobSummaries"]:
        name = summary["ProcessingJobName"]
        job = clients.sagemaker.describe_processing_job(ProcessingJobName=name)
        if job.get("MonitoringScheduleArn", "").endswith(f"/{schedule}"):
            return _read(_log(clients, name))
    raise EngineError(f"there is no merge for {schedule} at {scheduled_at:%Y-%m-%d %H:%M}")


def _log(clients: Clients, job: str) -> str:
    streams = clients.logs.describe_log_streams(logGroupName=LOG_GROUP, logStreamNamePrefix=f"{job}/")
    lines: list[dict[str, Any]] = []
    for stream in streams["logStreams"]:
        found = clients.logs.get_log_events(
            logGroupName=LOG_GROUP, logStreamName=stream["logStreamName"], startFromHead=True
        )
        lines += found["events"]
    return "\n".join(line["message"] for line in lines)


def _read(log: str) -> Merged:
    return Merged(
        n_captured=_number(r"of ([\d,]+) captured records have a label", log),
        n_labelled=_number(r"([\d,]+) of [\d,]+ captured records have a label", log),
        n_replaced=_number(r"([\d,]+) labels? w\w+ replaced", log),
    )


def _number(pattern: str, log: str) -> int:
    """What stands in the line that fits; 0 if none does."""
    found = re.search(pattern, log)
    return int(found[1].replace(",", "")) if found else 0
