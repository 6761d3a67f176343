"""Long lists in pages."""

from dataclasses import dataclass

from leeboard.formats.whole_number import whole_number

PER_PAGE = 50


@dataclass(frozen=True, slots=True)
class Paging:
    """Which rows of a list are shown.

    Args:
        number: of the page, from 1.
        n_rows: of the whole list.
    """

    number: int
    n_rows: int
    per_page: int = PER_PAGE

    @classmethod
    def asked(cls, text: str, n_rows: int, per_page: int = PER_PAGE) -> "Paging":
        """The page that a parameter names; the nearest one that there is."""
        last = max(1, -(-n_rows // per_page))
        return cls(min(whole_number(text, least=1) or 1, last), n_rows, per_page)

    @property
    def n_pages(self) -> int:
        return max(1, -(-self.n_rows // self.per_page))

    @property
    def offset(self) -> int:
        return (self.number - 1) * self.per_page

    @property
    def first(self) -> int:
        return min(self.offset + 1, self.n_rows)

    @property
    def last(self) -> int:
        return min(self.offset + self.per_page, self.n_rows)
