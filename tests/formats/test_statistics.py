import json

from leeboard.formats.reading import read_statistics, to_json

DOCUMENT = {
    "version": 0.0,
    "dataset": {"item_count": 3},
    "features": [
        {
            "name": "age",
            "inferred_type": "Integral",
            "numerical_statistics": {
                "common": {"num_present": 3, "num_missing": 0},
                "mean": 2.0,
                "sum": 6.0,
                "std_dev": 0.816496580927726,
                "min": 1.0,
                "max": 3.0,
                "distribution": {
                    "kll": {
                        "buckets": [{"lower_bound": 1.0, "upper_bound": 3.0, "count": 3.0}],
                        "sketch": {"parameters": {"c": 0.64, "k": 2048.0}, "data": [[3.0, 1.0], [2.0]]},
                    }
                },
            },
            "leeboard": {"type_counts": {"integral": 3}, "values": [{"value": "1", "count": 1}]},
        },
        {"name": "empty", "inferred_type": "Unknown"},
    ],
}


def test_numbers_sketch_and_extension_are_read() -> None:
    age = read_statistics(json.dumps(DOCUMENT)).features[0]
    assert age.numerical_statistics is not None
    assert age.numerical_statistics.distribution.kll.sketch.data == [[3.0, 1.0], [2.0]]
    assert age.leeboard is not None
    assert age.leeboard.type_counts is not None
    assert (age.leeboard.type_counts.integral, age.leeboard.type_counts.string) == (3, 0)


def test_a_file_is_written_back_as_it_was() -> None:
    assert json.loads(to_json(read_statistics(json.dumps(DOCUMENT)))) == DOCUMENT


def test_a_column_of_unknown_type_has_neither_numbers_nor_texts() -> None:
    empty = read_statistics(json.dumps(DOCUMENT)).features[1]
    assert (empty.numerical_statistics, empty.string_statistics) == (None, None)


def test_statistics_without_a_distribution_have_an_empty_one_that_is_not_written() -> None:
    texts = {"common": {"num_present": 1, "num_missing": 0}, "distinct_count": 1.0}
    feature = {"name": "a", "inferred_type": "String", "string_statistics": texts}
    document = {"dataset": {"item_count": 1}, "features": [feature]}
    statistics = read_statistics(json.dumps(document))
    found = statistics.features[0].string_statistics
    assert found is not None
    assert found.distribution.categorical.buckets == []
    assert json.loads(to_json(statistics)) == document
