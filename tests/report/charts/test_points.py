import polars as pl

from leeboard.formats.statistics import (
    Bucket,
    Common,
    FeatureStatistics,
    Kll,
    NumericalDistribution,
    NumericalStatistics,
    Sketch,
)
from leeboard.profile.statistics import to_statistics
from leeboard.profile.table import TableProfile
from leeboard.report.charts.points import counts_of, numbers_in, points_of
from leeboard.tables import Block


def numeric(kll: Kll) -> FeatureStatistics:
    statistics = NumericalStatistics(
        common=Common(num_present=3, num_missing=0), mean=0, sum=0, std_dev=0, min=0, max=0,
        distribution=NumericalDistribution(kll=kll),
    )  # fmt: skip
    return FeatureStatistics(name="x", inferred_type="Fractional", numerical_statistics=statistics)


def feature(values: list[object]) -> FeatureStatistics:
    frame = pl.DataFrame({"x": values}, strict=False)
    return to_statistics(TableProfile.of(Block(frame))).features[0]


def test_a_value_on_level_one_of_a_sketch_stands_for_two_cells() -> None:
    found = points_of(numeric(Kll(sketch=Sketch(data=[[2.0], [1.0]]))))
    assert found is not None
    assert found.values.tolist() == [1.0, 2.0]
    assert found.weights.tolist() == [2.0, 1.0]
    assert found.quantile(0.5) == 1.0
    assert found.quantile(0.9) == 2.0


def test_without_a_sketch_the_buckets_are_spread_evenly() -> None:
    found = points_of(numeric(Kll(buckets=[Bucket(lower_bound=0, upper_bound=10, count=40)])))
    assert found is not None
    assert found.total == 40
    assert found.quantile(0.5) == 4.75


def test_no_number_in_the_file_is_no_distribution() -> None:
    assert points_of(numeric(Kll())) is None
    assert points_of(feature([None])) is None


def test_cells_whose_value_is_not_listed_count_as_others() -> None:
    found = counts_of(feature([f"v{i:04d}" for i in range(200)]))
    assert found is not None
    assert len(found.counts) == 120
    assert found.other == 80


def test_numbers_with_two_spellings_are_one_value() -> None:
    found = counts_of(feature(["1", "1.0", "2"]))
    assert found is not None
    assert found.counts == {"1": 2.0, "2": 1.0}


def test_a_text_column_that_is_mostly_numbers_gives_them_back() -> None:
    found = counts_of(feature(["1", "2.5", "2.5", "n/a"]))
    assert found is not None
    numbers = numbers_in(found)
    assert numbers is not None
    assert numbers.values.tolist() == [1.0, 2.5]
    assert numbers.weights.tolist() == [1.0, 2.0]


def test_a_text_column_that_is_mostly_text_gives_none() -> None:
    found = counts_of(feature(["1", "a", "b"]))
    assert found is not None
    assert numbers_in(found) is None
