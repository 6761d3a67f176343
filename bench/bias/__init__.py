"""People, groups and answers for the bench of bias, and the yardstick: one group-by in polars."""
