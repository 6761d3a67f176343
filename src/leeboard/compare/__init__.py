"""Constraints from a baseline, and current data held against both."""

from leeboard.compare.finding import find
from leeboard.compare.results import Comparison, DriftScore, Finding
from leeboard.compare.suggestion import suggest_constraints

__all__ = ["Comparison", "DriftScore", "Finding", "find", "suggest_constraints"]
