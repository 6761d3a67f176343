"""Models: which containers answer."""

from typing import Any

from leeboard.api.operations import Operations
from leeboard.api.operations.kept import NAMED, found, listed
from leeboard.api.wire import Call
from leeboard.service import described, models
from leeboard.service.arns import MODEL
from leeboard.service.resources import remove


def create_model(call: Call) -> dict[str, Any]:
    return {"ModelArn": models.create(call.desk, dict(call.params), call.now).arn}


def describe_model(call: Call) -> dict[str, Any]:
    with call.desk.database.read() as connection:
        model = found(call.desk, connection, MODEL, call.params["ModelName"])
    return described.model(model)


def delete_model(call: Call) -> dict[str, Any]:
    with call.desk.database.write() as connection:
        remove(connection, found(call.desk, connection, MODEL, call.params["ModelName"]))
    return {}


def list_models(call: Call) -> dict[str, Any]:
    page, token = listed(call, NAMED, MODEL)
    return {
        "Models": [
            {"ModelName": model.name, "ModelArn": model.arn, "CreationTime": model.created_at}
            for model in page
        ],
        "NextToken": token,
    }


ENTRY = Operations(
    "sagemaker",
    "models",
    (create_model, describe_model, delete_model, list_models),
    short_reads=frozenset({describe_model}),
)
