"""What models are sent."""

import json

import polars as pl
import pytest

from leeboard.errors import InputError

ROWS = pl.DataFrame({"A": ["0", "3"], "B": ["1.5", "x"]})
JSON = "application/json"
LINES = "application/jsonlines"


def test_csv_has_no_header_quotes_what_needs_it_and_leaves_missing_cells_empty(ask):
    rows = pl.DataFrame({"n": [1.5, float("nan"), None], "t": ['say "hi", you', None, "two\nlines"]})
    ask(rows, b"1\n2\n3")
    assert ask.bodies == [b'1.5,"say ""hi"", you"\n,\n,"two\nlines"']


def test_a_missing_cell_that_is_alone_in_its_row_is_no_blank_line(ask):
    ask(pl.DataFrame({"n": [None, 1.5]}), b"1\n2")
    assert ask.bodies == [b'""\n1.5']


def test_json_lines_have_the_features_as_a_list_by_default(ask):
    ask(ROWS, b"1\n2", content_type=LINES)
    assert ask.bodies == [b'{"features":[0,1.5]}\n{"features":[3,"x"]}']


def test_json_lines_follow_their_template(ask):
    ask(ROWS, b"1\n2", content_type=LINES, content_template='{"data":{"features":$features}}')
    assert ask.bodies[0].splitlines()[1] == b'{"data":{"features":[3,"x"]}}'


@pytest.mark.parametrize(
    ("content", "record", "sent"),
    [
        (None, None, {"instances": [[0, 1.5], [3, "x"]]}),
        ('{"instances": $records}', "$features", {"instances": [[0, 1.5], [3, "x"]]}),
        ("$records", "$features_kvp", [{"A": 0, "B": 1.5}, {"A": 3, "B": "x"}]),
        ("$records", '{"A": "${A}", "b": ["${B}"]}', [{"A": 0, "b": [1.5]}, {"A": 3, "b": ["x"]}]),
        (
            '{"rows": $records}',
            '{"x": $features, "names": $feature_names}',
            {"rows": [{"x": [0, 1.5], "names": ["A", "B"]}, {"x": [3, "x"], "names": ["A", "B"]}]},
        ),
    ],
)
def test_json_follows_its_templates(ask, content, record, sent):
    ask(ROWS, b"[1, 2]", content_type=JSON, content_template=content, record_template=record)
    assert [json.loads(body) for body in ask.bodies] == [sent]


def test_record_sends_one_record_at_a_time(ask):
    ask(ROWS, b"0.5", content_type=JSON, content_template="$record", record_template="$features_kvp")
    assert [json.loads(body) for body in ask.bodies] == [{"A": 0, "B": 1.5}, {"A": 3, "B": "x"}]


def test_missing_cells_are_null_and_texts_that_are_no_numbers_of_json_stay_texts(ask):
    rows = pl.DataFrame({"A": [None, "007", "-1e3", "", "nan"]})
    ask(rows, b"1\n2\n3\n4\n5", content_type=LINES, content_template="$features")
    assert ask.bodies[0].splitlines() == [b"[null]", b'["007"]', b"[-1000.0]", b'[""]', b'["nan"]']


@pytest.mark.parametrize(
    ("protocol", "told"),
    [
        ({"content_type": "application/x-parquet"}, "does not exchange with models"),
        ({"content_type": JSON, "content_template": "{}"}, "0 places for records"),
        ({"content_type": LINES, "content_template": "{}"}, "no place for the features"),
        ({"content_type": JSON, "record_template": '"${C}"'}, "names a feature 'C'; the features are: A, B"),
        ({"probability": "score"}, "answers in CSV, where it is the index of a column"),
        ({"accept_type": JSON, "probability": "a["}, "is not a JMESPath expression"),
    ],
)
def test_what_cannot_be_used_is_refused_with_what_to_do(ask, protocol, told):
    with pytest.raises(InputError, match=told):
        ask(ROWS, b"1\n2", **protocol)
