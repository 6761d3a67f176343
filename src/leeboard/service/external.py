"""Endpoints whose models are served elsewhere: only monitored here."""

from datetime import datetime
from typing import Any

from leeboard.hosting.mapping import EXTERNAL_IMAGE
from leeboard.service import endpoints
from leeboard.service.arns import ENDPOINT, ENDPOINT_CONFIG, MODEL
from leeboard.service.queue import take_back
from leeboard.service.refusals import InvalidRequestError
from leeboard.service.resources import Resource, add, find
from leeboard.service.service import Service

VARIANT = "AllTraffic"
TEXT = {
    "CsvContentTypes": ["text/csv"],
    "JsonContentTypes": ["application/json", "application/jsonlines"],
}


def create_external(service: Service, name: str, destination: str | None, now: datetime) -> Resource:
    """An endpoint of that name, in service at once, with a model and a configuration of the same name.

    Args:
        destination: where its traffic is captured; by default below the default bucket.

    Raises:
        InvalidRequestError: one of the three is there already.
    """
    role = f"arn:aws:iam::{service.settings.account}:role/leeboard"
    container = {"Image": EXTERNAL_IMAGE}
    model = {"ModelName": name, "PrimaryContainer": container, "ExecutionRoleArn": role}
    with service.database.write() as connection:
        if find(connection, ENDPOINT, name):
            raise InvalidRequestError(f"there is an endpoint named {name} already; choose another name")
        made = add(connection, service.settings, MODEL, name, model, now=now) and add(
            connection, service.settings, ENDPOINT_CONFIG, name, _config(service, name, destination), now=now
        )
        if made is None:
            raise InvalidRequestError(
                f"there is a model or an endpoint configuration named {name} already; choose another name"
            )
        given = {"EndpointName": name, "EndpointConfigName": name}
        endpoint = endpoints.create_in(connection, service, given, now)
        take_back(connection, endpoints.DEPLOYMENT, endpoint.name)  # nothing has to be started
        endpoints.deployed(connection, endpoint, now=now)
    service.bell.ring()
    return endpoint


def _config(service: Service, name: str, destination: str | None) -> dict[str, Any]:
    return {
        "EndpointConfigName": name,
        "ProductionVariants": [{"VariantName": VARIANT, "ModelName": name}],
        "DataCaptureConfig": {
            "EnableCapture": True,
            "InitialSamplingPercentage": 100,
            "DestinationS3Uri": destination or f"s3://{service.settings.default_bucket}/capture",
            "CaptureOptions": [{"CaptureMode": "Input"}, {"CaptureMode": "Output"}],
            "CaptureContentTypeHeader": TEXT,
        },
    }
