"""Batch transform: every record of stored objects through a model, and its answers to objects again."""
