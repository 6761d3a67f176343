"""Paths of filters."""

import pytest

from leeboard.errors import InputError
from leeboard.jobs.transform.jsonpath import JsonPath

ROW = ["a", "b", "c", "d"]
RECORD = {"id": 7, "x": {"y": [1, 2], "z w": 3}, "out": 0.5}


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("$", ROW),
        ("", ROW),
        ("$[1]", "b"),
        ("$[-1]", "d"),
        ("$[1:]", ["b", "c", "d"]),
        ("$[:2]", ["a", "b"]),
        ("$[1:-1]", ["b", "c"]),
        ("$[0,2]", ["a", "c"]),
        ("$[0,-1]", ["a", "d"]),
        ("$[ 0 , 2: ]", ["a", "c", "d"]),
        ("$[*]", ROW),
        ("$[2:9]", ["c", "d"]),
    ],
)
def test_places_of_a_row(path, expected):
    assert JsonPath.parse(path).select(ROW) == expected


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("$.id", 7),
        ("$.x.y", [1, 2]),
        ("$.x.y[0]", 1),
        ("$['x']['z w']", 3),
        ('$["id"]', 7),
        ("$['id','out']", {"id": 7, "out": 0.5}),
        ("$.x.['y','z w']", {"y": [1, 2], "z w": 3}),
        ("$.x.*", [[1, 2], 3]),
        ("$.x.y[*]", [1, 2]),
    ],
)
def test_names_of_an_object(path, expected):
    assert JsonPath.parse(path).select(RECORD) == expected


@pytest.mark.parametrize(
    "path", ["id", "$..id", "$[?(@.a)]", "$[1", "$.", "$[]", "$['a]", "$[a]", "$[1:2:3]", "$ .a", "$[0,]"]
)
def test_what_is_no_path_is_refused_with_what_is_known(path):
    with pytest.raises(InputError, match=r"InputFilter .*(known: |begins with \$)"):
        JsonPath.parse(path, "InputFilter")


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        ("$[4]", ROW, r"selects place 4 of 4: \[\"a\""),
        ("$[-5]", ROW, "selects place -5 of 4"),
        ("$.age", RECORD, "selects 'age', which is not there; names there: id, x, out"),
        ("$.age", ROW, "needs an object with names and met"),
        ("$[0]", RECORD, "needs a list and met"),
        ("$.id.*", RECORD, "needs a list or an object and met 7"),
    ],
)
def test_what_is_not_in_the_value_is_said(path, value, message):
    with pytest.raises(InputError, match=message):
        JsonPath.parse(path).select(value)
