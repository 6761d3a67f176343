"""TensorFlow Data Validation: statistics, and drift comparators with a limit of 0.1."""

from __future__ import annotations

import pandas
import tensorflow_data_validation as tfdv

LIMIT = 0.1


def profile(data: str, out: str) -> int:
    """Statistics of every column, written as a file."""
    statistics = tfdv.generate_statistics_from_dataframe(pandas.read_parquet(data))
    tfdv.write_stats_text(statistics, out)
    return len(statistics.datasets[0].features)


def drift(reference: str, current: str, profile: str) -> list[str]:
    """Jensen-Shannon divergence of numbers, L-infinity of texts, against stored statistics."""
    known = tfdv.load_stats_text(profile)
    schema = tfdv.infer_schema(known)
    frame = pandas.read_parquet(current)
    for name in frame.columns:
        comparator = tfdv.get_feature(schema, name).drift_comparator
        if frame[name].dtype == object:
            comparator.infinity_norm.threshold = LIMIT
        else:
            comparator.jensen_shannon_divergence.threshold = LIMIT
    statistics = tfdv.generate_statistics_from_dataframe(frame)
    found = tfdv.validate_statistics(statistics, schema, previous_statistics=known).drift_skew_info
    return [one.path.step[0] for one in found if any(m.value > m.threshold for m in one.drift_measurements)]
