"""Metric files, as jobs leave them."""

import json

import pytest

from leeboard.jobs.runners.layout import lay_out
from leeboard.jobs.runners.metric_files import read_metrics

GOOD = {"MetricName": "feature_non_null_age", "Timestamp": "2022-04-18T00:00:00Z", "Value": 1.0}
SUMS = {"MetricName": "x", "StatisticValues": {"SampleCount": 2, "Sum": 3, "Minimum": 1, "Maximum": 2}}


@pytest.fixture
def read(baseline_job):
    """The metrics of files with these texts; `read.log` has what was said of them."""
    order = baseline_job.order()
    lay_out(order)

    def read(*texts):
        for number, text in enumerate(texts):
            (order.root / "opt/ml/output/metrics/cloudwatch" / f"{number}.json").write_text(text)
        return read_metrics(order, read.log.append)

    read.log, read.order = [], order
    return read


@pytest.mark.parametrize(
    "text",
    [
        json.dumps(GOOD) + "\n" + json.dumps(SUMS) + "\n",
        json.dumps([GOOD, SUMS], indent=2),
        json.dumps(GOOD) + "\n\n" + json.dumps({**SUMS, "Unknown": 1}),
    ],
)
def test_lines_and_lists_are_read(read, text):
    assert read(text) == [GOOD, SUMS]
    assert read.log == []


def test_all_files_are_read_and_no_metrics_are_none(read):
    assert read() == []
    assert read(json.dumps(GOOD), json.dumps(SUMS)) == [GOOD, SUMS]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("not json", "'not json' is no JSON object"),
        ("[1]", "'1' is no JSON object"),
        ('{"MetricName": ""}', "MetricName is ''"),
        ('{"MetricName": "a"}', "a needs either Value or StatisticValues"),
        (json.dumps({**GOOD, **SUMS}), "x needs either Value or StatisticValues"),
        ('{"MetricName": "a", "Value": NaN}', "the Value of a is 'nan'"),
        ('{"MetricName": "a", "Value": "1"}', "the Value of a is '1'"),
        ('{"MetricName": "a", "StatisticValues": {"Sum": 1}}', "the StatisticValues of a need numbers"),
        (json.dumps({**GOOD, "Timestamp": "noon"}), "is no time such as"),
        (json.dumps({**GOOD, "Dimensions": {"a": 1}}), "are no list of Name and Value"),
        (json.dumps({**GOOD, "Unit": 1}), "the Unit of"),
        ("[" * 100_000, "is no JSON object"),
    ],
)
def test_what_is_no_metric_is_told_and_the_others_are_taken(read, text, fault):
    assert read(text, json.dumps(GOOD)) == [GOOD]
    assert len(read.log) == 1
    assert read.log[0].startswith("metric left out: 0.json: ")
    assert fault in read.log[0]


def test_many_faults_are_counted(read):
    assert read("x\n" * 10) == []
    assert len(read.log) == 4
    assert read.log[-1] == "10 metrics were left out in all"


def test_a_link_is_not_followed(read):
    folder = read.order.root / "opt/ml/output/metrics/cloudwatch"
    (read.order.root.parent / "secret.json").write_text(json.dumps(GOOD))
    (folder / "a.json").symlink_to(read.order.root.parent / "secret.json")
    assert read() == []


def test_more_than_a_server_wants_to_read_is_left_out(read):
    many = (json.dumps(GOOD) + "\n") * 3
    assert read(many, "x" * (16 << 20), many) == [GOOD] * 3
    assert "1.json: with it, the metric files have more than 16" in read.log[0]


def test_millions_of_faults_are_counted_and_not_kept(read):
    assert read("x\n" * 100_000) == []
    assert len(read.log) == 4
    assert read.log[-1] == "100000 metrics were left out in all"
