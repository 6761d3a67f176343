"""References are replaced by what they stand for."""

import json
from collections.abc import Callable

import pytest

from leeboard.errors import NotFoundError
from leeboard.service.pipelines.definition import Definition
from leeboard.service.pipelines.resolving import LONGEST_TEXT, Known
from leeboard.service.refusals import InvalidRequestError
from pipeline_definitions import definition, get, join, json_get, profile

FILE = {"dataset": {"item_count": 7}, "features": [{"name": "age"}]}


def nothing_there(uri: str) -> bytes:
    raise NotFoundError(f"nothing is stored at {uri}")


def known(read: Callable[[str], bytes] = nothing_there) -> Known:
    output = {"OutputName": "result", "S3Output": {"S3Uri": "s3://b/out"}}
    return Known(
        Definition.of(
            definition(profile("p"), PipelineExperimentConfig={"TrialName": get("Execution.PipelineName")})
        ),
        {"Day": "monday", "N": 3, "Strict": True},
        {"PipelineName": "nightly"},
        {"p": {"ProcessingJobStatus": "Completed", "ProcessingOutputConfig": {"Outputs": [output]}}},
        read,
    )


def test_references_keep_their_types_and_joins_make_text() -> None:
    found = known().resolved(
        {"n": get("Parameters.N"), "uri": join("s3:/", get("Parameters.Day"), get("Parameters.N"))}
    )
    assert found == {"n": 3, "uri": "s3://monday/3"}
    assert known().resolved(join(get("Parameters.Strict"), 0.5, on="-")) == "true-0.5"
    assert known().resolved(join("a", "b", on=get("Parameters.Day"))) == "amondayb"


def test_a_property_is_reached_by_its_path() -> None:
    text = "Steps.p.ProcessingOutputConfig.Outputs['result'].S3Output.S3Uri"
    assert known().resolved([get(text)]) == ["s3://b/out"]
    assert known().resolved(get("PipelineExperimentConfig.TrialName")) == "nightly"


def test_a_property_file_is_read_where_the_output_is() -> None:
    files = {"s3://b/out/statistics.json": json.dumps(FILE).encode()}
    assert known(files.__getitem__).resolved(json_get("p", "stats", "dataset.item_count")) == 7
    assert known(files.__getitem__).resolved(json_get("p", "stats", "$.features[0]['name']")) == "age"


def test_a_join_stops_where_it_gets_too_long() -> None:
    n_read = []

    def read(uri: str) -> bytes:
        n_read.append(uri)
        return json.dumps({"a": "x" * 60_000}).encode()

    uris = [{"Std:JsonGet": {"S3Uri": f"s3://b/{n}", "Path": "a"}} for n in range(50)]
    with pytest.raises(InvalidRequestError, match="makes a text of more than 65,536"):
        known(read).resolved(join(*uris))
    assert len(n_read) == 2
    with pytest.raises(InvalidRequestError, match="makes a text of more than 65,536"):
        known().resolved(join("", "", on="x" * 65_537))


def test_a_property_file_is_read_once_for_values_in_a_row() -> None:
    n_read = []

    def read(uri: str) -> bytes:
        n_read.append(uri)
        return json.dumps(FILE).encode()

    known(read).resolved([json_get("p", "stats", "dataset.item_count")] * 20)
    assert len(n_read) == 1


def test_a_value_of_a_property_file_has_bounds() -> None:
    whole = {"s3://b/out/statistics.json": json.dumps({"a": ["x" * 40_000] * 2}).encode()}
    with pytest.raises(InvalidRequestError, match=r"a in s3://.* has more than 65,536"):
        known(whole.__getitem__).resolved(json_get("p", "stats", "a"))


@pytest.mark.parametrize("number", ["NaN", "-Infinity", "1e999"])
def test_a_number_that_json_does_not_have_is_no_value_and_disturbs_no_other(number: str) -> None:
    whole = {"s3://b/out/statistics.json": f'{{"a": {{"b": {number}}}, "c": 1}}'.encode()}
    assert known(whole.__getitem__).resolved(json_get("p", "stats", "c")) == 1
    for path in ("a", "a.b"):
        with pytest.raises(InvalidRequestError, match=f"{path} in s3://.* is or holds NaN or an infinite"):
            known(whole.__getitem__).resolved(json_get("p", "stats", path))


def test_what_leads_to_nothing_is_told() -> None:
    for value, words in (
        (get("Steps.q.x"), "the step q has no properties"),
        (get("Steps.p.Other"), "there is no 'Other'"),
        (
            json_get("p", "stats", "a"),
            "property file s3://b/out/statistics.json cannot be read: nothing is stored",
        ),
    ):
        with pytest.raises(InvalidRequestError, match=words.replace("'", ".")):
            known().resolved(value)
    with pytest.raises(InvalidRequestError, match="not JSON"):
        known(lambda _: b"{").resolved(json_get("p", "stats", "a"))


@pytest.mark.parametrize("uri", ["/etc/passwd", "file:///etc/passwd", get("Parameters.N")])
def test_files_of_this_machine_are_not_read(uri: object) -> None:
    with pytest.raises(InvalidRequestError, match="reads objects of S3"):
        known(lambda _: b"{}").resolved({"Std:JsonGet": {"S3Uri": uri, "Path": "a"}})


def test_a_join_does_not_grow_without_end() -> None:
    value = "x" * (LONGEST_TEXT // 2)
    with pytest.raises(InvalidRequestError, match="more than"):
        known().resolved(join(value, join(value, value, on=""), on=""))
