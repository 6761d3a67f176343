"""Models: which containers answer."""

from typing import Any

from leeboard.api.operations import Operations
from leeboard.api.operations.kept import NAMED, found, listed, taken
from leeboard.api.wire import Call
from leeboard.service.arns import MODEL
from leeboard.service.refusals import InvalidRequestError
from leeboard.service.resources import add, remove, set_tags


def create_model(call: Call) -> dict[str, Any]:
    params = dict(call.params)
    tags = params.pop("Tags", [])
    if ("PrimaryContainer" in params) == bool(params.get("Containers")):
        raise InvalidRequestError("A model has either a PrimaryContainer or Containers; give one of them.")
    for container in [params.get("PrimaryContainer"), *params.get("Containers", [])]:
        if container is not None and not (container.get("Image") or container.get("ModelPackageName")):
            raise InvalidRequestError("A container needs an Image.")
    service = call.desk
    with service.database.write() as connection:
        model = add(connection, service.settings, MODEL, params["ModelName"], params, now=call.now)
        if model is None:
            raise taken(service, MODEL, params["ModelName"])
        set_tags(connection, model.arn, tags)
    return {"ModelArn": model.arn}


def describe_model(call: Call) -> dict[str, Any]:
    with call.desk.database.read() as connection:
        model = found(call.desk, connection, MODEL, call.params["ModelName"])
    isolation = {"EnableNetworkIsolation": False}
    return isolation | model.document | {"ModelArn": model.arn, "CreationTime": model.created_at}


def delete_model(call: Call) -> dict[str, Any]:
    with call.desk.database.write() as connection:
        remove(connection, found(call.desk, connection, MODEL, call.params["ModelName"]))
    return {}


def list_models(call: Call) -> dict[str, Any]:
    models, token = listed(call, NAMED, MODEL)
    return {
        "Models": [
            {"ModelName": model.name, "ModelArn": model.arn, "CreationTime": model.created_at}
            for model in models
        ],
        "NextToken": token,
    }


ENTRY = Operations(
    "sagemaker",
    "models",
    (create_model, describe_model, delete_model, list_models),
    short_reads=frozenset({describe_model}),
)
