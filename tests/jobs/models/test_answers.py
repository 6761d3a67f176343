"""What models answer, in all forms that the documentation of Clarify shows, and some more."""

import numpy as np
import polars as pl
import pytest

from leeboard.errors import InputError

ONE, TWO = pl.DataFrame({"A": [1]}), pl.DataFrame({"A": [1, 2]})
JSON, LINES = "application/json", "application/jsonlines"
HEADERS = ["cat", "dog", "fish"]


def check(predictions, labels, scores):
    assert predictions.labels == labels
    assert (predictions.scores if scores is None else predictions.scores.tolist()) == scores


@pytest.mark.parametrize(
    ("rows", "answer", "settings", "labels", "scores"),
    [
        (ONE, b"0.6", {}, None, [[0.6]]),
        (TWO, b"0.6,0.3", {}, None, [[0.6], [0.3]]),
        (TWO, b"0.6\n0.3\n", {"probability": 0}, None, [[0.6], [0.3]]),
        (ONE, b"0.1,0.6,0.3", {}, ["1"], [[0.1, 0.6, 0.3]]),
        (ONE, b"0.1,0.6,0.3", {"label_headers": HEADERS}, ["dog"], [[0.1, 0.6, 0.3]]),
        (TWO, b"1,0", {"label": 0}, ["1", "0"], [[1.0], [0.0]]),
        (TWO, b"1,0.6\r\n0,0.3\r\n", {"label": "0", "probability": "1"}, ["1", "0"], [[0.6], [0.3]]),
        (TWO, b"yes\nno", {}, ["yes", "no"], None),
        (TWO, b'"[0.1, 0.9]"\n"[0.8, 0.2]"', {}, ["1", "0"], [[0.1, 0.9], [0.8, 0.2]]),
        (
            ONE,
            b"\"dog\",0.6,\"['cat', 'dog', 'fish']\",\"[0.1, 0.6, 0.3]\"",
            {"label": 2, "probability": 3},
            ["dog"],
            [[0.1, 0.6, 0.3]],
        ),
        (ONE, b'"dog",0.6,"[\'cat\', \'dog\']","[0.1, 0.6]"', {"label": 0}, ["dog"], None),
    ],
)
def test_csv(ask, rows, answer, settings, labels, scores):
    check(ask(rows, answer, **settings), labels, scores)


MANY = (
    b'{"predicted_label":"dog","probability":0.6,"predicted_labels":["cat","dog"],"probabilities":[0.1,0.6]}'
)


@pytest.mark.parametrize(
    ("rows", "answer", "settings", "labels", "scores"),
    [
        (ONE, b'{"score":0.6}', {"probability": "score"}, None, [[0.6]]),
        (TWO, b'{"score":0.6}\n{"score":0.3}\n', {"label": "score"}, ["0.6", "0.3"], [[0.6], [0.3]]),
        (
            TWO,
            b'{"p":1,"s":0.6}\n{"p":0,"s":0.3}',
            {"label": "p", "probability": "s"},
            ["1", "0"],
            [[0.6], [0.3]],
        ),
        (ONE, MANY, {"label": "predicted_labels", "probability": "probabilities"}, ["dog"], [[0.1, 0.6]]),
        (ONE, MANY, {"probability": "probabilities", "label_headers": ["a", "b"]}, ["b"], [[0.1, 0.6]]),
        (ONE, MANY, {}, ["dog"], [[0.1, 0.6]]),
        (
            TWO,
            b'{"predictions":[{"s":0.6},{"s":0.3}]}',
            {"probability": "predictions[*].s"},
            None,
            [[0.6], [0.3]],
        ),
        (TWO, b"0.6\n0.3", {}, None, [[0.6], [0.3]]),
        (TWO, b"[0.6, 0.4]\n[0.3, 0.7]", {}, ["0", "1"], [[0.6, 0.4], [0.3, 0.7]]),
    ],
)
def test_json_lines(ask, rows, answer, settings, labels, scores):
    check(ask(rows, answer, accept_type=LINES, **settings), labels, scores)


@pytest.mark.parametrize(
    ("rows", "answer", "settings", "labels", "scores"),
    [
        (ONE, b"[0.6]", {"probability": "[*]"}, None, [[0.6]]),
        (TWO, b"[0.6,0.3]", {"probability": "[*]"}, None, [[0.6], [0.3]]),
        (ONE, b"0.6", {}, None, [[0.6]]),
        (TWO, b'{"predicted_labels":[1,0]}', {"label": "predicted_labels"}, ["1", "0"], [[1.0], [0.0]]),
        (
            TWO,
            b'{"predictions":[{"label":1,"score":0.6},{"label":0,"score":0.3}]}',
            {"label": "predictions[*].label", "probability": "predictions[*].score"},
            ["1", "0"],
            [[0.6], [0.3]],
        ),
        (
            TWO,
            b'{"predictions":[{"score":0.6},{"score":0.3}]}',
            {"label": "score"},
            ["0.6", "0.3"],
            [[0.6], [0.3]],
        ),
        (TWO, b'{"predictions":[{"score":0.6},{"score":0.3}]}', {}, None, [[0.6], [0.3]]),
        (TWO, b'{"predictions":[[0.6, 0.4],[0.3, 0.7]]}', {}, ["0", "1"], [[0.6, 0.4], [0.3, 0.7]]),
        (ONE, b'{"predictions":[[0.6, 0.4]]}', {"probability": "predictions"}, ["0"], [[0.6, 0.4]]),
        (ONE, b"[0.1, 0.9]", {}, ["1"], [[0.1, 0.9]]),
        (ONE, b"[" + MANY + b"]", {"probability": "[*].probabilities"}, ["1"], [[0.1, 0.6]]),
        (
            ONE,
            b"[" + MANY + b"]",
            {"label": "[*].predicted_labels", "probability": "[*].probabilities"},
            ["dog"],
            [[0.1, 0.6]],
        ),
        (TWO, b"0.5\n0.25", {}, None, [[0.5], [0.25]]),
    ],
)
def test_json(ask, rows, answer, settings, labels, scores):
    check(ask(rows, answer, accept_type=JSON, **settings), labels, scores)


def test_what_is_sent_and_what_comes_back_may_be_of_different_types(ask):
    found = ask(TWO, b'{"score": 0.5}\n{"score": 0.7}', accept_type=LINES, label="score")
    assert ask.bodies == [b"1\n2"]
    assert np.allclose(found.scores, [[0.5], [0.7]])


@pytest.mark.parametrize(
    ("answer", "settings", "told"),
    [
        (b"1\n2\n3", {}, r"was sent 2 rows and gave 3 answers; its answer begins with '1\\n2\\n3'"),
        (b"", {}, "was sent 2 rows and gave 0 answers"),
        (b"1,2,3", {}, "was sent 2 rows and gave 1 answers"),
        (b"1\n2", {"probability": 1}, "probability is column 1, and there are 1 columns"),
        (b"a\nb", {"probability": 0}, r"scores are not numbers: \['a', 'b'\]"),
        (b"1,2\n3", {}, "gives 1 scores for one row and 2 for another"),
        (b"0.5\nnan", {}, "gives no number for row 1 of 2"),
        (b"1,2\n3,4", {"label_headers": ["a"]}, "label_headers has 1 names"),
        (b"<html>", {"accept_type": JSON}, "cannot be read as application/json"),
        (b'{"a": 1}\n{"a": 2}', {"accept_type": LINES, "label": "b"}, "label 'b' finds nothing in {'a': 1}"),
        (b'{"a": 1}\n{"a": 2}', {"accept_type": LINES}, "nobody says where the prediction is"),
        (b'["x","y"]\n["x","y"]', {"accept_type": LINES, "label": "@"}, "list of classes"),
    ],
)
def test_answers_that_do_not_fit_are_refused_in_words(ask, answer, settings, told):
    with pytest.raises(InputError, match=told):
        ask(TWO, answer, **settings)
