"""A profile becomes `statistics.json` as AWS writes it."""

import csv
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from leeboard.formats.reading import read_statistics, to_json
from leeboard.formats.statistics import FeatureStatistics
from leeboard.profile import TableProfile
from leeboard.profile.statistics import to_statistics
from leeboard.tables import Block

CHURN = Path(__file__).parents[3] / "shared/data/churn/training-dataset-with-header.csv"


def feature_of(column: pl.Series) -> FeatureStatistics:
    profile = TableProfile.of(Block(column.alias("c").to_frame()))
    return to_statistics(profile).features[0]


def test_numbers_of_a_small_column_are_those_of_row_order() -> None:
    feature = feature_of(pl.Series(["1", "2", None, "4.5"]))
    numbers = feature.numerical_statistics
    assert numbers is not None
    assert feature.inferred_type == "Fractional"
    assert (numbers.common.num_present, numbers.common.num_missing) == (3, 1)
    assert (numbers.mean, numbers.sum, numbers.min, numbers.max) == (2.5, 7.5, 1.0, 4.5)
    # population form: ((1.5)^2 + (0.5)^2 + (2.0)^2) / 3 = 6.5 / 3
    assert numbers.std_dev == pytest.approx((6.5 / 3) ** 0.5, rel=1e-15)
    assert numbers.distribution.kll.sketch.data == [[1.0, 2.0, 4.5]]
    assert numbers.distribution.kll.sketch.parameters.k == 2048.0


def test_buckets_are_closed_on_the_left_and_the_last_on_both_sides() -> None:
    feature = feature_of(pl.Series([str(i) for i in range(11)]))
    assert feature.numerical_statistics is not None
    buckets = feature.numerical_statistics.distribution.kll.buckets
    # 0, 1, ..., 8 one each; 9 and 10 share the last bucket
    assert [bucket.count for bucket in buckets] == [1.0] * 9 + [2.0]
    assert [bucket.lower_bound for bucket in buckets] == [float(i) for i in range(10)]
    assert buckets[-1].upper_bound == 10.0


def test_a_bucket_bound_is_min_plus_width_times_i_over_ten() -> None:
    low, high = 0.1, 0.7
    feature = feature_of(pl.Series([low, high]))
    assert feature.numerical_statistics is not None
    bounds = [bucket.lower_bound for bucket in feature.numerical_statistics.distribution.kll.buckets]
    assert bounds == [low + (high - low) * i / 10 for i in range(10)]


def test_a_constant_column_fills_one_bucket() -> None:
    feature = feature_of(pl.Series(["7"] * 5))
    assert feature.numerical_statistics is not None
    buckets = feature.numerical_statistics.distribution.kll.buckets
    assert [bucket.count for bucket in buckets] == [5.0] + [0.0] * 9
    assert {bucket.upper_bound for bucket in buckets} == {7.0}
    assert feature.numerical_statistics.std_dev == 0.0


def test_a_string_column_lists_its_values_and_counts_the_others() -> None:
    texts = [f"v{i:04}" for i in range(1_200)] + ["v0000"] * 9
    feature = feature_of(pl.Series(texts))
    strings, extension = feature.string_statistics, feature.leeboard
    assert strings is not None
    assert extension is not None
    assert strings.distinct_count == 1_200.0
    buckets = strings.distribution.categorical.buckets
    assert (buckets[0].value, buckets[0].count, len(buckets)) == ("v0000", 10, 120)
    assert extension.values is not None
    assert len(extension.values) == 1_000
    assert extension.other_count == 200
    assert extension.count_error == 0


def test_a_column_without_cells_is_unknown() -> None:
    feature = feature_of(pl.Series([None, None], dtype=pl.String))
    assert feature.inferred_type == "Unknown"
    assert feature.numerical_statistics is None
    assert feature.string_statistics is None


def test_every_number_is_finite_even_where_sums_overflow() -> None:
    feature = feature_of(pl.Series([1.7e308, 1.7e308, -1.7e308] * 3))
    assert feature.numerical_statistics is not None
    numbers = feature.numerical_statistics
    assert np.isfinite([numbers.mean, numbers.sum, numbers.std_dev]).all()


def test_the_file_reads_back_as_it_was() -> None:
    frame = pl.DataFrame({"n": [1, 2, None], "x": [0.1, 0.2, 0.3], "s": ["a", "b", "a"]})
    statistics = to_statistics(TableProfile.of(Block(frame)))
    assert read_statistics(to_json(statistics)) == statistics


@pytest.mark.skipif(not CHURN.exists(), reason="the churn data are not beside the project")
def test_the_churn_training_data_give_what_aws_recorded_for_them() -> None:
    with CHURN.open(newline="") as file:
        header, *rows = csv.reader(file)
    frame = pl.DataFrame(rows, schema=dict.fromkeys(header, pl.String), orient="row")
    features = {f.name: f for f in to_statistics(TableProfile.of(Block(frame))).features}
    churn = features["Churn"].numerical_statistics
    length = features["Account Length"].numerical_statistics
    day = features["Day Mins"].numerical_statistics
    assert churn is not None
    assert length is not None
    assert day is not None
    assert features["Churn"].inferred_type == features["Account Length"].inferred_type == "Integral"
    assert (round(churn.mean, 6), churn.sum, round(churn.std_dev, 6)) == (0.139306, 325.0, 0.346265)
    assert (round(length.mean, 6), round(length.std_dev, 6)) == (101.276897, 39.552442)
    assert (length.min, length.max) == (1.0, 243.0)
    first = length.distribution.kll.buckets[0]
    assert (first.lower_bound, first.upper_bound) == (1.0, 25.2)
    assert features["Day Mins"].inferred_type == "Fractional"
    assert (round(day.mean, 6), round(day.std_dev, 6), day.max) == (180.226489, 53.987179, 350.8)
    assert day.distribution.kll.buckets[0].upper_bound == 35.08
    assert sum(len(level) << i for i, level in enumerate(day.distribution.kll.sketch.data)) == 2333
