"""Rows that handlers make of records; the handlers that most users start from."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from leeboard.errors import ScriptError
from leeboard.jobs.scripts import Changed, Preprocessor


def capture(data="132,25,-1,7", encoding="CSV", output="0.01\n", event="e-1"):
    return {
        "captureData": {
            "endpointInput": {
                "observedContentType": "text/csv", "mode": "INPUT", "data": data, "encoding": encoding,
            },
            "endpointOutput": {
                "observedContentType": "text/csv", "mode": "OUTPUT", "data": output, "encoding": encoding,
            },
        },
        "eventMetadata": {"eventId": event, "inferenceTime": "2026-03-01T10:00:00Z"},
        "eventVersion": "0",
    }  # fmt: skip


@pytest.fixture
def run(tmp_path):
    """Runs a script, given as text, on records; its log is `run.log`."""

    def run(source, *records):
        file = tmp_path / "prep.py"
        file.write_text(source)
        with Preprocessor(file, log=run.log.append) as preprocessor:
            return preprocessor(records)

    run.log = []
    return run


def returning(run, expression):
    """The result for a batch record if the handler returns this."""
    (result,) = run(f"def preprocess_handler(inference_record):\n    return {expression}", "a,b")
    return result


def test_an_array_becomes_columns_with_padded_keys(run):
    source = """
import json
def preprocess_handler(inference_record):
    features = json.loads(inference_record.endpoint_input.data)["features"]
    return {str(place).zfill(3): value for place, value in enumerate(features)}
"""
    (rows,) = run(source, capture('{"features": [3, 2.5, null, "x"]}', "JSON"))
    assert rows == [{"000": "3", "001": "2.5", "002": None, "003": "x"}]


def test_output_and_input_lines_become_one_row_and_empty_cells_are_missing(run):
    source = """
def preprocess_handler(inference_record):
    line = inference_record.endpoint_output.data.rstrip() + "," + inference_record.endpoint_input.data
    return {str(place).zfill(20): cell for place, cell in enumerate(line.split(","))}
"""
    (rows,) = run(source, capture("132,,7"))
    assert list(rows[0].values()) == ["0.01", "132", None, "7"]
    assert list(rows[0]) == sorted(rows[0])


def test_minus_one_becomes_missing(run):
    source = """
def preprocess_handler(inference_record):
    cells = inference_record.endpoint_input.data.split(",")
    return {place: None if cell == "-1" else cell for place, cell in enumerate(cells)}
"""
    assert run(source, capture()) == [[{"0": "132", "1": "25", "2": None, "3": "7"}]]


def test_a_sample_is_taken_by_returning_an_empty_list(run):
    source = """
import random
random.seed(7)
def preprocess_handler(inference_record):
    return [] if random.random() > 0.1 else {0: inference_record.endpoint_input.data}
"""
    results = run(source, *[capture("1")] * 1000)
    kept = [rows for rows in results if rows]
    assert 70 < len(kept) < 130  # 100 expected, standard deviation 9.5
    assert all(rows in ([], [{"0": "1"}]) for rows in results)


def test_the_logger_writes_every_level_to_the_job_log_and_the_record_goes_through(run):
    source = """
def preprocess_handler(inference_record, logger):
    logger.debug("raw %s", inference_record)
    logger.info(f"event {inference_record.event_metadata.event_id}")
    logger.warning("%d of %d", 1, 2)
    logger.error("bad value")
    return inference_record
"""
    assert run(source, capture()) == [None]
    assert run.log[0].startswith("DEBUG raw {'captureData'")
    assert run.log[1:] == ["INFO event e-1", "WARNING 1 of 2", "ERROR bad value"]


@pytest.mark.parametrize(
    ("expression", "rows"),
    [
        ("{'b': 1, 'a': 5.0}", [{"a": "5.0", "b": "1"}]),
        ("{10: 'x', 2: 'y'}", [{"10": "x", "2": "y"}]),  # order of texts
        ("{'a': True, 'b': False, 'c': None, 'd': ''}", [{"a": "true", "b": "false", "c": None, "d": None}]),
        ("{'a': 1e-07, 'b': -0.0, 'c': float('inf')}", [{"a": "1e-07", "b": "-0.0", "c": "inf"}]),
        ("{'a': float('nan')}", [{"a": None}]),
        ("{}", []),
        ("[]", []),
        ("None", []),
        ("''", []),
        ("[1, 'x', None, True]", [["1", "x", None, "true"]]),
        ("(1, 2)", [["1", "2"]]),
        ("[{'b': 1, 'a': 2}, {'a': 3}]", [{"a": "2", "b": "1"}, {"a": "3"}]),
        ("'1,\"x, y\",,3\\n'", [["1", "x, y", None, "3"]]),
        ("inference_record", None),
        ("inference_record + ',c'", [["a", "b", "c"]]),
    ],
)
def test_returned(run, expression, rows):
    assert returning(run, expression) == rows


@pytest.mark.parametrize(
    ("expression", "said"),
    [
        ("{'a': [1, 2]}", "returned list [1, 2] under 'a'"),
        ("{'a': {'b': 1}}", "spread nested values over several keys"),
        ("[1, {'a': 2}]", "returned dict {'a': 2} under 1"),
        ("{1: 'x', '1': 'y'}", "a key twice"),
        ("{(1, 2): 'x'}", "keys are texts or whole numbers"),
        ("5", "returned int 5; return a dict"),
        ("{'a': object}", "a cell is a text, a number"),
    ],
)
def test_what_is_no_row_is_an_error_that_says_what_came(run, expression, said):
    with pytest.raises(ScriptError) as caught:
        returning(run, expression)
    assert said in str(caught.value)
    assert caught.value.record == 1


@pytest.mark.parametrize(
    ("expression", "row"),
    [
        ("{'a': np.float64(0.1), 'b': np.int8(3), 'c': np.bool_(True)}", {"a": "0.1", "b": "3", "c": "true"}),
        ("{np.int64(4): np.str_('x'), 5: np.float64('nan')}", {"4": "x", "5": None}),
        ("np.array([1.5, 2.0])", ["1.5", "2.0"]),
    ],
)
def test_numpy_values_are_written_like_plain_ones(run, expression, row):
    assert np  # the child has it where the tests have it
    source = f"import numpy as np\ndef preprocess_handler(inference_record):\n    return {expression}"
    assert run(source, "a") == [[row]]


@pytest.mark.parametrize(
    "parameters",
    [
        "(record, logger)",
        "(record, anything)",
        "(record, log=None)",
        "(record, threshold=0.5, logger=None)",
        "(record, *, logger)",
        "(record, *rest)",
        "(record, **rest)",
        "(*everything)",
    ],
)
def test_a_handler_that_asks_for_the_logger_gets_it(run, parameters):
    source = f"""
def preprocess_handler{parameters}:
    given = list(locals().values())
    for value in given:
        given += value.values() if isinstance(value, dict) else value if isinstance(value, tuple) else []
    return {{"n": sum(hasattr(value, "warning") for value in given)}}
"""
    assert run(source, "a") == [[{"n": "1"}]]


@pytest.mark.parametrize("parameters", ["(record)", "(record, threshold=0.5)", "(record, /)"])
def test_a_handler_that_does_not_ask_for_the_logger_gets_the_record_alone(run, parameters):
    assert run(
        f"def preprocess_handler{parameters}: return list(locals().values())[1:] or ['none']", "a"
    ) in (
        [[["0.5"]]],
        [[["none"]]],
    )


def test_a_handler_may_be_any_callable(run):
    source = """
class Counter:
    n = 0
    def __call__(self, record):
        self.n += 1
        return [self.n, record]
preprocess_handler = Counter()
"""
    assert run(source, "a", "b") == [[["1", "a"]], [["2", "b"]]]


def test_state_and_order_last_over_batches(run):
    source = "seen = []\ndef preprocess_handler(r):\n    seen.append(r)\n    return [len(seen), r]"
    lines = [f"line {number}" for number in range(2500)]
    assert run(source, *lines) == [[[str(place), line]] for place, line in enumerate(lines, 1)]


def test_a_json_record_comes_as_dict_and_may_be_changed_in_place(run):
    source = "def preprocess_handler(r):\n    r['b'] = r.pop('a') + 1\n    return r"
    assert run(source, {"a": 1}) == [Changed({"b": 2})]
    assert run("def preprocess_handler(r): return r", {"a": 1}) == [None]


def test_texts_of_any_script_and_broken_surrogates_pass(run):
    source = "def preprocess_handler(r): return [r, r[::-1]]"
    assert run(source, "åß∂ \u2028 x", "\ud800!") == [[["åß∂ \u2028 x", "x \u2028 ∂ßå"]], [["?!", "!?"]]]


def test_a_line_of_many_megabytes_passes(run):
    (rows,) = run("def preprocess_handler(r): return [len(r), r]", "x" * 20_000_000)
    assert rows[0][0] == "20000000"
    assert len(rows[0][1]) == 20_000_000


def test_prints_go_to_the_log_and_not_into_the_answers(run):
    source = """
import os, sys, subprocess
print("at load")
def preprocess_handler(record):
    print("first", record)
    sys.stderr.write("second\\n")
    os.write(1, b"third\\n")
    subprocess.run(["echo", "fourth"])
    sys.stdout.write("no line end")
    return [record]
"""
    assert run(source, "a") == [[["a"]]]
    assert run.log == ["at load", "first a", "second", "third", "fourth", "no line end"]


def test_more_print_than_a_pipe_holds_blocks_nobody(run):
    source = "print('x' * 300_000)\ndef preprocess_handler(record):\n    print('y' * 300_000)\n    return [1]"
    assert run(source, *["z" * 100_000] * 5) == [[["1"]]] * 5
    assert "".join(run.log) == "x" * 300_000 + "y" * 1_500_000


def test_no_records_give_no_results(run):
    assert run("def preprocess_handler(record): return record") == []


def test_threads_may_share_a_script_and_get_their_own_results(tmp_path):
    file = tmp_path / "prep.py"
    file.write_text("def preprocess_handler(r): return [r]")
    calls = [[f"{call}-{line}" for line in range(300)] for call in range(20)]
    with Preprocessor(file, log=print) as preprocessor, ThreadPoolExecutor(4) as threads:
        results = list(threads.map(preprocessor, calls))
    assert results == [[[[line]] for line in lines] for lines in calls]
