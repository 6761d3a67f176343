import json
from collections.abc import Callable
from typing import Any

import pytest

from leeboard.errors import FormatError
from leeboard.formats.analysis import AnalysisResult
from leeboard.formats.capture import CaptureRecord
from leeboard.formats.constraints import Constraints
from leeboard.formats.model_quality import QualityConstraints
from leeboard.formats.reading import (
    read_any,
    read_constraints,
    read_record,
    read_statistics,
    read_violations,
)
from leeboard.formats.statistics import Statistics
from leeboard.formats.violations import Violations

STATISTICS = '{"dataset": {"item_count": 0}, "features": []}'
CONSTRAINTS = '{"features": [{"name": "a", "completeness": 1.0}]}'
VIOLATIONS = '{"violations": []}'
CAPTURED = '{"captureData": {}, "eventMetadata": {"eventId": "1"}}\n'


def complaint(read: Callable[..., Any], *given: Any) -> FormatError:
    with pytest.raises(FormatError) as caught:
        read(*given)
    return caught.value


@pytest.mark.parametrize(
    ("text", "model"),
    [
        (STATISTICS, Statistics),
        (CONSTRAINTS, Constraints),
        (VIOLATIONS, Violations),
        ('{"regression_constraints": {}}', QualityConstraints),
        ('{"explanations": {}}', AnalysisResult),
    ],
)
def test_the_kind_of_a_file_is_recognised(text: str, model: type) -> None:
    assert type(read_any(text)) is model


def test_statistics_without_a_data_set_are_recognised_by_a_feature() -> None:
    text = '{"features": [{"name": "a", "string_statistics": {}}]}'
    assert "has no 'dataset'; keys there: features" in str(complaint(read_any, text))


@pytest.mark.parametrize(
    ("read", "text", "message"),
    [
        (read_statistics, CONSTRAINTS, "f.json: a constraints file; expected a statistics file"),
        (read_constraints, STATISTICS, "f.json: a statistics file; expected a constraints file"),
        (read_constraints, VIOLATIONS, "f.json: a violations file; expected a constraints file"),
        (read_violations, CONSTRAINTS, "f.json: a constraints file; expected a violations file"),
        (read_statistics, CAPTURED, "f.json: a capture record; expected a statistics file"),
        (
            read_statistics,
            CAPTURED * 2,
            "f.json: a capture record on each line; expected one JSON document",
        ),
        (
            read_constraints,
            '{"regression_constraints": {}}',
            "f.json: a model quality constraints file; expected a constraints file",
        ),
        (
            read_any,
            '{"facet": []}',
            "f.json: a bias or explainability configuration; "
            "expected a statistics, constraints, violations or analysis file",
        ),
        (read_constraints, "{}", "f.json: an object with no keys; expected a constraints file"),
        (read_constraints, '{"a": 1}', "f.json: an object with a; expected a constraints file"),
        (read_constraints, "[1]", "f.json: [1]; expected a constraints file"),
        (read_constraints, " \n", "f.json: empty; expected a JSON document"),
    ],
)
def test_a_file_of_another_kind_is_named(read: Callable[..., Any], text: str, message: str) -> None:
    assert str(complaint(read, text, "f.json")) == message


@pytest.mark.parametrize(
    ("feature", "message"),
    [
        ({"name": "b", "completeness": "high"}, 'features[1].completeness is "high"; expected a number'),
        (
            {"name": "b", "completeness": 99},
            "features[1].completeness is 99; expected less than or equal to 1",
        ),
        ({"completeness": 1}, "features[1] has no 'name'; keys there: completeness"),
        (
            {"name": "b", "inferred_type": "Int"},
            "features[1].inferred_type is \"Int\"; expected 'Integral', 'Fractional', 'String' or 'Unknown'",
        ),
        (
            {"name": "b", "string_constraints": {"domains": ["x", 0]}},
            "features[1].string_constraints.domains[1] is 0; expected a text",
        ),
        ({"name": "b", "num_constraints": 5}, "features[1].num_constraints is 5; expected an object"),
        (
            {"name": "b", "monitoringConfigOverrides": {"emit_metrics": True}},
            "features[1].monitoringConfigOverrides.emit_metrics is true; expected 'Enabled' or 'Disabled'",
        ),
    ],
)
def test_a_wrong_value_is_shown_with_its_place(feature: dict[str, Any], message: str) -> None:
    text = json.dumps({"features": [{"name": "a"}, feature]})
    error = complaint(read_constraints, text, "s3://b/c.json")
    assert str(error) == f"s3://b/c.json: {message}"
    assert error.uri == "s3://b/c.json"


def test_the_other_faults_are_counted_by_place() -> None:
    text = '{"version": [1], "features": [{"completeness": 2}]}'
    message = str(complaint(read_constraints, text))
    assert message.startswith("the JSON text: version is [1]; expected a whole number or a number or a text")
    assert message.endswith("(and 2 more such faults)")


def test_a_long_value_is_cut() -> None:
    text = json.dumps({"features": [{"name": "a", "completeness": "x" * 500}]})
    assert len(str(complaint(read_constraints, text))) < 150


def test_broken_json_is_placed_by_line_and_column() -> None:
    error = complaint(read_constraints, '{\n  "features": [}\n', "c.json")
    assert str(error).startswith("c.json: not JSON: ")
    assert str(error).endswith("(line 2, column 16)")
    assert error.line == 2


def test_a_broken_record_is_placed_by_the_line_of_its_file() -> None:
    error = complaint(read_record, CaptureRecord, '{"captureData": {"endpo', "c.jsonl", 7)
    assert str(error).startswith("c.jsonl, line 7: not JSON: ")
    assert error.line == 7


def test_bytes_with_a_byte_order_mark_are_read() -> None:
    assert read_violations(b"\xef\xbb\xbf" + VIOLATIONS.encode()) == read_violations(VIOLATIONS)


@pytest.mark.parametrize("raw", [b"\xff\xfe{\x00", b'{"a": "\xff"}', b"[" * 1000])
def test_bytes_that_are_no_json_are_a_format_error(raw: bytes) -> None:
    assert "not JSON" in str(complaint(read_any, raw))


def test_a_feature_that_stands_there_twice_is_named() -> None:
    text = '{"version": 0.0, "features": [{"name": "age"}, {"name": "age"}, {"name": "plan"}]}'
    with pytest.raises(FormatError, match="features named 'age' stand there more than once"):
        read_constraints(text)
