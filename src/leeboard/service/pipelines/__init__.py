"""Pipelines: their definitions, and how an execution goes from step to step."""
