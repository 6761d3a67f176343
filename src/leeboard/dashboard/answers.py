"""What the function of a page gives back."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

Cell = str | int | float | bool | None


@dataclass(frozen=True, slots=True)
class Table:
    """Rows that can be taken away as CSV or JSON.

    Args:
        columns: their names, units included.
        rows: made when somebody asks for them.
    """

    columns: tuple[str, ...]
    rows: Callable[[], Iterable[Sequence[Cell]]]


@dataclass(frozen=True, slots=True)
class View:
    """A page, drawn by a template.

    Args:
        template: below `templates/`.
        title: of the page and of the window.
        trail: where it stands: (text, path) of the pages above it.
        tables: its data by name, for `?export=csv&table=NAME`.
        fragment: name of the block that is drawn alone where a part is wanted; the whole page without.
        has_charts: whether the page, or a part that it may get, draws any.
    """

    template: str
    title: str
    context: Mapping[str, Any] = field(default_factory=dict)
    trail: tuple[tuple[str, str], ...] = ()
    tables: Mapping[str, Table] = field(default_factory=dict)
    fragment: str | None = None
    has_charts: bool = False
    status: int = 200


@dataclass(frozen=True, slots=True)
class Redirect:
    """On to another page of the dashboard.

    Args:
        path: below the dashboard, with its query: `/schedules/hourly`.
        notice: shown there once.
        is_bad: whether the notice says that something did not work.
    """

    path: str
    notice: str = ""
    is_bad: bool = False


@dataclass(frozen=True, slots=True)
class Download:
    """A file, saved rather than shown."""

    name: str
    content_type: str
    content: bytes | Iterator[bytes]


@dataclass(frozen=True, slots=True)
class Shown:
    """Bytes that the browser shows as they are.

    Args:
        headers: beside those of every answer, and before them where both have one.
    """

    content_type: str
    content: bytes
    headers: Mapping[str, str] = field(default_factory=dict)


Answer = View | Redirect | Download | Shown
