"""Endpoints: what is deployed under a name."""

from typing import Any

from leeboard.api.operations import Operations
from leeboard.api.operations.kept import STATED, found, listed
from leeboard.api.wire import Call
from leeboard.service import endpoints
from leeboard.service.arns import ENDPOINT
from leeboard.service.resources import Resource


def create_endpoint(call: Call) -> dict[str, Any]:
    return {"EndpointArn": endpoints.create(call.desk, dict(call.params), call.now).arn}


def update_endpoint(call: Call) -> dict[str, Any]:
    return {"EndpointArn": endpoints.update(call.desk, dict(call.params), call.now).arn}


def update_endpoint_weights_and_capacities(call: Call) -> dict[str, Any]:
    name, wanted = call.params["EndpointName"], call.params["DesiredWeightsAndCapacities"]
    return {"EndpointArn": endpoints.set_weights(call.desk, name, wanted, call.now).arn}


def describe_endpoint(call: Call) -> dict[str, Any]:
    with call.desk.database.read() as connection:
        endpoint = found(call.desk, connection, ENDPOINT, call.params["EndpointName"])
    return {
        "EndpointName": endpoint.name,
        "EndpointArn": endpoint.arn,
        "EndpointConfigName": endpoint.facts.get("config"),
        "ProductionVariants": [_variant(variant) for variant in endpoint.facts.get("variants", [])] or None,
        "DataCaptureConfig": _capture(endpoint),
        "EndpointStatus": endpoint.status,
        "FailureReason": endpoint.facts.get("failure"),
        "CreationTime": endpoint.created_at,
        "LastModifiedTime": endpoint.modified_at,
    }


def _variant(variant: dict[str, Any]) -> dict[str, Any]:
    return {
        "VariantName": variant["name"],
        "DeployedImages": [
            {"SpecifiedImage": container.get("Image"), "ResolvedImage": container.get("Image")}
            for container in variant["containers"]
        ],
        "CurrentWeight": variant["weight"],
        "DesiredWeight": variant["weight"],
        "CurrentInstanceCount": variant["count"],
        "DesiredInstanceCount": variant["count"],
    }


def _capture(endpoint: Resource) -> dict[str, Any] | None:
    """Without a key id where there is no key, although the model calls it required: so does AWS."""
    config = endpoint.facts.get("capture")
    if config is None:
        return None
    is_on = config.get("EnableCapture", True)
    return {
        "EnableCapture": is_on,
        "CaptureStatus": "Started" if is_on else "Stopped",
        "CurrentSamplingPercentage": config["InitialSamplingPercentage"],
        "DestinationS3Uri": config["DestinationS3Uri"],
        "KmsKeyId": config.get("KmsKeyId"),
    }


def delete_endpoint(call: Call) -> dict[str, Any]:
    endpoints.delete(call.desk, call.params["EndpointName"], call.now)
    return {}


def list_endpoints(call: Call) -> dict[str, Any]:
    page, token = listed(call, STATED, ENDPOINT)
    return {"Endpoints": [_summary(endpoint) for endpoint in page], "NextToken": token}


def _summary(endpoint: Resource) -> dict[str, Any]:
    return {
        "EndpointName": endpoint.name,
        "EndpointArn": endpoint.arn,
        "CreationTime": endpoint.created_at,
        "LastModifiedTime": endpoint.modified_at,
        "EndpointStatus": endpoint.status,
    }


ENTRY = Operations(
    "sagemaker",
    "endpoints",
    (
        create_endpoint,
        update_endpoint,
        update_endpoint_weights_and_capacities,
        describe_endpoint,
        delete_endpoint,
        list_endpoints,
    ),
    short_reads=frozenset({describe_endpoint}),
)
