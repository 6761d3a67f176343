"""Answers to outputs: assembled, joined, filtered, marked."""

import json
import re

import pytest

CSV = {"ContentType": "text/csv", "SplitType": "Line"}
JSON = {"ContentType": "application/json", "SplitType": "Line"}
CAPTURE = {"DestinationS3Uri": "/nowhere", "GenerateInferenceId": True}
MARK = r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12},2026-11-22T10:03:11Z"


def each_line(answer):
    return lambda body: "\n".join(map(answer, body.decode().split("\n"))).encode()


@pytest.fixture
def capture(job):
    return CAPTURE | {"DestinationS3Uri": str(job.folder / "capture")}


def test_answers_follow_each_other_as_they_are(job):
    job.given("a\nb\n")
    job.run(SplitType="Line", BatchStrategy="SingleRecord")
    assert job.output() == "ab"


def test_assembling_ends_each_answer_with_one_line_end(job):
    job.given("a\nb\n")
    job.model.answer = lambda body: body + b"\n" * (body == b"b")
    job.run(SplitType="Line", BatchStrategy="SingleRecord", AssembleWith="Line")
    assert job.output() == "a\nb\n"


def test_csv_answers_are_appended_to_their_rows(job):
    job.given('7,"a,b"\n8,c\n')
    job.model.answer = each_line(lambda line: "0.1,x" if "a" in line else "0.2,y")
    job.run(**CSV, JoinSource="Input", InputFilter="$[1:]", AssembleWith="Line")
    assert job.output() == '7,"a,b",0.1,x\n8,c,0.2,y\n'


def test_joined_records_stand_on_lines_even_if_nothing_is_assembled(job):
    job.given("1\n2\n")
    job.run(**CSV, JoinSource="Input", BatchStrategy="SingleRecord")
    assert job.output() == "1,1\n2,2\n"


def test_an_unsplit_csv_object_is_joined_row_by_row(job):
    job.given("1\n2\n")
    job.run(ContentType="text/csv", JoinSource="Input")
    assert job.output() == "1,1\n2,2\n"


def test_the_output_filter_chooses_from_the_joined_row(job):
    job.given("7,40,basic\n8,41,pro\n")
    job.model.answer = each_line(lambda line: "0.5")
    job.run(**CSV, JoinSource="Input", InputFilter="$[1:]", OutputFilter="$[0,-1]")
    assert job.output() == "7,0.5\n8,0.5\n"


def test_the_output_filter_works_without_a_join(job):
    job.given("1\n2\n")
    job.model.answer = each_line(lambda line: f"{line},b,c")
    job.run(**CSV, OutputFilter="$[0]")
    assert job.output() == "1\n2\n"


def test_json_answers_stand_under_a_key_of_the_record(job):
    job.given('{"id":1}\n{"id":2}\n', "a.jsonl")
    job.model.content_type = "application/jsonlines"
    job.model.answer = each_line(lambda line: '{"score": 0.5}')
    job.run(**JSON, JoinSource="Input", AssembleWith="Line")
    assert job.output("a.jsonl") == (
        '{"id":1,"SageMakerOutput":{"score":0.5}}\n{"id":2,"SageMakerOutput":{"score":0.5}}\n'
    )


def test_a_record_that_is_no_object_gets_a_key_too(job):
    job.given("[1,2]\n[3,4]\n", "a.jsonl")
    job.model.content_type = "application/json"
    job.model.answer = lambda body: b"[0.1, 0.2]"  # one array for all records
    job.run(**JSON, JoinSource="Input")
    assert job.output("a.jsonl") == (
        '{"SageMakerInput":[1,2],"SageMakerOutput":0.1}\n{"SageMakerInput":[3,4],"SageMakerOutput":0.2}\n'
    )


def test_a_whole_document_is_joined_once(job):
    job.given('{"instances": [\n[1], [2]]}', "a.json")
    job.model.content_type = "application/json"
    job.model.answer = lambda body: b'{"predictions": [\n0.1, 0.2]}'
    job.run(ContentType="application/json", JoinSource="Input")
    assert job.output("a.json") == '{"instances":[[1],[2]],"SageMakerOutput":{"predictions":[0.1,0.2]}}'


def test_json_records_may_be_answered_in_csv_and_the_other_way_round(job):
    job.given('{"id":1}\n', "a.jsonl")
    job.model.answer = lambda body: b"0.5\n"
    job.run(**JSON, JoinSource="Input")
    assert job.output("a.jsonl") == '{"id":1,"SageMakerOutput":0.5}\n'
    job.model.answer, job.model.content_type = (lambda body: b'{"p": 0.5}'), "application/json"
    job.given("1\n", "a.jsonl")
    job.run(**CSV, JoinSource="Input")
    assert job.output("a.jsonl") == '1,"{""p"":0.5}"\n'


def test_the_output_filter_chooses_names(job):
    job.given('{"id":1,"x":2}\n', "a.jsonl")
    job.model.content_type = "application/json"
    job.model.answer = lambda body: b"0.5"
    job.run(**JSON, JoinSource="Input", OutputFilter="$['id','SageMakerOutput']")
    assert job.output("a.jsonl") == '{"id":1,"SageMakerOutput":0.5}\n'


def test_records_that_do_not_fit_together_fail_the_object(job):
    job.given("1\n2\n3\n")
    job.model.answer = lambda body: b"1\n2"
    end = job.run(**CSV, JoinSource="Input")
    assert "a.csv, lines 1 to 3: 3 records were sent and 2 came back" in end.reason
    assert job.outputs == []


def test_one_line_with_a_cell_for_each_record_answers_them_all(job):
    job.given("1\n2\n3\n")
    job.model.answer = lambda body: b"0.1,0.2,0.3"
    job.run(**CSV, JoinSource="Input")
    assert job.output() == "1,0.1\n2,0.2\n3,0.3\n"


def test_csv_rows_get_an_id_of_their_own_and_the_time_of_the_start(job, capture):
    job.given("1\n2\n3\n")
    job.run(**CSV, DataCaptureConfig=capture, AssembleWith="Line")
    lines = job.output().splitlines()
    assert all(re.fullmatch(rf"{at},{MARK}", line) for at, line in enumerate(lines, 1))
    assert len({line.split(",")[1] for line in lines}) == 3


def test_ids_differ_between_payloads_and_objects_and_are_the_same_in_a_repeated_run(job, capture):
    job.given("1\n2\n")
    job.given("1\n2\n", "b.csv")
    wishes = {"DataCaptureConfig": capture, "BatchStrategy": "SingleRecord", "AssembleWith": "Line"}
    job.run(**CSV, **wishes)
    first = job.output() + job.output("b.csv")
    assert len(set(re.findall(MARK, first))) == 4
    job.run(**CSV, **wishes)
    assert job.output() + job.output("b.csv") == first


@pytest.mark.parametrize("strategy", ["SingleRecord", "MultiRecord"])
def test_json_lines_get_the_keys_of_ids(job, capture, strategy):
    job.given('{"x":1}\n{"x":2}\n', "a.jsonl")
    job.model.content_type = "application/json"
    job.model.answer = each_line(lambda line: f'{{"output": {json.loads(line)["x"]}}}')
    end = job.run(**JSON, DataCaptureConfig=capture, BatchStrategy=strategy, AssembleWith="Line")
    assert end.state == "Completed"
    records = [json.loads(line) for line in job.output("a.jsonl").splitlines()]
    assert [record["output"] for record in records] == [1, 2]
    assert {record["SageMakerInferenceTime"] for record in records} == {"2026-11-22T10:03:11Z"}
    assert len({record["SageMakerInferenceId"] for record in records}) == 2


def test_an_unsplit_document_gets_one_id_at_its_top(job, capture):
    job.given('{"instances":[[1],[2]]}', "a.json")
    job.model.content_type = "application/json"
    job.model.answer = lambda body: b'{"predictions":[0.1,0.2]}'
    job.run(ContentType="application/json", DataCaptureConfig=capture, BatchStrategy="SingleRecord")
    document = json.loads(job.output("a.json"))
    assert document.keys() == {"predictions", "SageMakerInferenceId", "SageMakerInferenceTime"}


def test_ids_of_joined_records_stand_beside_their_fields(job, capture):
    job.given('{"x":1}\n', "a.jsonl")
    job.model.content_type = "application/json"
    job.model.answer = lambda body: b'{"y":2}'
    job.run(**JSON, DataCaptureConfig=capture, JoinSource="Input", OutputFilter="$.SageMakerOutput")
    assert json.loads(job.output("a.jsonl")).keys() == {"y", "SageMakerInferenceId", "SageMakerInferenceTime"}
    job.run(**JSON, DataCaptureConfig=capture, JoinSource="Input")
    joined = json.loads(job.output("a.jsonl"))
    assert list(joined) == ["x", "SageMakerOutput", "SageMakerInferenceId", "SageMakerInferenceTime"]


def test_ids_need_an_answer_that_has_records(job, capture):
    job.given("x")
    job.model.content_type = "image/png"
    end = job.run(ContentType="image/png", DataCaptureConfig=capture)
    assert "the answer is of type 'image/png'; OutputFilter and GenerateInferenceId need CSV" in end.reason


def test_what_was_asked_for_decides_how_an_answer_is_read(job, capture):
    job.given("x")
    job.model.content_type = "text/html; charset=utf-8"
    job.run(ContentType="text/plain", Accept="text/csv", DataCaptureConfig=capture)
    assert re.fullmatch(rf"x,{MARK}\n", job.output())


@pytest.mark.parametrize("text", ["\udcff,é", '{"a":"é"}'])
def test_bytes_that_are_no_text_come_out_as_they_went_in(job, text):
    raw = text.encode(errors="surrogateescape")
    job.given(raw)
    job.run(**CSV, JoinSource="Input")
    assert (job.folder / "out/a.csv.out").read_bytes() == raw + b"," + raw + b"\n"


def test_half_a_character_in_json_stays_escaped(job):
    job.given('{"a":"\\ud800"}\n', "a.jsonl")
    job.model.content_type = "application/json"
    job.run(**JSON, OutputFilter="$.a")
    assert job.output("a.jsonl") == '"\\ud800"\n'
