"""How well a model predicts, measured against labels: one mergeable state for each type of problem."""

from leeboard.measures.quality.recipe import QualityRecipe, QualityState
from leeboard.measures.quality.statistics import to_statistics
from leeboard.measures.quality.task import QualityTask

__all__ = ["QualityRecipe", "QualityState", "QualityTask", "to_statistics"]
