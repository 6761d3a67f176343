"""Parts of the pipelines of the flows: their data, and limits that differ from what was measured."""

# mypy: ignore-errors
# The checker does not know that the scripts lie side by side.

import copy
import random

NAMES = ["_c0", "_c1", "_c2", "_c3", "_c4", "_c5"]


def numbers_csv(seed: int = 5, n: int = 150) -> str:
    """Six columns of numbers without a header: the first is a truth, the second a prediction."""
    chance = random.Random(seed)
    lines = []
    for _ in range(n):
        features = [chance.gauss(0, 1) for _ in range(4)]
        truth = sum(features)
        lines.append(",".join(f"{cell:.4f}" for cell in (truth, truth + chance.gauss(0, 0.5), *features)))
    return "\n".join(lines) + "\n"


def measured_csv(seed: int = 5) -> str:
    """The same with names for truth and prediction."""
    return f"Label,Prediction,F1,F2,F3,F4\n{numbers_csv(seed)}"


def with_text(constraints: dict, column: str) -> dict:
    """The constraints with a column declared to be text."""
    changed = copy.deepcopy(constraints)
    for feature in changed["features"]:
        if feature["name"] == column:
            feature["inferred_type"] = "String"
            feature.pop("num_constraints", None)
    return changed


def with_limit(constraints: dict, measure: str, factor: float) -> dict:
    """The constraints with another limit on one measure."""
    changed = copy.deepcopy(constraints)
    changed["regression_constraints"][measure]["threshold"] *= factor
    return changed


def with_bias(analysis: dict, stage: str, facet: str, measure: str, value: float) -> dict:
    """The analysis with another value of one measure."""
    changed = copy.deepcopy(analysis)
    for entry in changed[f"{stage}_bias_metrics"]["facets"][facet][0]["metrics"]:
        if entry["name"] == measure:
            entry["value"] = value
    return changed
