"""The values of a text column, if they are few and come again."""

from leeboard.compare.suggest import SuggestionRule, Wishes
from leeboard.formats.constraints import StringConstraints
from leeboard.profile import ColumnProfile

MAX_VALUES = 120
MAX_UNIQUE_SHARE = 0.1
"""Share of the values that occur in one row only; with more of them, new values are to be expected."""


def of_column(column: ColumnProfile) -> dict[str, StringConstraints]:
    """Both limits are those of Deequ's suggestion of categorical ranges."""
    categories = column.categories
    if column.inferred_type != "String" or not categories.is_complete:
        return {}
    counts = categories.counts
    n_unique = sum(count == 1 for count in counts.values())
    if not 0 < len(counts) <= MAX_VALUES or n_unique > MAX_UNIQUE_SHARE * len(counts):
        return {}
    return {"string_constraints": StringConstraints(domains=list(counts))}


def of_file(_: Wishes) -> dict[str, float]:
    return {"domain_content_threshold": 1.0}


ENTRY = SuggestionRule("domains", of_column, of_file)
