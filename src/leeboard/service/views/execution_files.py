"""The report files of an execution, to be shown and taken away."""

from collections.abc import Iterator

from leeboard.service.executions import Execution
from leeboard.service.service import Service
from leeboard.service.views.execution import existing
from leeboard.service.views.windows import file_of_window
from leeboard.service.window_files import Opened
from leeboard.storage import open_read

SHOWN_BYTES = 256 << 10
REPORT_BYTES = 64 << 20
CHUNK_BYTES = 1 << 20


def opened_file(
    service: Service, number: str, name: str, *, most_bytes: int
) -> tuple[Execution, Opened | None]:
    """The execution of that id, and the beginning of one of its files; None if there is no such file.

    Raises:
        ResourceNotFoundError: there is no such execution.
        InputError: the name leads out of the folder, or the store does not answer.
    """
    with service.database.read() as connection:
        execution = existing(connection, number)
    return execution, file_of_window(service, execution, name, most_bytes=most_bytes)


def content_of(opened: Opened) -> Iterator[bytes]:
    """All of a file, piece by piece."""
    with open_read(opened.file.uri) as stream:
        while piece := stream.read(CHUNK_BYTES):
            yield piece
