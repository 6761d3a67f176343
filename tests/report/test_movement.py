from math import inf

import pytest

from leeboard.compare import DriftScore
from leeboard.report.movement import moves_of, use_of_limit


def score(distance: float, threshold: float, *, drifted: bool, decision: str = "evidence") -> DriftScore:
    return DriftScore("x", "ks", distance, threshold, None, None, drifted, decision)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("given", "ratio"),
    [
        (score(0.2, 0.1, drifted=True), 2.0),
        (score(0.2, 0.1, drifted=False), 2.0),  # large, but chance explains it
        (score(0.01, 0.1, drifted=True, decision="threshold"), 10.0),  # the distance is a p-value
        (score(0.5, 0.1, drifted=False, decision="threshold"), 0.2),  # so is this one
        (score(0.1, 0.1, drifted=False, decision="threshold"), 1.0),
        (score(0.1, 0.0, drifted=True), inf),
        (score(0.0, 0.0, drifted=False), 0.0),
    ],
)
def test_the_use_of_a_limit_is_above_one_on_its_wrong_side(given: DriftScore, ratio: float) -> None:
    assert use_of_limit(given) == pytest.approx(ratio)


def test_of_several_scores_of_a_column_the_most_alarming_is_told() -> None:
    scores = [score(0.09, 0.1, drifted=False), score(0.2, 0.1, drifted=True), score(0.3, 0.1, drifted=False)]
    assert moves_of(scores)["x"].score is scores[1]
