"""Postprocessing scripts."""

import pytest

from leeboard.errors import ScriptError
from leeboard.jobs.scripts import ScriptLimits, run_postprocessor

SENTENCE = "Exception while invoking postprocessor script."


@pytest.fixture
def run(tmp_path):
    def run(source, environment=None, limits=ScriptLimits()):  # noqa: B008
        file = tmp_path / "post.py"
        file.write_text(source)
        run_postprocessor(file, environment or {}, limits, run.log.append)

    run.log = []
    return run


def test_it_reads_a_report_by_the_jobs_variables_and_prints_to_the_log(run, tmp_path):
    (tmp_path / "constraint_violations.json").write_text('{"violations": [1, 2]}')
    source = """
import json, os
def postprocess_handler():
    with open(os.path.join(os.environ["output_path"], "constraint_violations.json")) as report:
        print(len(json.load(report)["violations"]), "violations")
    return {1, 2}
"""
    run(source, {"output_path": str(tmp_path)})
    assert run.log == ["2 violations"]


@pytest.mark.parametrize(
    ("source", "said"),
    [
        (
            "def postprocess_handler(): raise OSError('no mail')",
            'post.py: OSError: no mail\n  File "post.py", line 1',
        ),
        (
            "def postprocess_handler(x): pass",
            "post.py could not be loaded: postprocess_handler(x) needs arguments",
        ),
        ("def post_process_handler(): pass", "did you mean post_process_handler?"),
        ("import os\ndef postprocess_handler(): os._exit(9)", "post.py: its process ended with exit code 9"),
    ],
)
def test_a_failure_is_a_script_error(run, source, said):
    with pytest.raises(ScriptError) as caught:
        run(source)
    assert str(caught.value).startswith(SENTENCE)
    assert said in str(caught.value)


def test_a_call_has_the_time_of_the_run(run):
    with pytest.raises(ScriptError, match=r"no answer within 0\.4 s"):
        run("def postprocess_handler():\n    while True: pass", limits=ScriptLimits(run_s=0.4))
