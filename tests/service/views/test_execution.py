"""What is told of an execution in words, and the command that does the same elsewhere."""

import json
from typing import Any

import pytest

from leeboard.formats.summary import FeatureColumns, MeasureSummary, Summary
from leeboard.service.views.comparing import compared
from leeboard.service.views.execution_inputs import command_of, inputs_of
from leeboard.service.views.execution_reason import FAULTS, NOTHING


def request(environment: dict[str, str] | None = None, **inputs: str) -> dict[str, Any]:
    given = [{"InputName": name, "S3Input": {"S3Uri": uri}} for name, uri in inputs.items()]
    return {"ProcessingInputs": given, "Environment": environment or {}}


def test_the_command_says_what_the_job_was_told() -> None:
    told = {
        "start_time": "2026-11-26T08:00:00Z", "probability_attribute": "0",
        "inference_attribute": "answers[0]; rm -rf /", "exclude_features_attribute": "a,b",
        "leeboard_compat": "strict",
    }  # fmt: skip
    asked = request(
        told, endpoint_input_1="s3://b/08", endpoint_input_2="s3://b/09", constraints="s3://b/c.json"
    )
    command = command_of("ModelQuality", asked).replace(" \\\n ", "")
    assert command.startswith("leeboard run -- leeboard check s3://b/08 s3://b/09 --monitor model-quality")
    assert "--prediction 'answers[0]; rm -rf /'" in command
    assert "--exclude a --exclude b" in command
    assert command.endswith("--compat strict --out results")


def test_outputs_that_stand_last_are_told() -> None:
    format = {"dataset_format": json.dumps({"sagemakerCaptureJson": {"outputColumnsPosition": "END"}})}
    command = command_of("DataQuality", request(format, endpoint_input_1="s3://b/08", constraints="s3://b/c"))
    assert "--output-columns-position END" in command
    broken = request({"dataset_format": "[{"}, endpoint_input_1="s3://b/08", constraints="s3://b/c")
    assert "--output-columns-position" not in command_of("DataQuality", broken)


def test_without_a_baseline_there_is_no_command() -> None:
    assert command_of("DataQuality", request(endpoint_input_1="s3://b/08")) == ""


def test_inputs_are_named_in_words_with_their_hours() -> None:
    merge = request(endpoint_input_1="s3://b/2026/11/26/08", groundtruth_input_1="s3://l/2026/11/26/09")
    analysis = request(constraints="s3://b/c.json", endpoint_input_1="s3://m/2026/11/26/08/part.jsonl")
    found = [(one.kind, one.hour and one.hour.hour) for one in inputs_of(merge, analysis)]
    assert found == [
        ("captured records", 8), ("labels", 9), ("baseline constraints", None), ("merged records", 8)
    ]  # fmt: skip


@pytest.mark.parametrize("known", [*NOTHING, *FAULTS], ids=lambda known: known.words[0])
def test_every_known_reason_says_what_it_means_and_what_to_do(known: Any) -> None:
    assert known.means.endswith(".")
    assert known.steps


def test_features_that_differ_most_come_first() -> None:
    def side(mean: float, kind: str, completeness: float) -> Summary:
        columns = FeatureColumns(
            name=["same", "moved", "retyped", "holes"],
            type=["Fractional", "Fractional", kind, "Fractional"],
            mean=[1.0, mean, None, 5.0], std_dev=[1.0, 1.0, None, 1.0],
            completeness=[1.0, 1.0, 1.0, completeness],
        )  # fmt: skip
        return Summary(features=columns)

    rows = compared(side(0.0, "String", 1.0), side(3.0, "Integral", 0.9))
    assert [(row.name, row.words) for row in rows] == [
        ("retyped", "type"), ("moved", "mean"), ("holes", "completeness"), ("same", "")
    ]  # fmt: skip


def test_what_one_side_alone_has_stands_before_all() -> None:
    left = Summary(measures=[MeasureSummary(name="auc", value=0.9), MeasureSummary(name="mae", value=1.0)])
    right = Summary(measures=[MeasureSummary(name="auc", value=0.1)])
    assert [(row.name, row.words) for row in compared(left, right)] == [
        ("mae", "only left"),
        ("auc", "value"),
    ]
