"""How the values of a column are distributed, and what can be said of two such distributions."""
