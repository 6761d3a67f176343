"""Values of parameters, from what a start says and from defaults."""

from typing import Any

import pytest

from leeboard.service.pipelines.parameters import Parameter, text_of, values_of
from leeboard.service.refusals import InvalidRequestError


def parameters(*given: dict[str, Any]) -> dict[str, Parameter]:
    return {each["Name"]: Parameter.of(each) for each in given}


KNOWN = parameters(
    {"Name": "Folder", "Type": "String", "DefaultValue": "data", "EnumValues": ["data", "other"]},
    {"Name": "N", "Type": "Integer", "DefaultValue": 1},
    {"Name": "Limit", "Type": "Float", "DefaultValue": 2},
    {"Name": "Strict", "Type": "Boolean", "DefaultValue": True},
)


def given(**texts: str) -> list[dict[str, str]]:
    return [{"Name": name, "Value": text} for name, text in texts.items()]


def test_defaults_count_where_nothing_is_given() -> None:
    assert values_of(KNOWN, []) == {"Folder": "data", "N": 1, "Limit": 2, "Strict": True}


def test_texts_become_values_of_their_types() -> None:
    found = values_of(KNOWN, given(Folder="other", N="3", Limit="0.5", Strict="False"))
    assert found == {"Folder": "other", "N": 3, "Limit": 0.5, "Strict": False}


@pytest.mark.parametrize(
    ("text", "told"),
    [("5", "5"), ("5.0", "5.0"), ("-.5", "-0.5"), ("1e3", "1000.0"), ("9" * 19, "1e+19"), ("+2.", "2.0")],
)
def test_a_number_is_told_as_whole_as_it_was_given(text: str, told: str) -> None:
    assert text_of(values_of(KNOWN, given(Limit=text))["Limit"]) == told


@pytest.mark.parametrize(
    "text",
    [
        *({"N": text} for text in ("1.5", "9" * 30, "", " 7 ", "1_000", "\u0663", "7\n")),
        *({"Limit": text} for text in ("much", "nan", "1e999", "", "1_0.5", " 1", "0x1p3", ".")),
        {"Strict": "yes"},
    ],
)
def test_a_text_of_another_type_is_refused(text: dict[str, str]) -> None:
    with pytest.raises(InvalidRequestError, match=f"parameter {next(iter(text))} is of type"):
        values_of(KNOWN, given(**text))


def test_a_value_that_is_not_among_those_allowed_is_refused() -> None:
    with pytest.raises(InvalidRequestError, match="not one of data, other"):
        values_of(KNOWN, given(Folder="else"))


def test_unknown_doubled_and_missing_parameters_are_told() -> None:
    with pytest.raises(InvalidRequestError, match=r"no parameters Colour; its parameters: Folder, N"):
        values_of(KNOWN, given(Colour="red"))
    with pytest.raises(InvalidRequestError, match="given twice"):
        values_of(KNOWN, given(N="1") + given(N="2"))
    with pytest.raises(InvalidRequestError, match="the parameters Day have no default"):
        values_of(parameters({"Name": "Day", "Type": "String"}), [])


@pytest.mark.parametrize(
    "wrong",
    [
        {"Name": "a", "Type": "Date"},
        {"Name": "a", "Type": "Integer", "DefaultValue": "1"},
        {"Name": "a", "Type": "Integer", "DefaultValue": True},
        {"Name": "a", "Type": "String", "DefaultValue": "c", "EnumValues": ["d"]},
        {"Name": "a", "Type": "String", "EnumValues": True},
        {"Type": "String"},
        "a",
    ],
)
def test_a_parameter_that_is_none_is_refused(wrong: Any) -> None:
    with pytest.raises(InvalidRequestError):
        Parameter.of(wrong)


def test_values_are_told_as_they_may_be_given() -> None:
    values = values_of(KNOWN, [])
    assert values_of(KNOWN, given(**{name: text_of(value) for name, value in values.items()})) == values
