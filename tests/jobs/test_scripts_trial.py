"""Trying a script on a few records."""

import pytest

from leeboard.errors import ScriptError
from leeboard.jobs.scripts import Changed, ScriptLimits, try_script


@pytest.fixture
def script(tmp_path):
    def script(source):
        (tmp_path / "prep.py").write_text(source)
        return tmp_path / "prep.py"

    return script


def test_each_record_is_shown_before_and_after_with_its_log(script):
    file = script("def preprocess_handler(r, logger):\n    logger.info('got %s', r)\n    return r.split(';')")
    first, second = try_script(file, iter(["1;2", "3"]))
    assert (first.number, first.before, first.after, first.error) == (1, "1;2", [["1", "2"]], None)
    assert first.log == ["INFO got 1;2"]
    assert (second.number, second.after, second.log) == (2, [["3"]], ["INFO got 3"])


def test_a_failing_record_shows_its_traceback_and_the_others_go_on(script):
    file = script("def preprocess_handler(r): return [10 / int(r)]")
    trials = list(try_script(file, ["5", "0", "4"]))
    assert [trial.after for trial in trials] == [[["2.0"]], None, [["2.5"]]]
    assert trials[1].error.record == 2
    detail = trials[1].error.detail
    assert detail.startswith('Traceback (most recent call last):\n  File "prep.py", line 1,')
    assert detail.endswith("ZeroDivisionError: division by zero\n")


def test_a_result_that_is_no_row_needs_no_traceback(script):
    (trial,) = try_script(script("def preprocess_handler(r): return 5"), ["a"])
    assert trial.error.detail.startswith("the handler returned int 5")


def test_a_record_is_shown_before_the_next_one_is_tried(script):
    trials = try_script(script("def preprocess_handler(r): return [r]"), iter(["a", "b"]))
    assert next(trials).after == [["a"]]
    assert next(trials).after == [["b"]]


def test_what_is_found_wrong_below_the_handler_is_in_the_traceback(script):
    (trial,) = try_script(script("import json\ndef preprocess_handler(r): return json.loads(r)"), ["{"])
    assert "decoder.py" in trial.error.detail
    assert "serving.py" not in trial.error.detail


@pytest.mark.parametrize(("body", "batch_s"), [("os._exit(1)", 60), ("exec('while True: pass')", 5)])
def test_a_record_that_ends_the_process_leaves_the_others_their_turn(script, body, batch_s):
    file = script(f"import os\ndef preprocess_handler(r):\n    if r == 'bad': {body}\n    return [r]")
    trials = list(try_script(file, ["a", "bad", "b"], limits=ScriptLimits(batch_s=batch_s)))
    assert [trial.after for trial in trials] == [[["a"]], None, [["b"]]]
    assert [trial.error and trial.error.record for trial in trials] == [None, 2, None]


def test_dropped_changed_and_untouched_records_differ(script):
    file = script("def preprocess_handler(r):\n    r.pop('x', 0)\n    return r if r else None")
    trials = try_script(file, [{"a": 1}, {"a": 1, "x": 2}, {"x": 1}])
    assert [trial.after for trial in trials] == [None, Changed({"a": 1}), []]


def test_a_script_that_cannot_be_loaded_is_an_error(script):
    with pytest.raises(ScriptError, match="SyntaxError"):
        next(try_script(script("def"), ["a"]))
