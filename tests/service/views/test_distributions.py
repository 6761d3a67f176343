"""A feature of the baseline beside that of a window, as numbers for charts."""

import numpy as np
import polars as pl
import pytest

from leeboard.profile.statistics import to_statistics
from leeboard.profile.table import TableProfile
from leeboard.service.views.distributions import Distribution, FoundFeature, distribution
from leeboard.tables import Block

RNG = np.random.default_rng(2)


def found(*values: object) -> FoundFeature:
    (feature,) = to_statistics(TableProfile.of(Block(pl.DataFrame({"x": list(values)})))).features
    return FoundFeature(feature, len(values))


def test_numbers_of_both_sides_share_their_bins() -> None:
    made = distribution("x", found(*RNG.normal(0, 1, 500)), found(*RNG.normal(3, 1, 400)))
    assert made.kind == "numbers"
    assert made.bins is not None
    assert made.bins.baseline is not None
    assert made.bins.window is not None
    n_bins = len(made.bins.edges) - 1
    assert len(made.bins.baseline.shares) == len(made.bins.window.shares) == n_bins
    assert sum(made.bins.baseline.shares) + made.bins.baseline.above == pytest.approx(1, abs=0.01)
    assert made.bins.edges == sorted(made.bins.edges)


def test_each_side_has_its_numbers() -> None:
    made = distribution("x", None, found(1.5, 2.5, 3.5, None))
    assert made.baseline is None
    now = made.window
    assert now is not None
    assert (now.type, now.n_present, now.n_missing, now.completeness) == ("Fractional", 3, 1, 0.75)
    assert (now.mean, now.minimum, now.maximum, now.quantiles["50%"]) == (2.5, 1.5, 3.5, 2.5)


def test_texts_are_told_value_by_value() -> None:
    made = distribution("x", found("a", "b", "b", "b"), found("b", "c"))
    assert made.kind == "values"
    assert {one.value: (one.baseline, one.window, one.mark) for one in made.values} == {
        "b": (0.75, 0.5, ""),
        "c": (0.0, 0.5, "new"),
        "a": (0.25, 0.0, "gone"),
    }


def test_a_few_whole_numbers_stand_in_their_order() -> None:
    made = distribution("x", found(10, 2, 2), found(2, 3))
    assert [one.value for one in made.values] == ["2", "3", "10"]


def test_a_side_that_became_text_shows_its_numbers() -> None:
    made = distribution("x", found(*map(float, range(100))), found(*map(str, range(60)), "n/a"))
    assert made.kind == "numbers"
    assert made.notes == ("The window is text: only its values that are numbers are shown.",)


def test_a_feature_without_values_has_nothing_to_show() -> None:
    made: Distribution = distribution("x", found(None, None), None)
    assert made.kind == "nothing"
    assert made.baseline is not None
    assert (made.baseline.n_present, made.baseline.n_missing) == (0, 2)
