import numpy as np
import pytest

from leeboard.compare.distributions.contingency import chi_squared_p, extreme_cell_p, p_value


def table(*counts: float) -> np.ndarray:
    return np.array(counts, dtype=float)


def test_chi_squared_of_a_two_by_two_table():
    # 30 70 against 45 55: (30*55 - 70*45)^2 * 200 / (75 * 125 * 100 * 100) = 4.8; p 0.028460
    assert chi_squared_p(table(30, 70), table(45, 55)) == pytest.approx(0.028460, abs=1e-6)


def test_sparse_cells_are_pooled_and_a_single_cell_says_nothing():
    assert chi_squared_p(table(100, 1, 1), table(100, 0, 3)) == 1.0


def test_the_extreme_cell_needs_no_large_counts():
    # 4 of 4 cells of a value fell into the sample that holds 1%: 0.01^4, two sides, two cells
    p = extreme_cell_p(table(9900, 0), table(96, 4))
    assert p == pytest.approx(4 * 0.01**4, rel=1e-6)


def test_an_empty_side_is_no_evidence():
    assert p_value(table(3, 4), table(0, 0)) == 1.0
