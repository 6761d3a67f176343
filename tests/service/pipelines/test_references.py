"""References, as texts and as places in what steps have found."""

import pytest

from leeboard.service.pipelines.references import path_of, reference_of, references_in, value_at
from leeboard.service.refusals import InvalidRequestError

OUTPUTS = {
    "Config": {"Outputs": [{"OutputName": "a", "Uri": "s3://a"}, {"OutputName": "b", "Uri": "s3://b"}]}
}


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("a.b", ("a", "b")),
        ("a[0].b", ("a", 0, "b")),
        ("a['b c'].d", ("a", "b c", "d")),
        ('a["x.y"][12]', ("a", "x.y", 12)),
        (".a", ("a",)),
    ],
)
def test_a_path_has_names_places_and_quoted_names(text: str, path: tuple[str | int, ...]) -> None:
    assert path_of(text) == path


def test_a_reference_to_a_step_has_a_path() -> None:
    found = reference_of("Steps.My-Step_1.ModelArtifacts.S3ModelArtifacts")
    assert (found.kind, found.name, found.path) == (
        "Steps",
        "My-Step_1",
        ("ModelArtifacts", "S3ModelArtifacts"),
    )


@pytest.mark.parametrize(
    "text", ["", "Parameters", "Parameters.", "Wrong.x", "Parameters.a.b", "Steps.a[b]", "a['b"]
)
def test_a_text_that_is_no_reference_is_refused(text: str) -> None:
    with pytest.raises(InvalidRequestError):
        reference_of(text)


def test_references_are_found_at_any_depth_and_in_functions() -> None:
    value = {
        "a": [{"Std:Join": {"On": "/", "Values": ["x", {"Get": "Parameters.P"}]}}],
        "b": {"Get": "Steps.S.x"},
    }
    assert {each.text for each in references_in(value)} == {"Parameters.P", "Steps.S.x"}


def test_a_function_that_is_not_known_is_refused() -> None:
    with pytest.raises(InvalidRequestError, match="Std:Sum"):
        list(references_in({"a": {"Std:Sum": {"Values": [1]}}}))


def test_a_name_leads_into_a_list_by_the_names_of_its_members() -> None:
    assert value_at(OUTPUTS, path_of("Config.Outputs['b'].Uri"), "x") == "s3://b"
    assert value_at(OUTPUTS, path_of("Config.Outputs[0].Uri"), "x") == "s3://a"


def test_what_leads_to_nothing_tells_what_is_there() -> None:
    with pytest.raises(InvalidRequestError, match=r"at Config\.Outputs there is no 'c', but a list of 2"):
        value_at(OUTPUTS, path_of("Config.Outputs['c']"), "Steps.x")
    with pytest.raises(InvalidRequestError, match="there is no 'Other', but Config"):
        value_at(OUTPUTS, path_of("Other"), "Steps.x")
