"""The type that the column has, in every cell."""

from leeboard.compare.suggest import SuggestionRule, Wishes
from leeboard.profile import ColumnProfile


def of_column(column: ColumnProfile) -> dict[str, str]:
    return {"inferred_type": column.inferred_type}


def of_file(_: Wishes) -> dict[str, float]:
    return {"datatype_check_threshold": 1.0}


ENTRY = SuggestionRule("data_type", of_column, of_file)
