import json
from pathlib import Path

import pytest

from leeboard.formats.capture import CaptureRecord, GroundTruthRecord
from leeboard.formats.reading import read_any, read_record, to_json, to_json_line
from leeboard.formats.violation_texts import domain_text, parse_description
from leeboard.formats.violations import Violations

FILES = Path(__file__).parents[2].parent / "shared/data/aws-files"
pytestmark = pytest.mark.skipif(not FILES.is_dir(), reason="the files of AWS are not beside the project")


@pytest.mark.parametrize("name", ["statistics.json", "constraints.json", "constraint_violations.json"])
def test_a_file_of_aws_is_written_back_equal(name: str) -> None:
    text = (FILES / name).read_text()
    assert json.loads(to_json(read_any(text, name))) == json.loads(text)


@pytest.mark.parametrize(
    ("name", "model"),
    [
        ("capture.jsonl", CaptureRecord),
        ("captured-data.jsonl", CaptureRecord),
        ("actuals.jsonl", GroundTruthRecord),
    ],
)
def test_records_of_aws_are_written_back_equal(
    name: str, model: type[CaptureRecord] | type[GroundTruthRecord]
) -> None:
    lines = (FILES / name).read_text().splitlines()
    records = [read_record(model, line, name, number) for number, line in enumerate(lines, start=1)]
    assert [json.loads(to_json_line(record)) for record in records] == [json.loads(line) for line in lines]


def test_descriptions_in_the_older_wording_are_parsed_and_built_again() -> None:
    found = read_any((FILES / "constraint_violations.json").read_text())
    assert isinstance(found, Violations)
    parsed = [parse_description(violation.description) for violation in found.violations]
    assert [p and domain_text(p.observed) for p in parsed] == [v.description for v in found.violations]
    assert parsed[0] is not None
    assert parsed[0].observed == 0.009009009009009009
