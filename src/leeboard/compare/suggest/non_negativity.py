"""No negative numbers, if the baseline has none."""

from leeboard.compare.suggest import SuggestionRule
from leeboard.compare.type_match import NUMERIC_TYPES
from leeboard.formats.constraints import NumConstraints
from leeboard.profile import ColumnProfile


def of_column(column: ColumnProfile) -> dict[str, NumConstraints]:
    if column.inferred_type not in NUMERIC_TYPES:
        return {}
    return {"num_constraints": NumConstraints(is_non_negative=column.moments.min >= 0)}


ENTRY = SuggestionRule("non_negativity", of_column)
