"""How much each feature adds to the answers of a model, and how much that has changed."""
