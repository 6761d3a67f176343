import numpy as np
import polars as pl
import pytest

from leeboard.compare import find, suggest_constraints
from leeboard.compare.missing_cells import more_missing_p
from leeboard.formats.constraints import DriftSettings, FeatureSettings
from leeboard.profile import TableProfile
from leeboard.profile.states.completeness import Completeness
from leeboard.profile.statistics import to_statistics
from leeboard.tables import Block


def cells(n, n_missing):
    """Numbers with so many missing cells."""
    return [None] * n_missing + [5] * (n - n_missing)


def completeness_findings(comparison):
    return [one.feature_name for one in comparison.findings if one.check == "completeness_check"]


@pytest.fixture
def incomplete(compare):
    """Columns that break their promise to be complete, of tables made of one kind of cells."""
    return lambda *args, **options: completeness_findings(compare(*args, **options))


def test_fishers_lady_is_right_three_or_more_times_by_chance():
    # of 4 missing cells 3 or 4 are in the window of 4: (4*4 + 1) / 70 ways
    assert more_missing_p(Completeness(3, 1), Completeness(1, 3)) == pytest.approx(17 / 70)


def test_fewer_missing_cells_are_no_evidence():
    # at least 0 of 3 are in the window
    assert more_missing_p(Completeness(2, 3), Completeness(5, 0)) == pytest.approx(1.0)


def test_nothing_missing_or_no_cells_are_no_evidence():
    assert more_missing_p(Completeness(5, 0), Completeness(5, 0)) == pytest.approx(1.0)
    assert more_missing_p(Completeness(0, 0), Completeness(0, 0)) == pytest.approx(1.0)


def test_every_missing_cell_in_the_window():
    # all 3 missing cells are among the window's 2 of 4 million: (1/2)^3 but for 1e-6
    p = more_missing_p(Completeness(2_000_000, 0), Completeness(1_999_997, 3))
    assert p == pytest.approx(0.125, rel=1e-5)


@pytest.mark.parametrize(("before", "now"), [(90_000, 10_200), (9_000_000, 1_001_000), (30, 9)])
def test_millions_of_rows_agree_with_scipys_distribution(before, now):
    from scipy.stats import hypergeom

    n, m = before * 100, now * 90
    p = more_missing_p(Completeness(n - before, before), Completeness(m - now, now))
    assert p == pytest.approx(hypergeom.sf(now - 1, n + m, before + now, m), rel=1e-6)


def test_a_few_more_missing_cells_by_chance_break_no_promise(incomplete):
    # 13 where 10 of 1,000 were to be expected: p about 0.25
    assert incomplete({"x": cells(10_000, 100)}, {"x": cells(1_000, 13)}) == []


def test_a_real_gap_is_found_and_worded_as_ever(compare):
    (found,) = compare({"x": cells(10_000, 100)}, {"x": cells(1_000, 30)}).findings
    assert found.description.endswith(
        "Expected completeness: 99.0%. Observed: Only 97.0% of data is complete."
    )
    assert (found.observed, found.expected) == (0.97, 0.99)


@pytest.mark.parametrize(("n_missing", "is_found"), [(109_999, False), (110_000, True)])
def test_a_tenth_more_missing_cells_matter(incomplete, n_missing, is_found):
    # in a million rows both are certain to be more than 10%
    before, now = {"x": cells(1_000_000, 100_000)}, {"x": cells(1_000_000, n_missing)}
    assert (incomplete(before, now) == ["x"]) is is_found


def test_evidence_is_adjusted_over_the_columns_of_the_window(incomplete):
    # 21 of 1,000 where 10 were to be expected: p about 0.003
    before, now = {"x": cells(10_000, 100)}, {"x": cells(1_000, 21)}
    others = {f"y{i}": cells(10_000, 100) for i in range(20)}
    quiet = {f"y{i}": cells(1_000, 10) for i in range(20)}
    assert incomplete(before, now) == ["x"]
    assert incomplete(before | others, now | quiet) == []


def promise(completeness):
    def edit(constraints):
        constraints.features[0].completeness = completeness

    return edit


def aws_file(constraints):
    constraints.monitoring_config.leeboard = None


def test_promises_that_are_not_the_baselines_own_share_are_taken_at_their_word(incomplete):
    before, now = {"x": cells(10_000, 100)}, {"x": cells(1_000, 13)}
    assert incomplete(before, now, edit=promise(0.991)) == ["x"]
    assert incomplete(before, now, edit=aws_file) == ["x"]
    assert incomplete(before, now, strict=True) == ["x"]
    assert incomplete(before, now, drift=DriftSettings(decision="threshold")) == ["x"]
    assert incomplete({"x": cells(10_000, 0)}, {"x": cells(1_000, 1)}) == ["x"]


def test_without_baseline_statistics_a_promise_is_taken_at_its_word(profile_of):
    constraints = suggest_constraints(profile_of({"x": cells(10_000, 100)}))
    assert completeness_findings(find(constraints, None, profile_of({"x": cells(1_000, 13)}))) == ["x"]


def test_a_column_may_have_a_level_of_its_own(incomplete):
    def edit(constraints):
        constraints.features[0].leeboard = FeatureSettings(false_alarm_level=0.5)

    assert incomplete({"x": cells(10_000, 100)}, {"x": cells(1_000, 13)}, edit=edit) == ["x"]


SHARES = (0.001, 0.01, 0.05, 0.2, 0.6)


def seeded(seed, n, shares=SHARES):
    """The profile of columns with so many missing cells on average."""
    draw = np.random.default_rng(seed)
    columns = {str(i): np.where(draw.random(n) < share, np.nan, 5.0) for i, share in enumerate(shares)}
    return TableProfile.of(Block(pl.DataFrame(columns)))


def test_honest_windows_raise_no_more_false_alarms_than_the_level():
    n_windows = n_false = 0
    for part in range(10):
        baseline = seeded([8, part], 5_000)
        constraints = suggest_constraints(baseline, drift=DriftSettings(false_alarm_level=0.05))
        statistics = to_statistics(baseline)
        for turn in range(30):
            window = seeded([9, part, turn], 500)
            n_false += bool(completeness_findings(find(constraints, statistics, window)))
            n_windows += 1
    assert n_false <= 0.05 * n_windows


def test_shares_of_missing_cells_that_doubled_are_found():
    baseline = seeded([10], 20_000)
    now = seeded([11], 2_000, (0.001, 0.02, 0.1, 0.4, 0.9))
    found = completeness_findings(find(suggest_constraints(baseline), to_statistics(baseline), now))
    assert found == ["1", "2", "3", "4"]
