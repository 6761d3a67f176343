"""Where things are kept: a folder for each UTC hour, below names of endpoints and schedules."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from uuid import NAMESPACE_URL, UUID, uuid5

from leeboard.errors import InputError
from leeboard.storage import Uri, join

HOUR = timedelta(hours=1)
HOUR_FOLDER = re.compile(r"(?:^|[/\\])(\d{4})[/\\](\d\d)[/\\](\d\d)[/\\](\d\d)(?![^/\\])")


def hour_of(at: datetime) -> datetime:
    """The begin of the UTC hour that `at` lies in.

    Raises:
        InputError: for a time without a zone, here and wherever this room takes one.
    """
    if at.utcoffset() is None:
        raise InputError(
            f"the time {at.isoformat()} has no zone, so its hour folder is not known: "
            f"give it one, as in datetime(..., tzinfo=UTC)"
        )
    return at.astimezone(UTC).replace(minute=0, second=0, microsecond=0)


def hour_folder(root: Uri, *names: str, at: datetime) -> str:
    """The folder of the hour that `at` lies in, below `root` and `names`.

    >>> hour_folder("s3://bucket/labels/", at=datetime(2022, 4, 18, 0, 20, tzinfo=UTC))
    's3://bucket/labels/2022/04/18/00'
    """
    return join(root, *names, hour_of(at).strftime("%Y/%m/%d/%H"))


def hours_of(start: datetime, end: datetime) -> list[datetime]:
    """The hours that share time with [start, end), in order; none for an empty window.

    Raises:
        InputError: if the window ends before it begins.
    """
    if end < start:
        raise InputError(f"the window ends before it begins: {start.isoformat()} to {end.isoformat()}")
    hour, found = hour_of(start), []
    while start < end and hour < end:
        found.append(hour)
        hour += HOUR
    return found


def hour_in(uri: str) -> datetime | None:
    """The hour of the hour folder in a URI, the last one if several look like one; None if none does.

    >>> hour_in("s3://bucket/churn/AllTraffic/2022/04/18/00/20-48-871-a.jsonl")
    datetime.datetime(2022, 4, 18, 0, 0, tzinfo=datetime.timezone.utc)
    """
    return next(_hours_in(uri), None)


def _hours_in(uri: str) -> Iterator[datetime]:
    for numbers in reversed(HOUR_FOLDER.findall(uri)):
        try:
            yield datetime.strptime("/".join(numbers) + "+0000", "%Y/%m/%d/%H%z").astimezone(UTC)
        except ValueError:  # 2022/13/40/99: digits, but no hour
            continue


def capture_key(destination: Uri, endpoint: str, variant: str, *, at: datetime, unique_id: UUID | str) -> str:
    """The file of captured traffic whose first record came at `at`."""
    folder = hour_folder(destination, endpoint, variant, at=at)
    first = at.astimezone(UTC)
    return join(folder, f"{first:%M-%S}-{first.microsecond // 1000:03}-{unique_id}.jsonl")


def merged_name(job: str) -> str:
    """The file in which a merge job puts the records of one hour; a repeated run replaces it.

    >>> merged_name("groundtruth-merge-202105180100-7ac15fd1c4d5eb0897f6f9c1")
    'part-00000-5e227cf4-9e23-5800-92aa-06cb90c99f0b.c000.jsonl'
    """
    return f"part-00000-{uuid5(NAMESPACE_URL, job)}.c000.jsonl"


def report_folder(output: Uri, *, schedule: str, at: datetime, endpoint: str | None = None) -> str:
    """Where the results of one execution go.

    Args:
        at: the scheduled time, which may be before the time of the run.
        endpoint: the watched endpoint; None for batch data.
    """
    return hour_folder(output, *([endpoint] if endpoint else []), schedule, at=at)
