"""Whole jobs: order, failures, retries, stops."""

import json
from pathlib import Path
from threading import Barrier

import pytest

from leeboard.errors import EngineError
from leeboard.jobs.transform.run import Progress, run_transform

OPEN_FILES = Path("/proc/self/fd")
LINES = {"SplitType": "Line", "AssembleWith": "Line", "BatchStrategy": "SingleRecord"}


def test_each_object_has_an_output_of_its_own(job):
    for name in ("a.csv", "sub/b.csv"):
        job.given(f"{name}\n", name)
    end = job.run()
    assert (end.state, end.n_failed, job.outputs) == ("Completed", 0, ["a.csv.out", "sub/b.csv.out"])
    assert end.outputs == (f"{job.folder}/out/a.csv.out", f"{job.folder}/out/sub/b.csv.out")
    assert job.output("sub/b.csv") == "sub/b.csv\n"


def test_the_model_is_asked_as_the_order_says(job):
    job.given("1")
    job.run(
        ContentType="text/csv",
        Accept="application/json",
        ModelClientConfig={"InvocationsTimeoutInSeconds": 7},
    )
    assert job.model.wishes == [{"content_type": "text/csv", "accept": "application/json", "timeout_s": 7}]


def test_payloads_are_asked_at_once_and_stay_in_order(job):
    job.given("".join(f"{n}\n" for n in range(12)))
    together = Barrier(4, timeout=120)

    def answer(body):
        together.wait()  # breaks if fewer than four are asked at once
        return body

    job.model.answer = answer
    assert job.run(**LINES, MaxConcurrentTransforms=4).state == "Completed"
    assert job.output() == "".join(f"{n}\n" for n in range(12))


def test_small_objects_are_asked_at_once_too(job):
    for n in range(4):
        job.given(f"{n}", f"{n}.csv")
    together = Barrier(4, timeout=120)

    def answer(body):
        together.wait()
        return body

    job.model.answer = answer
    job.run(MaxConcurrentTransforms=4)
    assert [job.output(f"{n}.csv") for n in range(4)] == ["0", "1", "2", "3"]


def test_empty_objects_are_skipped_and_said(job):
    job.given("1\n")
    job.given("", "empty.csv")
    job.given("\n\n", "blank.csv")
    assert job.run(**LINES).state == "Completed"
    assert job.outputs == ["a.csv.out"]
    assert [line.rpartition("/")[2] for line in job.log[:2]] == [
        "empty.csv is empty and was skipped",
        "blank.csv has no records and was skipped",
    ]


def test_nothing_but_blank_lines_is_no_data(job):
    job.given("\n\n")
    end = job.run(**LINES)
    assert (end.state, "has a record" in end.reason) == ("Failed", True)


def test_a_refused_record_fails_its_object_and_the_job_but_no_other_object(job):
    job.given("1\nbad\n3\n")
    job.given("4\n", "b.csv")
    job.model.answer = lambda body: (400, b"cannot   read\nbad", "text/plain") if body == b"bad" else body
    end = job.run(**LINES)
    assert (end.state, end.n_failed, job.outputs) == ("Failed", 1, ["b.csv.out"])
    place = f"{job.folder}/in/a.csv, line 2"
    refusal = f"{place}: the model answered 400: cannot read bad"
    assert end.reason == f"1 of 2 objects could not be transformed, the first: {refusal}"
    assert job.model.bodies == [b"1", b"bad", b"4"]


def test_one_object_that_fails_needs_no_count(job):
    job.given("bad")
    job.model.answer = lambda body: (400, b"", None)
    assert job.run().reason == f"{job.folder}/in/a.csv: the model answered 400: an empty body"


def test_the_first_failure_is_told_not_the_quickest(job):
    job.given("1\n2\n")
    together = Barrier(2, timeout=120)

    def answer(body):
        together.wait()
        return 400, body, None

    job.model.answer = answer
    assert job.run(**LINES, MaxConcurrentTransforms=2).reason.endswith("line 1: the model answered 400: 1")


def test_a_long_message_is_cut(job):
    job.given("1")
    job.model.answer = lambda body: (400, b"x" * 5000, None)
    assert len(job.run().reason) < 600


@pytest.mark.parametrize("status", [500, 503, 429])
def test_a_busy_model_is_asked_again(job, status):
    job.given("1")
    job.model.answer = lambda body: b"yes" if len(job.model.bodies) == 3 else (status, b"busy", None)
    assert job.run().state == "Completed"
    assert job.output() == "yes"


def test_retries_have_an_end(job):
    job.given("1")
    job.model.answer = lambda body: (503, b"busy", None)
    end = job.run(ModelClientConfig={"InvocationsMaxRetries": 2})
    assert end.reason.endswith("the model answered 503 (asked 3 times): busy")
    assert len(job.model.bodies) == 3


def test_no_retries_are_no_retries(job):
    job.given("1")
    job.model.answer = lambda body: (503, b"busy", None)
    assert job.run(ModelClientConfig={"InvocationsMaxRetries": 0}).state == "Failed"
    assert len(job.model.bodies) == 1


def test_a_model_that_does_not_answer_in_time_fails_the_object(job):
    def answer(body):
        raise TimeoutError

    job.given("1")
    job.given("2", "b.csv")
    job.model.answer = answer
    end = job.run(ModelClientConfig={"InvocationsMaxRetries": 1, "InvocationsTimeoutInSeconds": 5})
    assert end.n_failed == 2
    assert "the model did not answer within 5 s (asked 2 times)" in end.reason


@pytest.mark.parametrize(
    "error", [ConnectionRefusedError("refused"), EngineError("the program ended: refused")]
)
def test_a_model_that_is_gone_ends_the_job(job, error):
    def answer(body):
        raise error

    job.given("1")
    job.given("2", "b.csv")
    job.model.answer = answer
    end = job.run()
    assert end.state == "Failed"
    assert end.reason.startswith("the model cannot be reached (asked 4 times): ")
    assert len(job.model.bodies) == 4


def test_a_fault_of_ours_is_not_taken_for_a_failed_job(job):
    def answer(body):
        raise KeyError("fault")

    job.given("1")
    job.model.answer = answer
    with pytest.raises(KeyError):
        job.run()


def test_a_job_stops_between_payloads_and_leaves_no_half_output(job):
    job.given("1\n")
    job.given("2\n3\n4\n", "b.csv")
    end = job.run(**LINES, should_stop=lambda: b"3" in job.model.bodies)
    assert (end.state, end.reason, job.outputs) == ("Stopped", "", ["a.csv.out"])
    assert job.model.bodies == [b"1", b"2", b"3"]


def test_a_job_that_is_stopping_retries_nothing(job):
    job.given("1\n2\n")
    job.model.answer = lambda body: (503, b"busy", None)
    job.run(**LINES, should_stop=lambda: bool(job.model.bodies))
    assert job.model.bodies == [b"1"]


def test_nothing_is_left_in_the_scratch_folder(job):
    job.given("1\nbad\n")
    job.model.answer = lambda body: (400, b"", None) if body == b"bad" else body
    job.run(**LINES)
    assert sorted(path.name for path in job.folder.iterdir()) == ["in"]


def test_progress_is_told(job):
    job.given("1\n2\n")
    told: list[Progress] = []
    run_transform(job.order(**LINES), invoke=job.model, progress=told.append)
    assert told == [Progress(1, 0, 1, 1), Progress(1, 0, 2, 2), Progress(1, 1, 2, 2)]


def test_an_object_that_vanished_fails(job):
    job.given(json.dumps([{"prefix": f"{job.folder}/in/"}, "gone.csv"]), "manifest.json")
    end = job.run("in/manifest.json", S3DataType="ManifestFile")
    assert (end.state, "gone.csv" in end.reason) == ("Failed", True)


def test_records_behind_a_failure_do_not_count(job):
    job.given("bad\n2\n")
    together = Barrier(2, timeout=120)

    def answer(body):
        together.wait()
        return (400, b"", None) if body == b"bad" else body

    job.model.answer = answer
    end = job.run(**LINES, MaxConcurrentTransforms=2)
    assert (end.n_records, end.n_failed, job.outputs) == (0, 1, [])


@pytest.mark.skipif(not OPEN_FILES.is_dir(), reason="the system does not tell which files are open")
def test_outputs_that_are_stored_are_closed(job):
    for n in range(20):
        job.given(f"{n}", f"{n}.csv")
    counts = []

    def answer(body):
        counts.append(len(list(OPEN_FILES.iterdir())))
        return body

    job.model.answer = answer
    job.run()
    assert counts[-1] <= counts[0] + 1


def test_an_output_that_cannot_be_stored_ends_the_job_and_says_where(job):
    job.given("1")
    (job.folder / "out").write_text("a file, where a folder should be")
    end = job.run()
    assert (end.state, end.outputs) == ("Failed", ())
    assert "nothing can be stored at" in end.reason
