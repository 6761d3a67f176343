"""What a job of an execution wrote, with its scripts' output."""

from dataclasses import dataclass

from sqlalchemy import Connection

from leeboard.service.cloudwatch.log_events import MOST_LINES, Page, Place, stream_page
from leeboard.service.logs import PROCESSING_GROUP, stream_of
from leeboard.service.resources import Resource


@dataclass(frozen=True, slots=True)
class Lines:
    """Lines of a log.

    Attributes:
        texts: with their times before them.
        last: number of the last line, behind which the next ones are.
        is_cut: there are more behind it already.
        is_begun_later: there are some before the first.
    """

    texts: tuple[str, ...]
    last: int = 0
    is_cut: bool = False
    is_begun_later: bool = False

    @property
    def text(self) -> str:
        return "".join(f"{line}\n" for line in self.texts)


def last_lines(connection: Connection, job: Resource, *, limit: int) -> Lines:
    """The end of a job's log."""
    page = _page(connection, job, Place(is_forward=False), limit)
    return _lines(page, 0, is_begun_later=len(page.lines) == limit) if page else Lines(())


def read_log(connection: Connection, job: Resource, *, after: int, limit: int = MOST_LINES) -> Lines:
    """Lines behind the one with that number."""
    page = _page(connection, job, Place(is_forward=True, line=after), limit)
    if page is None or not page.lines:
        return Lines((), after)
    return _lines(page, after, is_cut=bool(_page(connection, job, Place(True, page.lines[-1].id), 1).lines))  # type: ignore[union-attr]


def _page(connection: Connection, job: Resource, place: Place, limit: int) -> Page | None:
    """All attempts of a job write to one stream, that of its first start."""
    if job.started_at is None:
        return None
    stream = stream_of(job.name, job.started_at)
    return stream_page(connection, PROCESSING_GROUP, stream, place, start_ms=None, end_ms=None, limit=limit)


def _lines(page: Page, after: int, *, is_cut: bool = False, is_begun_later: bool = False) -> Lines:
    texts = tuple(f"{row.at:%Y-%m-%d %H:%M:%S} {row.message}" for row in page.lines)
    return Lines(texts, page.lines[-1].id if page.lines else after, is_cut, is_begun_later)
