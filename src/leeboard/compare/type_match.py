"""How much of a column is of the type that was promised."""

from leeboard.profile import ColumnProfile

NUMERIC_TYPES = ("Integral", "Fractional")


def type_match(column: ColumnProfile, expected: str | None, *, strict: bool) -> float | None:
    """Share of present cells of that type, in [0, 1]; None if there is nothing to ask.

    Strict counts cells of exactly that class. Otherwise an integral cell passes as fractional,
    and any cell passes in a column that as a whole is text, as codes are often all digits.
    """
    types = column.types
    if not types.present or expected in (None, "Unknown"):
        return None
    if expected == "Integral":
        return types.integral / types.present
    if expected == "Fractional":
        accepted = 0 if strict else types.integral
        return (types.fractional + accepted) / types.present
    if not strict and column.inferred_type == "String":
        return 1.0
    return (types.string + types.boolean) / types.present
