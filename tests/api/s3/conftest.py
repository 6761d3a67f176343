"""A live server that speaks S3 over a folder, and clients of it."""

import hashlib
import http.client
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import boto3
import pytest
import uvicorn
from botocore.auth import S3SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.credentials import Credentials

from leeboard.api.auth import Verifier
from leeboard.api.s3 import S3Face
from leeboard.storage.objects.folder import ObjectFolder
from s3_server import free_ports

KEY, SECRET, ACCOUNT = "face-key", "face-secret", "000000000000"
START_S = 180


class DeclaredHash(S3SigV4Auth):
    """Signs the hash that it is told."""

    def payload(self, request: AWSRequest) -> str:
        return str(request.context["hash"])


@dataclass(frozen=True, slots=True)
class LiveFace:
    """A server, and the folder that it shows."""

    endpoint: str
    folder: ObjectFolder
    face: S3Face
    key: str = KEY
    secret: str = SECRET

    def send(
        self, method: str, target: str, body: bytes = b"", headers: dict[str, str] | None = None
    ) -> tuple[int, bytes]:
        """Signs what no client would send, and sends it: status and body of the answer."""
        given = {"x-amz-content-sha256": hashlib.sha256(body).hexdigest(), **(headers or {})}
        request = AWSRequest(method, self.endpoint + target, headers=given)
        request.context["hash"] = given["x-amz-content-sha256"]
        DeclaredHash(Credentials(self.key, self.secret), "s3", "us-east-1").add_auth(request)
        connection = http.client.HTTPConnection(self.endpoint.removeprefix("http://"), timeout=120)
        try:
            connection.request(method, target, body, dict(request.headers))
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()

    @staticmethod
    def wait_until(is_true: Callable[[], bool]) -> None:
        """Polls until a deadline."""
        deadline = time.monotonic() + START_S
        while not is_true():
            assert time.monotonic() < deadline
            time.sleep(0.01)

    def client(self, key: str = KEY, secret: str = SECRET, **config: Any) -> Any:
        return made_client(self.endpoint, key, secret, **config)


def made_client(endpoint: str, key: str, secret: str, **config: Any) -> Any:
    """An unchanged boto3 that tries once."""
    return boto3.client(
        "s3",
        endpoint_url=endpoint,
        region_name="us-east-1",
        aws_access_key_id=key,
        aws_secret_access_key=secret,
        config=Config(retries={"total_max_attempts": 1}, connect_timeout=60, read_timeout=120, **config),
    )


@contextmanager
def live(folder: ObjectFolder) -> Iterator[LiveFace]:
    """Runs the server in a thread of this process, on a port of its own."""
    face = S3Face(
        folder,
        Verifier({KEY: SECRET}.get).verify_streamed,
        now=lambda: datetime.now(UTC),
        account=ACCOUNT,
        region="us-east-1",
        buckets_on_demand=lambda name: name == f"sagemaker-us-east-1-{ACCOUNT}",
    )
    port = free_ports(1)[0]
    config = uvicorn.Config(face, host="127.0.0.1", port=port, lifespan="off", log_level="warning")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        LiveFace.wait_until(lambda: server.started or not thread.is_alive())
        assert server.started
        yield LiveFace(f"http://127.0.0.1:{port}", folder, face)
    finally:
        server.should_exit = True
        thread.join()
        face.close()


@pytest.fixture(scope="session")
def client_of() -> Callable[..., Any]:
    return made_client


@pytest.fixture(scope="session")
def run_live() -> Callable[[ObjectFolder], AbstractContextManager[LiveFace]]:
    return live


@pytest.fixture(scope="session")
def live_face(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveFace]:
    root = tmp_path_factory.mktemp("alone") / "objects0"  # tests look at all that is beside it
    root.mkdir()
    with live(ObjectFolder(root)) as face:
        yield face


@pytest.fixture
def bucket(live_face: LiveFace, request: pytest.FixtureRequest) -> str:
    """A new bucket of the live server."""
    name = f"bucket-{time.monotonic_ns()}"
    live_face.folder.buckets.create(name)
    return name


@pytest.fixture
def client(live_face: LiveFace) -> Iterator[Any]:
    made = live_face.client()
    yield made
    made.close()


@pytest.fixture
def path(live_face: LiveFace, bucket: str) -> Path:
    """The folder of the bucket."""
    return live_face.folder.root / bucket
