from math import inf

import numpy as np
import pytest
from bias_rows import by_name, findings_of, rows_of, sex_is

from leeboard.measures.bias import bootstrap
from leeboard.measures.bias.bootstrap import Intervals

HUNDREDS = {"a": (30, 20, 25, 25), "d": (20, 20, 35, 25)}


def test_the_interval_of_a_difference_is_what_theory_says():
    found = by_name(findings_of(rows_of(HUNDREDS), sex_is("d"), intervals=Intervals(0.95, 4_000)))["DPPL"]
    deviation = (0.5 * 0.5 / 100 + 0.4 * 0.6 / 100) ** 0.5
    assert found.low == pytest.approx(0.1 - 1.96 * deviation, abs=0.015)
    assert found.high == pytest.approx(0.1 + 1.96 * deviation, abs=0.015)


def test_most_intervals_hold_the_truth():
    """95 of 100 are expected to; fewer than 85 would happen once in ten thousand times."""
    random = np.random.default_rng(3)
    n_right = 0
    for seed in range(100):
        accepted = {sex: random.binomial(150, share) for sex, share in (("a", 0.6), ("d", 0.5))}
        frame = rows_of({sex: (n, 0, 0, 150 - n) for sex, n in accepted.items()})
        found = by_name(findings_of(frame, sex_is("d", seed=seed), intervals=Intervals(0.95, 300)))["DPPL"]
        n_right += found.low <= 0.1 <= found.high
    assert n_right >= 85


def test_the_same_seed_gives_the_same_interval_and_another_seed_another():
    ends = [
        by_name(findings_of(rows_of(HUNDREDS), sex_is("d", seed=seed), intervals=Intervals()))["RD"].low
        for seed in (1, 1, 2)
    ]
    assert ends[0] == ends[1] != ends[2]


def test_every_measure_has_an_interval_around_its_value():
    frame = rows_of(HUNDREDS).with_row_index("x").with_columns(place="x")
    found = by_name(findings_of(frame, sex_is("d", group_variable="Sex"), intervals=Intervals()))
    missing = [name for name, one in found.items() if one.low is None]
    assert missing == []
    inside = [name for name, one in found.items() if one.low <= one.value <= one.high]
    assert {"DPPL", "RD", "FT", "CI", "AD", "DI", "GE"} <= set(inside)


def test_infinities_may_be_ends():
    assert Intervals(0.5).of(np.array([inf, 1.0, -inf, 2.0, inf])) == (1.0, inf)


def test_too_many_combinations_leave_out_the_group_variable(monkeypatch):
    monkeypatch.setattr(bootstrap, "MOST_NUMBERS", 10_000)
    frame = rows_of(HUNDREDS).with_row_index("place")
    found = by_name(findings_of(frame, sex_is("d", group_variable="place"), intervals=Intervals()))
    assert (found["CDDL"].low, found["CDDL"].error) == (None, None)
    assert found["DPPL"].low is not None


def test_far_too_many_combinations_have_no_intervals_but_a_note(monkeypatch):
    monkeypatch.setattr(bootstrap, "MOST_NUMBERS", 100)
    findings = findings_of(rows_of(HUNDREDS), sex_is("d"), intervals=Intervals())
    assert by_name(findings)["DPPL"].low is None
    assert any("too many combinations" in note for note in findings.notes)
