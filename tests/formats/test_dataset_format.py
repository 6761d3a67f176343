from typing import Any

import pytest

from leeboard.errors import FormatError
from leeboard.formats.dataset_format import DatasetFormat


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ('{"csv":{"header":true,"output_columns_position":"END"}}', DatasetFormat("csv", True, "END")),
        ('{"csv":{"header":"true"}}', DatasetFormat("csv", True)),
        ('{"csv":{"header":"false"}}', DatasetFormat("csv")),
        ('{"csv":{}}', DatasetFormat("csv")),
        ('{"json":{"lines":true}}', DatasetFormat("jsonl")),
        ('{"json":{"lines":false}}', DatasetFormat("json")),
        ('{"parquet":{}}', DatasetFormat("parquet")),
        ('{"sagemakerCaptureJson":{}}', DatasetFormat("capture")),
        (
            '{"sagemakerCaptureJson":{"captureIndexNames":["endpointOutput"]}}',
            DatasetFormat("capture", capture_index_names=("endpointOutput",)),
        ),
        ({"Csv": {"Header": True}}, DatasetFormat("csv", True)),
        ({"Json": {"Line": True}}, DatasetFormat("jsonl")),
        ({"Json": {"Line": False}}, DatasetFormat("json")),
        ({"Parquet": {}}, DatasetFormat("parquet")),
    ],
)
def test_both_spellings_are_understood(given: Any, expected: DatasetFormat) -> None:
    assert DatasetFormat.parse(given) == expected


def test_no_names_mean_both_parts_of_a_capture_record() -> None:
    found = DatasetFormat.parse('{"sagemakerCaptureJson":{"captureIndexNames":[]}}')
    assert found.capture_index_names == ("endpointInput", "endpointOutput")


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ('{"cvs":{}}', "no format named 'cvs', did you mean 'csv'"),
        ('{"csv":{"header":"maybe"}}', 'header is "maybe"; expected true or false'),
        ('{"csv":{"output_columns_position":"LEFT"}}', "is \"LEFT\"; expected 'START' or 'END'"),
        ('{"sagemakerCaptureJson":{"captureIndexNames":["input"]}}', r'captureIndexNames\[0\] is "input"'),
        ('{"csv":true}', "csv is true; expected an object"),
        ('{"csv":{},"json":{}}', "expected an object with one key"),
        ("csv", "not JSON"),
    ],
)
def test_what_is_no_format_is_refused(given: str, message: str) -> None:
    with pytest.raises(FormatError, match=message):
        DatasetFormat.parse(given)
