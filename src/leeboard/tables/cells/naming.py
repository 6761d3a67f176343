"""Names of columns: from a header, by position, or made up."""

from collections import Counter
from collections.abc import Collection, Sequence
from typing import TypeVar

from leeboard.errors import FormatError

T = TypeVar("T")


def position_name(position: int) -> str:
    """The name of a column that has none."""
    return f"_c{position}"


def names_by_position(names: Sequence[str] | None, n_columns: int) -> list[str]:
    """The first names; columns beyond them are named after their position."""
    given = list(names or ())[:n_columns]
    return given + [position_name(i) for i in range(len(given), n_columns)]


def named_by_position(
    names: Sequence[str] | None, cells: Sequence[T], dropped: Collection[int] = ()
) -> dict[str, T]:
    """Cells under the names at their positions, less those at the dropped positions.

    The names may be those of all cells, or of the cells that are left.

    >>> named_by_position(["a", "b"], [1, 2, 3], dropped={0})
    {'a': 2, 'b': 3}
    >>> named_by_position(["a", "b", "c"], [1, 2, 3], dropped={0})
    {'b': 2, 'c': 3}
    """
    kept = [i for i in range(len(cells)) if i not in dropped]
    if names is not None and len(names) == len(kept):
        return {name: cells[i] for name, i in zip(names, kept, strict=True)}
    all_names = names_by_position(names, len(cells))
    return {all_names[i]: cells[i] for i in kept}


def checked_names(names: Sequence[str | None], uri: str, otherwise: str = "") -> list[str]:
    """The names of a header.

    Args:
        names: as they stand there.
        uri: for messages only, as what follows.
        otherwise: what the user can do if these are no names.

    Raises:
        FormatError: a name is empty, or there twice.
    """
    empty = [str(i) for i, name in enumerate(names, 1) if not name]
    if empty:
        raise FormatError(
            f"{uri} has no name for column {', '.join(empty)} of {len(names)}; name every column{otherwise}",
            uri,
            1,
        )
    twice = [f"{name!r}" for name, n in Counter(names).items() if n > 1]
    if twice:
        raise FormatError(
            f"{uri} has more than one column named {', '.join(twice)}; column names must differ: "
            f"rename some{otherwise}",
            uri,
            1,
        )
    return [name for name in names if name]
