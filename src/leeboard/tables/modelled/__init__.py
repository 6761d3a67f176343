"""Records about a model as blocks of its label, its answer and its features."""
