"""Search over what is kept: expressions, and what belongs to a model."""
