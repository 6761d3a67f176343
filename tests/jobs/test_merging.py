"""The merge as a processing job: what it is told, what it reads and where it writes."""

import json

import pytest

from leeboard.errors import InputError, NoDataError
from leeboard.jobs.environment import JobEnvironment
from leeboard.jobs.merging import merge_job
from leeboard.jobs.mounts import Mounts
from leeboard.storage.layout import merged_name

CAPTURES, LABELS, OUTPUT = (
    "/opt/ml/processing/input_data",
    "/opt/ml/processing/groundtruth",
    "/opt/ml/processing/output",
)
ID = "1f1d57b1-2e6f-488c-8c30-db4e6d757861"
TOLD = {
    "dataset_source": CAPTURES,
    "ground_truth_source": LABELS,
    "output_path": OUTPUT,
    "start_time": "2022-04-18T00:00:00Z",
    "end_time": "2022-04-18T01:00:00Z",
    "sagemaker_monitoring_schedule_name": "nightly",
}


def put(path, *lines):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(f"{line}\n" for line in lines))


def captured(event, time="2022-04-18T00:21:48Z"):
    data = {"endpointOutput": {"data": "0.5", "encoding": "CSV"}}
    return json.dumps({"captureData": data, "eventMetadata": {"eventId": event, "inferenceTime": time}})


def label(event):
    return json.dumps(
        {"groundTruthData": {"data": "1", "encoding": "CSV"}, "eventMetadata": {"eventId": event}}
    )


@pytest.fixture
def run(tmp_path):
    """Runs a merge over a root; gives its summary, its log and its files."""

    def run(mounts=None, **variables):
        log: list[str] = []
        told = {name: value for name, value in (TOLD | variables).items() if value is not None}
        summary = merge_job(JobEnvironment(told, str(tmp_path), mounts), log.append)
        output = tmp_path / OUTPUT[1:]
        files = {str(file.relative_to(output)): file.read_text() for file in output.rglob("*.jsonl")}
        return summary, "\n".join(log), files

    return run


def test_copied_inputs_are_merged_below_the_output(run, tmp_path):
    put(tmp_path / CAPTURES[1:] / "churn/AllTraffic/2022/04/18/00/a.jsonl", captured("a"), captured("b"))
    put(tmp_path / LABELS[1:] / "2022/04/18/00/l.jsonl", label("a"), label("c"))
    put(tmp_path / "opt/ml/config/processingjobconfig.json", '{"ProcessingJobName": "groundtruth-merge-1"}')
    _, log, files = run()
    (name,) = files
    assert name == f"churn/AllTraffic/2022/04/18/00/{merged_name('groundtruth-merge-1')}"
    assert "1 of 2 captured records have a label; 1 of 2 labels have a record" in log
    assert "b (" in log


def test_mounted_inputs_are_read_where_they_are(run, tmp_path):
    hour = "churn/AllTraffic/2022/04/18/00"
    put(tmp_path / "bucket/capture" / hour / "a.jsonl", captured("a"))
    for labels_hour in ("00", "05"):
        put(tmp_path / "bucket/truth/2022/04/18" / labels_hour / "l.jsonl", label("a"))
    mounts = Mounts(
        {f"{CAPTURES}/{hour}": str(tmp_path / "bucket/capture" / hour)}
        | {f"{LABELS}/2022/04/18/{h}": str(tmp_path / "bucket/truth/2022/04/18" / h) for h in ("00", "05")}
    )
    summary, _, files = run(mounts)
    assert (summary.n_matched, summary.n_replaced_labels, summary.n_late) == (1, 1, 1)
    assert [name.rpartition("/")[0] for name in files] == [hour]


def test_outputs_of_transform_jobs_are_filed_by_schedule_and_hour_of_the_mount(run, tmp_path):
    put(tmp_path / "bucket/out/part-0.csv.out", f"0.5,{ID},2022-04-18T00:00:00Z")
    put(tmp_path / "bucket/truth/l.jsonl", label(ID))
    mounts = Mounts(
        {
            f"{CAPTURES}/2022/04/18/00/0": str(tmp_path / "bucket/out/part-0.csv.out"),
            LABELS: str(tmp_path / "bucket/truth"),
        }
    )
    _, _, files = run(mounts, leeboard_batch_transform="Enabled", dataset_format='{"csv":{"header":false}}')
    ((name, text),) = files.items()
    assert name.startswith("nightly/2022/04/18/00/part-00000-")
    assert json.loads(text)["captureData"]["batchTransformOutput"]["data"] == "0.5"


def test_strict_jobs_merge_whole_hours(run, tmp_path):
    put(
        tmp_path / CAPTURES[1:] / "c/v/2022/04/18/00/a.jsonl",
        captured("a"),
        captured("b", "2022-04-18T01:00:01Z"),
    )
    put(tmp_path / LABELS[1:] / "2022/04/18/00/l.jsonl", label("a"), label("b"))
    assert run()[0].n_matched == 1
    assert run(leeboard_compat="strict")[0].n_matched == 2


def test_nothing_matched_is_no_failure_and_is_explained(run, tmp_path):
    put(tmp_path / CAPTURES[1:] / "c/v/2022/04/18/00/a.jsonl", captured("a"))
    put(tmp_path / LABELS[1:] / "l.jsonl", label("b"))
    summary, log, files = run()
    assert (summary.n_matched, files) == (0, {})
    assert "nothing was merged: no eventId of a label" in log


def test_no_labels_at_all_are_refused(run, tmp_path):
    put(tmp_path / CAPTURES[1:] / "c/v/2022/04/18/00/a.jsonl", captured("a"))
    mounts = Mounts({CAPTURES: str(tmp_path / CAPTURES[1:])})
    with pytest.raises(NoDataError, match="ground_truth_source"):
        run(mounts)


def test_memory_must_be_above_zero(run):
    with pytest.raises(InputError, match="leeboard_merge_memory_mb is -1"):
        run(leeboard_merge_memory_mb="-1")
