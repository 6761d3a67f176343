"""What the author of a script is told when it fails."""

import signal
import sys
from threading import Timer

import pytest

from leeboard.errors import NotFoundError, ScriptError
from leeboard.jobs.scripts import Preprocessor, ScriptLimits, process

SENTENCE = "Exception while invoking preprocessor script."


@pytest.fixture
def failure(tmp_path):
    def failure(source, records=("a",)):
        file = tmp_path / "prep.py"
        file.write_text(source)
        with pytest.raises(ScriptError) as caught, Preprocessor(file, log=print) as preprocessor:  # noqa: PT012
            for record in records:
                preprocessor([record])
        assert str(caught.value).startswith(SENTENCE + " ")
        assert len(str(caught.value)) <= 1024
        return caught.value

    return failure


def test_an_exception_comes_with_record_event_and_the_authors_own_lines(failure):
    source = """import json
def parse(text):
    return json.loads(text)
def preprocess_handler(record):
    return parse(record.endpoint_input.data)
"""
    good = {"captureData": {"endpointInput": {"data": '{"a": 1}', "encoding": "JSON"}}}
    bad = {
        "captureData": {"endpointInput": {"data": "x", "encoding": "JSON"}},
        "eventMetadata": {"eventId": "e-7"},
    }
    error = failure(source, [good, good, bad])
    assert str(error) == (
        f"{SENTENCE} Record 3 (event e-7): "
        "json.decoder.JSONDecodeError: Expecting value: line 1 column 1 (char 0)\n"
        '  File "prep.py", line 5, in preprocess_handler\n'
        "    return parse(record.endpoint_input.data)\n"
        '  File "prep.py", line 3, in parse\n'
        "    return json.loads(text)"
    )
    assert error.record == 3
    assert "raw_decode" in error.detail  # the library's lines are here


def test_the_record_is_counted_within_a_batch_too(tmp_path):
    file = tmp_path / "prep.py"
    file.write_text("def preprocess_handler(r): return [1 / int(r)]")
    with Preprocessor(file, log=print) as preprocessor:
        preprocessor(["1"] * 1500)
        with pytest.raises(ScriptError, match=r"Record 2606: ZeroDivisionError") as caught:
            preprocessor(["1"] * 1105 + ["0"] + ["1"] * 500)
    assert caught.value.record == 2606


def test_after_an_exception_the_script_can_be_called_again(tmp_path):
    file = tmp_path / "prep.py"
    file.write_text("def preprocess_handler(r): return [1 / int(r)]")
    with Preprocessor(file, log=print) as preprocessor:
        with pytest.raises(ScriptError):
            preprocessor(["0"])
        assert preprocessor(["2"]) == [[["0.5"]]]


@pytest.mark.parametrize(
    ("source", "said"),
    [
        (
            "def preprocess_handler(r):\n  return {",
            "prep.py could not be loaded: SyntaxError: '{' was never closed",
        ),
        ("import nothing_of_that_name", "ModuleNotFoundError: No module named 'nothing_of_that_name'"),
        (
            "def preproces_handler(r): pass",
            "no function preprocess_handler in prep.py, did you mean preproces_handler?",
        ),
        ("def f(): pass", "Functions there: f"),
        ("", "Functions there: none"),
        ("preprocess_handler = 5", "preprocess_handler in prep.py is no function but int"),
        ("def preprocess_handler(): pass", "preprocess_handler() cannot be called: it should take"),
        ("def preprocess_handler(a, b, c): pass", "preprocess_handler(a, b, c) cannot be called"),
        ("raise SystemExit(3)", "SystemExit: 3"),
    ],
)
def test_a_script_that_cannot_be_loaded_says_why(failure, source, said):
    error = failure(source, [])
    assert said in str(error)
    assert error.record is None


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("import os; os._exit(4)", "its process ended with exit code 4"),
        ("import os, signal; os.kill(os.getpid(), signal.SIGSEGV)", "its process crashed (SIGSEGV)"),
        ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", "was killed (SIGKILL)"),
        ("import sys; sys.exit('enough')", "SystemExit: enough"),
        ("raise KeyboardInterrupt", "KeyboardInterrupt"),
        ("import os; os.closerange(3, 4096)", "close files not its own"),  # their numbers are as high as ours
    ],
)
def test_a_script_that_leaves_says_how_and_at_which_record(failure, body, said):
    error = failure(f"def preprocess_handler(r):\n    if r == 'a': return [1]\n    {body}", ["a", "b"])
    assert said in str(error)
    assert error.record == 2


@pytest.mark.skipif(sys.platform != "linux", reason="there are no boxes elsewhere")
def test_how_a_script_ended_is_told_where_its_box_is_slow_to_end(tmp_path, boxed, monkeypatch):
    monkeypatch.setattr(process, "_LEAVE_S", 0.2)
    (tmp_path / "opt/ml").mkdir(parents=True)
    (tmp_path / "prep.py").write_text("import os\ndef preprocess_handler(r): os._exit(4)")
    limits = ScriptLimits(root=str(tmp_path), is_boxed=True)
    with Preprocessor(tmp_path / "prep.py", log=print, limits=limits) as preprocessor:
        box = preprocessor._process._process
        box.send_signal(signal.SIGSTOP)
        going_on = Timer(1, box.send_signal, [signal.SIGCONT])
        going_on.start()
        with pytest.raises(ScriptError, match="its process ended with exit code 4"):
            preprocessor(["a"])
        going_on.join()


def test_a_lost_process_fails_every_later_call_with_the_same_error(tmp_path):
    file = tmp_path / "prep.py"
    file.write_text("import os\ndef preprocess_handler(r): os._exit(1)")
    with Preprocessor(file, log=print) as preprocessor:
        for _ in range(2):
            with pytest.raises(ScriptError, match="Record 1: its process ended"):
                preprocessor(["a"])
        assert preprocessor.is_lost


def test_a_long_error_in_deep_calls_keeps_its_head_and_the_innermost_line(failure):
    source = "\n".join(
        ["def preprocess_handler(r): f0()"]
        + [f"def f{n}(): f{n + 1}()" for n in range(60)]
        + ["def f60(): raise ValueError('x' * 5000)"]
    )
    error = failure(source)
    assert f"{SENTENCE} Record 1: ValueError: xxxx" in str(error)
    assert str(error).endswith("in f60\n    def f60(): raise ValueError('x' * 5000)")
    assert "f7()" in error.detail


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("r.endpoint_input.data = [1]", "set the data of endpointInput to list; it has to be text"),
        ("r.endpoint_input.data = b'1'", "changed the record to what is no JSON"),
    ],
)
def test_a_change_that_cannot_be_processed_is_said(failure, body, said):
    record = {"captureData": {"endpointInput": {"data": "1", "encoding": "CSV"}}}
    assert said in str(failure(f"def preprocess_handler(r):\n    {body}\n    return r", [record]))


def test_a_script_that_is_not_there_is_not_found(tmp_path):
    with pytest.raises(NotFoundError, match=r"gone\.py"), Preprocessor(tmp_path / "gone.py", log=print):
        pass
