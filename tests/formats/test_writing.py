import json
import math
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from leeboard.formats.statistics import Bucket, Kll, Sketch
from leeboard.formats.violations import Violation, Violations
from leeboard.formats.writing import to_json, to_json_line

finite = st.floats(allow_nan=False, allow_infinity=False)
json_values: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | finite | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=10,
)


def test_a_file_is_indented_but_a_list_of_numbers_stays_on_its_line() -> None:
    kll = Kll(buckets=[Bucket(lower_bound=0, upper_bound=1, count=2)], sketch=Sketch(data=[[1.5, 2.0], []]))
    assert to_json(kll).splitlines() == [
        "{",
        '  "buckets": [',
        "    {",
        '      "lower_bound": 0.0,',
        '      "upper_bound": 1.0,',
        '      "count": 2.0',
        "    }",
        "  ],",
        '  "sketch": {',
        '    "data": [',
        "      [1.5,2.0],",
        "      []",
        "    ]",
        "  }",
        "}",
    ]


@given(st.lists(st.lists(finite)))
def test_doubles_are_read_back_as_they_were(levels: list[list[float]]) -> None:
    assert json.loads(to_json(Sketch(data=levels))) == {"data": levels}


@given(json_values)
def test_whatever_json_stands_under_an_unknown_key_is_read_back_as_it_was(value: Any) -> None:
    part = Sketch.model_validate({"more": value})
    assert json.loads(to_json(part)) == {"more": value}
    assert json.loads(to_json_line(part)) == {"more": value}


def test_what_is_not_a_finite_number_is_written_as_a_string_and_read_again() -> None:
    text = to_json(Bucket(lower_bound=-math.inf, upper_bound=math.inf, count=math.nan))
    assert json.loads(text) == {"lower_bound": "-Infinity", "upper_bound": "Infinity", "count": "NaN"}
    again = Bucket.model_validate_json(text)
    assert (again.lower_bound, again.upper_bound) == (-math.inf, math.inf)
    assert math.isnan(again.count)


def test_not_even_a_list_of_numbers_holds_a_word_that_json_lacks() -> None:
    assert json.loads(to_json(Sketch(data=[[math.nan, 1.0]]))) == {"data": [["NaN", 1.0]]}


def test_text_stays_readable() -> None:
    violation = Violation(feature_name="größe\n", constraint_check_type="completeness_check")
    assert '"größe\\n"' in to_json(Violations(violations=[violation]))


def test_a_clean_run_is_an_empty_list() -> None:
    assert json.loads(to_json(Violations(violations=[]))) == {"violations": []}


def test_a_line_has_no_line_break() -> None:
    assert to_json_line(Sketch(data=[[1.0], []])) == '{"data":[[1.0],[]]}'
