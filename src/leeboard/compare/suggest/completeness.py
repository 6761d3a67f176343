"""Not more missing cells than in the baseline."""

from leeboard.compare.suggest import SuggestionRule
from leeboard.profile import ColumnProfile


def of_column(column: ColumnProfile) -> dict[str, float]:
    return {"completeness": column.completeness.share}


ENTRY = SuggestionRule("completeness", of_column)
