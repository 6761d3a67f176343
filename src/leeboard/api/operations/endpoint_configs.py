"""Endpoint configurations: variants, and what of their traffic is captured."""

from typing import Any

from leeboard.api.operations import Operations
from leeboard.api.operations.kept import NAMED, found, listed, taken
from leeboard.api.wire import Call
from leeboard.service.arns import ENDPOINT_CONFIG, MODEL
from leeboard.service.refusals import InvalidRequestError
from leeboard.service.resources import add, remove, set_tags


def create_endpoint_config(call: Call) -> dict[str, Any]:
    params = dict(call.params)
    tags = params.pop("Tags", [])
    service, name = call.desk, params["EndpointConfigName"]
    names = [variant["VariantName"] for variant in params["ProductionVariants"]]
    if len(set(names)) < len(names):
        raise InvalidRequestError(f"Variant names have to differ; given: {', '.join(names)}")
    _refuse_other_stores(params.get("DataCaptureConfig", {}))
    with service.database.write() as connection:
        for variant in params["ProductionVariants"]:
            if variant.get("ModelName"):
                found(service, connection, MODEL, variant["ModelName"])
        config = add(connection, service.settings, ENDPOINT_CONFIG, name, params, now=call.now)
        if config is None:
            raise taken(service, ENDPOINT_CONFIG, name)
        set_tags(connection, config.arn, tags)
    return {"EndpointConfigArn": config.arn}


def _refuse_other_stores(capture: dict[str, Any]) -> None:
    """AWS's pattern lets https:// pass, to which nothing is ever captured."""
    destination = capture.get("DestinationS3Uri", "s3://")
    if not destination.startswith("s3://"):
        raise InvalidRequestError(
            f"DestinationS3Uri is {destination}; captures go to s3://BUCKET/PREFIX, so write it in that form"
        )


def describe_endpoint_config(call: Call) -> dict[str, Any]:
    with call.desk.database.read() as connection:
        config = found(call.desk, connection, ENDPOINT_CONFIG, call.params["EndpointConfigName"])
    return config.document | {"EndpointConfigArn": config.arn, "CreationTime": config.created_at}


def delete_endpoint_config(call: Call) -> dict[str, Any]:
    with call.desk.database.write() as connection:
        name = call.params["EndpointConfigName"]
        remove(connection, found(call.desk, connection, ENDPOINT_CONFIG, name))
    return {}


def list_endpoint_configs(call: Call) -> dict[str, Any]:
    configs, token = listed(call, NAMED, ENDPOINT_CONFIG)
    return {
        "EndpointConfigs": [
            {
                "EndpointConfigName": config.name,
                "EndpointConfigArn": config.arn,
                "CreationTime": config.created_at,
            }
            for config in configs
        ],
        "NextToken": token,
    }


ENTRY = Operations(
    "sagemaker",
    "endpoint configurations",
    (create_endpoint_config, describe_endpoint_config, delete_endpoint_config, list_endpoint_configs),
    short_reads=frozenset({describe_endpoint_config}),
)
