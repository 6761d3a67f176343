"""Times and their sketch: merged in any order, small, and close to the exact quantiles."""

from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from leeboard.service.latency.sketch import ERROR, LEAST_US, bucket_of, middle_us, packed
from leeboard.service.latency.times import Kept, Times

SHARES = (0.0, 0.001, 0.1, 0.25, 0.5, 0.9, 0.95, 0.99, 0.999, 1.0)
LENGTHS = st.lists(st.floats(0, 1e12), min_size=1, max_size=60)


def times_of(lengths: list[float]) -> Times:
    times = Times()
    for each in lengths:
        times.add(each)
    return times


def kept(times: Times) -> Times:
    """As it comes back from the database."""
    found = Times()
    if (one := Kept.unpacked(times.kept().packed())) is not None:
        found.pour(one)
    return found


def exact(lengths: list[float], share: float) -> float:
    """The smallest value that so large a share does not exceed."""
    return float(np.quantile(lengths, share, method="inverted_cdf"))


def is_close(told: float, true: float) -> bool:
    return abs(told - true) <= max(true * ERROR * (1 + 1e-9), LEAST_US)


@given(LENGTHS, st.sampled_from(SHARES))
def test_a_quantile_is_as_close_as_it_is_said_to_be(lengths: list[float], share: float) -> None:
    assert is_close(times_of(lengths).quantile_us(share), exact(lengths, share))


@given(LENGTHS, LENGTHS)
def test_what_is_merged_is_what_had_been_added_together(some: list[float], more: list[float]) -> None:
    merged = times_of(some)
    merged.merge(times_of(more))
    whole = times_of(some + more)
    assert (merged.n, merged.least_us, merged.most_us) == (whole.n, whole.least_us, whole.most_us)
    assert merged.buckets == whole.buckets
    assert merged.total_us == pytest.approx(whole.total_us)


@given(LENGTHS)
def test_what_is_kept_comes_back_as_it_was(lengths: list[float]) -> None:
    times = times_of(lengths)
    assert kept(times) == times


def test_no_times_are_kept_as_nothing() -> None:
    assert Times().kept().packed() == b""
    assert kept(Times()) == Times()
    with pytest.raises(ValueError, match="no times"):
        Times().quantile_us(0.5)


@given(st.floats(LEAST_US * 2, 1e12))
def test_no_length_differs_from_the_middle_of_its_bucket_by_more_than_the_error(length: float) -> None:
    assert abs(middle_us(bucket_of(length)) - length) <= length * ERROR * (1 + 1e-9)


def test_the_least_and_the_most_have_no_error() -> None:
    times = times_of([1234.5, 2000.0, 98765.4])
    assert (times.quantile_us(0), times.quantile_us(1)) == (1234.5, 98765.4)
    assert times_of([777.7] * 9).quantile_us(0.5) == 777.7


def test_a_day_of_latencies_is_close_to_numpys_and_small() -> None:
    random = Random(7)
    lengths = [random.lognormvariate(7.6, 0.6) + 40_000 * (random.random() < 0.02) for _ in range(50_000)]
    minutes = [times_of(lengths[n::1440]) for n in range(1440)]
    day = Times()
    for minute in minutes:
        day.pour(minute.kept())
    assert all(is_close(day.quantile_us(share), exact(lengths, share)) for share in SHARES)
    assert max(len(minute.kept().packed()) for minute in minutes) < 150
    assert len(day.kept().packed()) < 1000


def test_counts_up_to_bounds_rise_to_all() -> None:
    times = times_of([500.0, 900.0, 2_000.0, 2_000.0, 90_000.0])
    assert times.n_up_to([100, 1_000, 10_000, 1e9]) == [0, 2, 4, 5]
    assert Times().n_up_to([1, 2]) == [0, 0]


def test_times_that_differ_and_have_no_sketch_are_added_to_no_others() -> None:
    with pytest.raises(ValueError, match="no sketch"):
        Times().pour(Kept(2, 30.0, 10.0, 20.0, None))


def test_fractions_count_as_such() -> None:
    times = Times()
    times.add(100.0, 0.5)
    times.add(200.0, 2.5)
    assert (times.n, times.total_us, times.least_us) == (3.0, 550.0, 100.0)
    assert times.quantile_us(0.1) == pytest.approx(100.0, rel=ERROR)
    assert times.quantile_us(0.5) == pytest.approx(200.0, rel=ERROR)
    assert len(packed(times.buckets)) < 30
