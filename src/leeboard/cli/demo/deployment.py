"""How a program deploys a model and asks it, by boto3 alone: this is what runs on AWS, too."""

from concurrent.futures import ThreadPoolExecutor

from leeboard.cli.demo.clients import BUCKET, N_CALLERS, Clients
from leeboard.cli.demo.names import CAPTURE, ENDPOINT, IMAGE, ROLE, VARIANT
from leeboard.cli.demo.waiting import until
from leeboard.errors import EngineError
from leeboard.formats.capture import CaptureRecord


def deploy(clients: Clients, model: bytes) -> None:
    """A model behind an endpoint that captures every request and answer."""
    clients.s3.create_bucket(Bucket=BUCKET)
    container = {"Image": IMAGE, "ModelDataUrl": clients.put("model/model.tar.gz", model)}
    clients.sagemaker.create_model(ModelName=ENDPOINT, PrimaryContainer=container, ExecutionRoleArn=ROLE)
    variant = {
        "VariantName": VARIANT,
        "ModelName": ENDPOINT,
        "InitialInstanceCount": 1,
        "InstanceType": "ml.m5.large",
    }
    clients.sagemaker.create_endpoint_config(
        EndpointConfigName=ENDPOINT,
        ProductionVariants=[variant],
        DataCaptureConfig={
            "EnableCapture": True,
            "InitialSamplingPercentage": 100,
            "DestinationS3Uri": CAPTURE,
            "CaptureOptions": [{"CaptureMode": "Input"}, {"CaptureMode": "Output"}],
            "CaptureContentTypeHeader": {"CsvContentTypes": ["text/csv"]},
        },
    )
    clients.sagemaker.create_endpoint(EndpointName=ENDPOINT, EndpointConfigName=ENDPOINT)


def wait_for_endpoint(clients: Clients) -> None:
    """Until the endpoint is in service."""
    ended = until(
        lambda: clients.sagemaker.describe_endpoint(EndpointName=ENDPOINT),
        lambda endpoint: endpoint["EndpointStatus"] in ("InService", "Failed"),
        f"the start of the endpoint {ENDPOINT}",
    )
    if ended["EndpointStatus"] != "InService":
        raise EngineError(f"the endpoint did not come into service: {ended.get('FailureReason')}")


def send(clients: Clients, requests: list[CaptureRecord]) -> None:
    """Ask the endpoint what the records say that it was asked."""

    def ask(record: CaptureRecord) -> None:
        sent, named = record.captureData.endpointInput, record.eventMetadata.inferenceId
        assert sent is not None  # noqa: S101 - the traffic of the demo has inputs
        identity = {"InferenceId": named} if named else {}
        answer = clients.runtime.invoke_endpoint(
            EndpointName=ENDPOINT, Body=sent.data, ContentType="text/csv", **identity
        )
        answer["Body"].read()

    with ThreadPoolExecutor(N_CALLERS) as callers:
        for _ in callers.map(ask, requests):
            pass
