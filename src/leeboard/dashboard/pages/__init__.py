"""The pages of the dashboard; a module of this folder holds those on one thing."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from leeboard.dashboard.answers import Answer
from leeboard.dashboard.visit import Visit
from leeboard.roster import Roster

Role = Literal["reader", "editor"]


@dataclass(frozen=True, slots=True)
class Page:
    """One address below the dashboard, and what answers it.

    Args:
        path: as Starlette writes it: `/endpoints/{name}`; the number of a row is `{number:row}`.
        role: of the visitors who may ask; an editor may all that a reader may.
    """

    method: Literal["GET", "POST"]
    path: str
    answer: Callable[[Visit], Answer]
    role: Role = "reader"


@dataclass(frozen=True, slots=True)
class Pages:
    """The pages on one thing.

    Args:
        order: of those in the navigation, which have a `tab`.
        tab: what the navigation calls it, and the path that it leads to.
    """

    name: str
    pages: tuple[Page, ...]
    tab: tuple[str, str] | None = None
    order: int = 100


PAGES = Roster("group of pages", __name__, Pages)
