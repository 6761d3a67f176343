"""The table of operations."""

import pytest

from leeboard.api.wire import Call, Operations
from leeboard.api.wire.handlers import table_of


def create_model(call: Call) -> dict:
    return {}


def make_model(call: Call) -> dict:
    return {}


def test_functions_are_found_by_the_names_of_their_operations():
    table = table_of([Operations("sagemaker", "models", (create_model,), quick=frozenset({create_model}))])
    assert table["sagemaker", "CreateModel"].handler is create_model
    assert table["sagemaker", "CreateModel"].is_quick


def test_a_function_for_no_operation_is_refused_at_the_start():
    with pytest.raises(TypeError, match="sagemaker has no operation for make_model of models"):
        table_of([Operations("sagemaker", "models", (make_model,))])


def test_an_operation_that_is_answered_twice_is_refused_at_the_start():
    models = Operations("sagemaker", "models", (create_model,))
    with pytest.raises(TypeError, match="CreateModel is answered twice"):
        table_of([models, Operations("sagemaker", "others", (create_model,))])
