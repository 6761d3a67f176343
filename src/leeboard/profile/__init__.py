"""What is known of a table after one pass: mergeable states by column."""

from leeboard.profile.table import ColumnProfile, TableProfile

__all__ = ["ColumnProfile", "TableProfile"]
