import numpy as np
import pytest

from leeboard.report.charts.bins import histogram
from leeboard.report.charts.points import Points


def points(*values: float) -> Points:
    return Points.of(np.array(values, dtype=float), np.ones(len(values)))


def test_whole_numbers_have_a_bin_each_around_them() -> None:
    found = histogram(points(0, 1, 1, 3), None)
    assert found is not None
    assert found.baseline is not None
    assert found.edges.tolist() == [-0.5, 0.5, 1.5, 2.5, 3.5]
    assert found.baseline.shares.tolist() == [0.25, 0.5, 0.0, 0.25]
    assert found.current is None


def test_both_sides_share_bins_and_count_their_own_shares() -> None:
    found = histogram(points(0, 1), points(1, 1, 1, 2))
    assert found is not None
    assert found.baseline is not None
    assert found.current is not None
    assert found.baseline.shares.tolist() == [0.5, 0.5, 0.0]
    assert found.current.shares.tolist() == [0.0, 0.75, 0.25]


def test_a_unit_change_by_a_thousand_keeps_both_sides_readable() -> None:
    values = np.random.default_rng(1).lognormal(3, 1, 2000)
    found = histogram(points(*values), points(*values * 1000))
    assert found is not None
    assert found.baseline is not None
    assert found.current is not None
    assert found.scale.bend > 0
    assert (found.baseline.shares > 0.01).sum() >= 5
    assert (found.current.shares > 0.01).sum() >= 5


def test_a_far_value_is_told_and_does_not_squeeze_the_rest() -> None:
    values = [*np.linspace(0.25, 10.25, 999), 1e9]
    found = histogram(points(*values), None)
    assert found is not None
    assert found.baseline is not None
    assert found.edges[-1] < 11
    # the far value, and what is beyond the central 99.5 %: 995 of 1,000 values are on or left of the edge
    assert found.baseline.above == pytest.approx(0.005)
    assert found.baseline.highest == 1e9


def test_shares_inside_and_outside_are_everything() -> None:
    found = histogram(points(*np.random.default_rng(3).standard_cauchy(5000)), None)
    assert found is not None
    side = found.baseline
    assert side is not None
    assert side.shares.sum() + side.below + side.above == pytest.approx(1)


@pytest.mark.parametrize(
    "values",
    [(7.0,), (0.0, 0.0), (-1.7e308, 1.7e308), (1e300,), (1.79e308, 1.79e308), (5e-324, 1.0), (0.1, 0.1)],
)
def test_odd_numbers_still_have_finite_rising_edges(values: tuple[float, ...]) -> None:
    for found in (histogram(points(*values), None), histogram(points(*values), points(1.0, 2.0))):
        assert found is not None
        assert np.isfinite(found.edges).all()
        assert (np.diff(found.edges) > 0).all()


def test_no_number_on_either_side_has_no_histogram() -> None:
    assert histogram(None, points()) is None
