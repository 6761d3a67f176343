"""`leeboard serve` with a model mapped, its clients, and signed requests as they go over the wire."""

import json
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

import boto3
from botocore.auth import S3SigV4Auth, SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.credentials import Credentials

from bench.contestants import LEEBOARD
from bench.places import WORK
from bench.serving.processes import Served, free_port, serving

KEY, SECRET, ACCOUNT, REGION = "LBAKBENCH00000000000", "secret/of+the+bench", "000000000000", "us-east-1"
MODEL_IMAGE = f"{ACCOUNT}.dkr.ecr.{REGION}.amazonaws.com/bench:1"
ANALYZER = f"{ACCOUNT}.dkr.ecr.{REGION}.amazonaws.com/sagemaker-model-monitor-analyzer"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/Bench"
BUCKET = f"sagemaker-{REGION}-{ACCOUNT}"
HOMES = WORK / "homes"


@dataclass(frozen=True, slots=True)
class Leeboard:
    """A server of ours that runs."""

    served: Served
    home: Path
    _clients: dict[str, Any] = field(default_factory=dict)

    def client(self, service: str) -> Any:
        if service not in self._clients:
            self._clients[service] = boto3.client(
                service,
                endpoint_url=self.served.url,
                region_name=REGION,
                aws_access_key_id=KEY,
                aws_secret_access_key=SECRET,
                config=Config(retries={"total_max_attempts": 1}),
            )
        return self._clients[service]

    def request(
        self, service: str, path: str, body: bytes, headers: Mapping[str, str], method: str = "POST"
    ) -> bytes:
        """Signed now, which holds for fifteen minutes."""
        return wire_bytes(self._signed(service, path, body, headers, method))

    def operation(self, name: str, **params: Any) -> bytes:
        """A request of SageMaker's API."""
        headers = {"X-Amz-Target": f"SageMaker.{name}", "Content-Type": "application/x-amz-json-1.1"}
        return self.request("sagemaker", "/", json.dumps(params).encode(), headers)

    def own(self, method: str, path: str, **content: Any) -> Any:
        """Asks leeboard's own API."""
        body = json.dumps(content).encode()
        request = self._signed("sagemaker", path, body, {"Content-Type": "application/json"}, method)
        with urlopen(Request(request.url, body, dict(request.headers), method=method), timeout=60) as answer:
            return json.load(answer)

    def _signed(
        self, service: str, path: str, body: bytes, headers: Mapping[str, str], method: str
    ) -> AWSRequest:
        return signed(self.served.url, Credentials(KEY, SECRET), service, path, body, headers, method)


def signed(
    url: str,
    credentials: Credentials,
    service: str,
    path: str,
    body: bytes,
    headers: Mapping[str, str],
    method: str,
) -> AWSRequest:
    request = AWSRequest(method, url + path, dict(headers), body)
    sign = S3SigV4Auth if service == "s3" else SigV4Auth
    sign(credentials, service, REGION).add_auth(request)
    return request


def wire_bytes(request: AWSRequest) -> bytes:
    """As it goes over the wire."""
    url = urlsplit(request.url)
    lines = [f"{request.method} {url.path} HTTP/1.1", f"Host: {url.netloc}"]
    lines += [f"{name}: {value}" for name, value in request.headers.items()]
    return "\r\n".join([*lines, f"Content-Length: {len(request.data)}", "", ""]).encode() + request.data


@contextmanager
def leeboard(name: str, *options: str, models: Mapping[str, str] | None = None) -> Iterator[Leeboard]:
    """A fresh server.

    Args:
        models: URLs by image.
    """
    home = HOMES / name
    shutil.rmtree(home, ignore_errors=True)
    home.mkdir(parents=True)
    file = home / "models.json"
    file.write_text(json.dumps([{"image": image, "url": url} for image, url in (models or {}).items()]))
    port = free_port()
    command = [LEEBOARD, "serve", "--home", home, "--port", str(port), "--models", file, *options]
    keys = {"LEEBOARD_ACCESS_KEY_ID": KEY, "LEEBOARD_SECRET_ACCESS_KEY": SECRET}
    with serving(name, command, port, ask="/healthz", env=keys) as served:
        yield Leeboard(served, home)
    shutil.rmtree(home, ignore_errors=True)


def deploy(server: Leeboard, name: str, capture: Mapping[str, Any] | None = None) -> None:
    """An endpoint in service, with the model that stands for MODEL_IMAGE."""
    sm = server.client("sagemaker")
    sm.create_model(ModelName=name, ExecutionRoleArn=ROLE, PrimaryContainer={"Image": MODEL_IMAGE})
    variant = {"VariantName": "AllTraffic", "ModelName": name, "InitialInstanceCount": 1}
    config = {"DataCaptureConfig": capture} if capture else {}
    sm.create_endpoint_config(
        EndpointConfigName=name, ProductionVariants=[variant | {"InstanceType": "ml.m5.large"}], **config
    )
    sm.create_endpoint(EndpointName=name, EndpointConfigName=name)
    sm.get_waiter("endpoint_in_service").wait(EndpointName=name, WaiterConfig={"Delay": 1})


def capture_config(destination: str) -> dict[str, Any]:
    """Everything, CSV as text."""
    return {
        "EnableCapture": True,
        "InitialSamplingPercentage": 100,
        "DestinationS3Uri": destination,
        "CaptureOptions": [{"CaptureMode": "Input"}, {"CaptureMode": "Output"}],
        "CaptureContentTypeHeader": {"CsvContentTypes": ["text/csv"]},
    }
