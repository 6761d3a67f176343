"""Definitions are read, and what cannot run is refused in words."""

import json
from pathlib import Path
from typing import Any

import pytest

from leeboard.service.pipelines.definition import Definition
from leeboard.service.refusals import InvalidRequestError
from pipeline_definitions import compared, condition, definition, fail, get, json_get, profile, step, training

SDK2 = Path(__file__).with_name("sdk2_definition.json")


def test_a_definition_of_sdk_2_is_read_with_all_that_it_refers_to() -> None:
    steps = Definition.of(SDK2.read_text()).steps
    assert list(steps) == [
        "ProfileOne",
        "ProfileTwo",
        "Enough",
        "Train",
        "Make-CreateModel",
        "Score",
        "TooFew",
    ]
    assert steps["Enough"].after == {"ProfileOne"}
    assert steps["Train"].after == {"ProfileOne", "Enough"}
    assert steps["Score"].after == {"Make-CreateModel", "ProfileTwo", "Enough"}
    assert steps["TooFew"].branch == ("Enough", False)
    assert [policy.most for policy in steps["ProfileOne"].policies] == [3, None]


def read(file: Any) -> dict[str, Any]:
    """A value of a property file that is named without a `Get`."""
    return {"Std:JsonGet": {"PropertyFile": file, "Path": "a"}}


@pytest.mark.parametrize(
    ("steps", "words"),
    [
        ([], "1 to 500 steps"),
        ([step("a", "Lambda", {})], "no steps of type 'Lambda'; known: "),
        ([training("a", "b")], "it depends on b, which the definition does not have"),
        ([fail("a", get("Steps.b.x"))], "it depends on b"),
        ([fail("a", get("Parameters.P"))], "Parameters.P refers to nothing; Parameters there: none"),
        ([fail("a", get("Execution.Owner"))], "Execution.Owner refers to nothing"),
        ([fail("a", get("Elsewhere.P"))], "no reference"),
        ([training("a"), training("a")], "two steps have the same name: a"),
        ([training("a"), condition("c", yes=[training("a")])], "same name: a"),
        ([training("a", "b"), training("b", "a")], "in a circle: "),
        (
            [
                condition("c", yes=[training("x")], no=[fail("y", get("Steps.c.Outcome"), "x")]),
                training("z", "q"),
            ],
            "q",
        ),
        ([condition("c", {"Type": "Like"})], "no condition of type 'Like'"),
        (
            [profile("p"), fail("a", json_get("p", "other", "x"))],
            "no property file of p; those it has: stats",
        ),
        ([step("a b", "Fail", {})], "the step name 'a b'"),
        ([{"Name": "a", "Type": "Fail"}], "needs a Type and Arguments"),
        ([step("a", "Fail", {}, CacheConfig={"Enabled": True})], "such as P30D"),
        ([step("a", "Fail", {}, RetryPolicies=[{"ExceptionType": ["x"]}])], "ExceptionType"),
        ([step("a", "Fail", {}, DisplayName="x" * 257)], "DisplayName is no text of up to 256"),
        ([fail("a", "null \0")], "a text that is no text"),
        ([fail("a", {"Std:Sum": {}})], "no function Std:Sum"),
        (["a"], "a step needs a Name"),
        (
            [profile("p"), fail("a", [json_get("p", "stats", "x")] * 201)],
            "it reads 201 values of property files; at most 200",
        ),
        ([fail("a", read("Steps.b.PropertyFiles.c"))], "it depends on b, which the definition does not have"),
        (
            [profile("p"), fail("a", read("Steps.p.PropertyFiles.c"))],
            "no property file of p; those it has: stats",
        ),
        ([fail("a", read("Parameters.P"))], "reads a PropertyFile, Steps.NAME.PropertyFiles.NAME"),
        ([fail("a", read(None))], "or an S3Uri, not None"),
        (
            [step("a", "Fail", get("Execution.PipelineName"))],
            "Arguments are {'Get': 'Execution.PipelineName'}",
        ),
        ([profile("p"), fail("a", json_get("p", "stats", "a[b"))], "'a[b' cannot be read from '[b' on"),
        ([fail("a", {"Std:JsonGet": {"S3Uri": "s3://b/c"}})], "Std:JsonGet needs a Path, not None"),
        ([fail("a", {"Std:Join": {"On": "/", "Values": "ab"}})], "Std:Join needs Values, a list, not 'ab'"),
        ([fail("a", float("nan"))], "NaN or a number that is too large"),
    ],
)
def test_what_cannot_run_is_refused(steps: list[Any], words: str) -> None:
    with pytest.raises(InvalidRequestError) as caught:
        Definition.of(definition(*steps))
    assert words in caught.value.message


@pytest.mark.parametrize("number", ["1e999", "-Infinity", "9" * 400])
def test_a_number_that_no_database_keeps_is_refused(number: str) -> None:
    with pytest.raises(InvalidRequestError, match="a number that is too large"):
        Definition.of(definition(fail("a")).replace('"no good"', number))


def test_a_step_waits_for_the_property_file_that_it_names_by_a_plain_text() -> None:
    steps = Definition.of(definition(profile("p"), fail("a", read("Steps.p.PropertyFiles.stats")))).steps
    assert steps["a"].after == {"p"}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{", "is not JSON"),
        ("[" * 100_000, "is not JSON"),
        ("[]", "no JSON object"),
        ('{"Version": "2019"}', "expected '2020-12-01'"),
        (definition(fail("a"), Parameters={}), "1 to 500"),
        (json.dumps({"Version": "2020-12-01", "Steps": "a"}), "Steps of the definition is no list"),
        (definition(fail("a"), Deep=json.loads("[" * 65 + "]" * 65)), "nested more than 64"),
        (definition(fail("a"), PipelineExperimentConfig=[1]), "no JSON object"),
        (
            definition(fail("a"), PipelineExperimentConfig={"A": get("PipelineExperimentConfig.A")}),
            "PipelineExperimentConfig refers to PipelineExperimentConfig.A; it may refer to",
        ),
        (definition(fail("a")).replace("no good", "\\ud800"), "no text"),
    ],
)
def test_what_is_no_definition_is_refused(text: str, words: str) -> None:
    if words == "1 to 500":
        Definition.of(text)  # members that hold nothing count as absent
        return
    with pytest.raises(InvalidRequestError) as caught:
        Definition.of(text)
    assert words in caught.value.message


def test_a_step_waits_for_what_its_arguments_and_fields_refer_to() -> None:
    text = definition(
        training("a"),
        training("b"),
        condition(
            "c", compared("Equals", get("Steps.a.TrainingJobStatus"), "Completed"), yes=[training("d")]
        ),
        step("e", "Fail", {"ErrorMessage": get("Steps.b.TrainingJobArn")}, Note=get("Steps.c.Outcome")),
    )
    steps = Definition.of(text).steps
    found = {name: sorted(step.after) for name, step in steps.items()}
    assert found == {"a": [], "b": [], "c": ["a"], "d": ["c"], "e": ["b", "c"]}


def test_a_definition_of_a_million_characters_is_read() -> None:
    steps = [fail(f"step-{number}", "x" * 2_000) for number in range(500)]
    assert len(Definition.of(definition(*steps)).steps) == 500
