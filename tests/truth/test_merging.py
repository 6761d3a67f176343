"""Captured records and labels find each other."""

import base64
import json
from datetime import UTC, datetime

import pytest

from leeboard.errors import NoDataError, NotFoundError
from leeboard.formats.capture import MergedRecord
from leeboard.formats.reading import read_record
from leeboard.truth.merging import merge

from .conftest import captured, label

WINDOW = (datetime(2022, 4, 18, 0, tzinfo=UTC), datetime(2022, 4, 18, 1, tzinfo=UTC))
SECOND = "churn/AllTraffic/2022/04/18/01"


def test_a_record_with_a_label_is_written_with_it_and_as_it_was(bench):
    line = captured("a", targetModel="m.tar.gz")
    bench.capture(line)
    bench.labels(label("a", "7"))
    summary = bench.merge()
    (record,) = bench.records
    assert record == {"groundTruthData": {"data": "7", "encoding": "CSV"}, **json.loads(line)}
    assert line[1:] in bench.lines[0]  # not a byte of it was written anew
    assert (summary.n_captured, summary.n_labels, summary.n_matched) == (1, 1, 1)
    assert read_record(MergedRecord, bench.lines[0]).groundTruthData.data == "7"


def test_the_inference_id_is_the_key_where_there_is_one(bench):
    bench.capture(captured("a", inference="order-1"), captured("b"), captured("order-1"))
    bench.labels(label("order-1", "1"), label("b", "0"), label("a", "wrong"))
    bench.merge()
    assert bench.pairs == [("a", "1"), ("b", "0"), ("order-1", "1")]


def test_what_has_no_partner_is_counted_and_told(bench):
    bench.capture(captured("a"), captured("b"))
    bench.labels(label("c"), label("a"))
    summary = bench.merge()
    assert (summary.n_captured_without_label, summary.n_labels_without_capture) == (1, 1)
    (record,), (truth,) = summary.captured_without_label, summary.labels_without_capture
    assert (record.id, record.line, record.uri.endswith("a.jsonl")) == ("b", 2, True)
    assert (truth.id, truth.line, truth.uri.endswith("labels.jsonl")) == ("c", 1, True)
    told = "\n".join(summary.lines())
    assert "1 of 2 captured records have a label; 1 of 2 labels have a record" in told
    assert "1 captured record without a label, the first of them:\n  b (" in told


def test_only_the_first_without_a_partner_are_kept(bench):
    bench.capture(*[captured(f"a{i}") for i in range(50)])
    bench.labels(*[label(f"b{i}") for i in range(50)])
    summary = bench.merge()
    assert [one.id for one in summary.captured_without_label] == [f"a{i}" for i in range(20)]
    assert [one.id for one in summary.labels_without_capture] == [f"b{i}" for i in range(20)]
    assert bench.files == []
    assert "no eventId of a label is the inferenceId of a record" in "\n".join(summary.lines())


def test_of_several_labels_the_last_line_of_the_newest_hour_counts(bench):
    bench.capture(captured("a"), captured("b"))
    bench.labels(label("a", "new"), label("b", "first"), label("b", "last"), hour="2022/04/18/02", name="0")
    bench.labels(label("a", "old"), hour="2022/04/18/01", name="9")
    summary = bench.merge()
    assert bench.pairs == [("a", "new"), ("b", "last")]
    assert (summary.n_labels, summary.n_replaced_labels) == (2, 2)


def test_several_records_of_one_id_are_all_matched(bench):
    bench.capture(captured("a", inference="x"), captured("b", inference="x"), captured("c", inference="x"))
    bench.labels(label("x"))
    assert bench.merge().n_matched == 3
    assert bench.pairs == [("a", "1"), ("b", "1"), ("c", "1")]


def test_labels_that_came_after_the_window_are_late(bench):
    bench.capture(captured("a"), captured("b"))
    bench.labels(label("a"), hour="2022/04/18/00")
    bench.labels(label("b"), hour="2022/04/18/01")
    for options in ({"window": WINDOW}, {}):
        summary = bench.merge(**options)
        assert (summary.n_matched, summary.n_late) == (2, 1)


def test_each_hour_of_each_variant_has_a_file_in_the_order_of_its_records(bench):
    bench.capture(captured("b1"), name="22.jsonl")
    bench.capture(captured("a1"), captured("a2"), name="21.jsonl")
    bench.capture(captured("c1"), hour=SECOND)
    bench.capture(captured("d1"), hour=SECOND.replace("AllTraffic", "other"))
    bench.labels(*map(label, ("d1", "c1", "b1", "a2", "a1")))
    summary = bench.merge()
    folders = [str(file.parent.relative_to(bench.output)) for file in bench.files]
    assert folders == ["churn/AllTraffic/2022/04/18/00", SECOND, SECOND.replace("AllTraffic", "other")]
    assert [event for event, _ in bench.pairs] == ["a1", "a2", "b1", "c1", "d1"]
    assert sorted(summary.files) == [str(file) for file in bench.files]
    assert all(file.name.startswith("part-00000-") for file in bench.files)


def test_the_same_job_writes_the_same_files_again_and_another_job_others(bench):
    bench.capture(captured("a"))
    bench.labels(label("a"))
    first, again, other = (bench.merge(job).files for job in ("one", "one", "two"))
    assert first == again != other
    assert len(bench.files) == 2


def test_records_outside_the_window_are_left_out(bench):
    bench.capture(captured("a", minute=10), captured("b", minute=30), captured("c", minute=50))
    bench.labels(*map(label, "abc"))
    window = (datetime(2022, 4, 18, 0, 20, tzinfo=UTC), datetime(2022, 4, 18, 0, 50, tzinfo=UTC))
    summary = bench.merge(window=window)
    assert [event for event, _ in bench.pairs] == ["b"]
    assert (summary.n_captured, summary.n_labels_without_capture) == (1, 2)


def test_malformed_lines_are_counted_with_file_line_and_reason(bench):
    bench.capture(
        captured("a"), "{not json", "", '{"captureData":{}}', "[1]", captured("b"), captured("c")[:-9]
    )
    bench.labels(
        label("a"), "{", '{"groundTruthData":{"data":"1"}}', '{"eventMetadata":{"eventId":"x"}}', label("b")
    )
    summary = bench.merge()
    assert bench.pairs == [("a", "1"), ("b", "1")]
    captures, labels = summary.malformed_captures, summary.malformed_labels
    assert [one.line for one in captures.samples] == [2, 4, 5, 7]
    assert [one.reason[:14] for one in captures.samples][1:3] == ["neither an eve", "no captureData"]
    assert [one.line for one in labels.samples] == [2, 3, 4]
    assert "no eventId" in labels.samples[1].reason
    assert "no groundTruthData" in labels.samples[2].reason


def test_blank_lines_do_not_shift_the_numbers_of_others(bench):
    bench.capture("", captured("a"), "", captured("b"))
    bench.labels("", label("c"), "", label("d"))
    summary = bench.merge()
    assert [one.line for one in summary.captured_without_label] == [2, 4]
    assert [one.line for one in summary.labels_without_capture] == [2, 4]


@pytest.mark.parametrize("indent", [None, 2])
def test_labels_may_be_one_json_array(bench, indent):
    bench.capture(captured("a"), captured("b"))
    bench.labels(json.dumps([json.loads(label("a", "x\ny")), json.loads(label("b", "0"))], indent=indent))
    bench.merge()
    assert bench.pairs == [("a", "x\ny"), ("b", "0")]


@pytest.mark.parametrize(
    ("data", "encoding", "expected"),
    [
        ('{"label": 1}', "JSON", '{"label": 1}'),
        ({"label": 1}, "JSON", '{"label":1}'),
        ('a "quoted"\tone\\', "CSV", 'a "quoted"\tone\\'),
        ("{x", "CSV", "{x"),
        ("Größe", "CSV", "Größe"),
        ("", "CSV", ""),
    ],
)
def test_labels_of_any_text_and_encoding_come_through(bench, data, encoding, expected):
    bench.capture(captured("a"), captured("b"))
    bench.labels(label("a", data, encoding), label("b", "1"))
    bench.merge()
    truths = [record["groundTruthData"] for record in bench.records]
    assert truths == [{"data": expected, "encoding": encoding}, {"data": "1", "encoding": "CSV"}]


def test_base64_and_unknown_keys_are_passed_through(bench):
    line = json.loads(captured("a", more={"x": [1, {"eventMetadata": {"eventId": "no"}}]}))
    line["captureData"]["endpointInput"] |= {
        "data": base64.b64encode(b"\x00\xff").decode(),
        "encoding": "BASE64",
    }
    bench.capture(json.dumps(line, indent=None, separators=(" , ", " : ")).replace("{", "{ "))
    bench.labels(label("a"))
    bench.merge()
    assert bench.records == [{"groundTruthData": {"data": "1", "encoding": "CSV"}, **line}]


def test_a_label_that_a_record_has_already_is_replaced(bench):
    bench.capture(captured("a", groundTruthData={"data": "old", "encoding": "CSV"}), captured("b"))
    bench.labels(label("a", "new"), label("b", "0"))
    bench.merge()
    assert bench.pairs == [("a", "new"), ("b", "0")]
    assert all(line.count("groundTruthData") == 1 for line in bench.lines)


def test_windows_line_ends_are_no_part_of_records(bench):
    bench.capture(captured("a") + "\r", captured("b") + "\r")
    bench.labels(label("a") + "\r", label("b") + "\r")
    bench.merge()
    assert bench.pairs == [("a", "1"), ("b", "1")]
    assert not any(line.endswith("\r") for line in bench.lines)


def test_without_labels_or_records_there_is_nothing_to_merge(bench, tmp_path):
    bench.capture(captured("a"))
    (tmp_path / "truth").mkdir()
    with pytest.raises(NoDataError, match="truth"):
        bench.merge()
    with pytest.raises(NotFoundError):
        merge(bench.captures, [str(tmp_path / "nowhere")], bench.output, job="x")


def test_a_merge_that_fails_leaves_no_file(bench, monkeypatch):
    bench.capture(captured("a"))
    bench.labels(label("a"))

    def fail(descriptor):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("leeboard.truth.writing.os.fsync", fail)
    with pytest.raises(Exception, match="No space left"):
        bench.merge()
    assert bench.files == []


def test_a_single_place_needs_no_list(bench):
    bench.capture(captured("a"))
    bench.labels(label("a"))
    assert merge(bench.captures[0], bench.truth[0], bench.output, job="x").n_matched == 1


def test_the_summary_is_json(bench):
    bench.capture(captured("a"), captured("b"), "{")
    bench.labels(label("a"), label("c"))
    document = json.loads(json.dumps(bench.merge().to_document()))
    assert (document["captured"], document["matched"], document["labels"]) == (2, 1, 2)
    assert document["samples"]["labels_without_capture"][0]["id"] == "c"
    assert document["malformed"]["captures"]["count"] == 1


def test_records_as_they_were_recorded_find_their_labels(data, tmp_path):
    files = data / "aws-files"
    summary = merge([files / "capture.jsonl"], [files / "actuals.jsonl"], tmp_path / "out", job="aws")
    assert (summary.n_captured, summary.n_labels, summary.n_matched) == (44, 44, 44)
    (file,) = summary.files
    with open(file) as merged, open(files / "capture.jsonl") as plain:
        for line, record in zip(merged, plain, strict=True):
            assert line.endswith(record.strip()[1:] + "\n")
    summary = merge([files / "captured-data.jsonl"], [files / "actuals.jsonl"], tmp_path / "other", job="aws")
    assert (summary.n_captured, summary.n_matched, summary.files) == (2, 0, ())
