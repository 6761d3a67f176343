"""Names of jobs and folders of results: fixed by the execution, so that a repeated run replaces its own."""

from datetime import UTC, datetime
from hashlib import sha256

from leeboard.service.monitor_types import MONITOR_TYPES
from leeboard.storage import Uri, join
from leeboard.storage.layout import report_folder

MERGE_KIND = "groundtruth-merge"
JOB_KINDS = {each.aws: each.job_kind for each in MONITOR_TYPES.values()}
"""What the analysis job of a MonitoringType is called."""
LONGEST_NAME = 63
N_HEX = 24


def job_name(kind: str, scheduled_at: datetime, seed: str) -> str:
    """`{kind}-{yyyyMMddHHmm}-{24 hex}`; the jobs of one execution differ in their kind alone.

    The hexadecimal part is shorter where the whole would be longer than 63 characters, which
    AWS's names of jobs may not be.

    >>> job_name("groundtruth-merge", datetime(2021, 5, 18, 1, tzinfo=UTC), "execution 7")
    'groundtruth-merge-202105180100-7ac15fd1c4d5eb0897f6f9c1'

    Args:
        seed: the id of the execution: the same id gives the same name.
    """
    stem = f"{kind}-{scheduled_at.astimezone(UTC):%Y%m%d%H%M}-"
    n_hex = min(N_HEX, LONGEST_NAME - len(stem))
    return stem + sha256(seed.encode()).hexdigest()[:n_hex]


def result_folder(output: Uri, *, schedule: str, scheduled_at: datetime, endpoint: str | None = None) -> str:
    """Where the results of an execution go: the folder of its scheduled hour.

    A time that is not on the hour has the minute as one more folder, or the runs of a schedule of
    minutes would replace each other.

    >>> at = datetime(2026, 1, 2, 3, 20, tzinfo=UTC)
    >>> result_folder("s3://b/out/", schedule="drift", endpoint="churn", scheduled_at=at)
    's3://b/out/churn/drift/2026/01/02/03/20'
    """
    folder = report_folder(output, schedule=schedule, at=scheduled_at, endpoint=endpoint)
    minute = scheduled_at.astimezone(UTC).minute
    return join(folder, f"{minute:02}") if minute else folder
