"""boto3's clients of the demo's server."""

import json
from dataclasses import dataclass
from typing import Any, Self

from leeboard.client.places import Place

BUCKET = "flights"
N_CALLERS = 4
"""Threads that send traffic, each on a connection of its own that is kept."""


@dataclass(frozen=True, slots=True)
class Clients:
    """One client for each of AWS's services that the demo speaks to."""

    sagemaker: Any
    runtime: Any
    s3: Any
    logs: Any

    @classmethod
    def of(cls, place: Place) -> Self:
        """Told everything that they need, so that no file and no variable is asked."""
        import boto3
        from botocore.config import Config

        session = boto3.Session(
            aws_access_key_id=place.keys.access_key_id,
            aws_secret_access_key=place.keys.secret_access_key,
            region_name=place.region,
        )
        config = Config(max_pool_connections=N_CALLERS, proxies={})
        names = ("sagemaker", "sagemaker-runtime", "s3", "logs")
        return cls(*(session.client(name, endpoint_url=place.url, config=config) for name in names))

    def put(self, key: str, content: bytes) -> str:
        """Keep an object; gives its URI."""
        self.s3.put_object(Bucket=BUCKET, Key=key, Body=content)
        return f"s3://{BUCKET}/{key}"

    def put_json(self, key: str, content: Any) -> str:
        """Keep an object as JSON; gives its URI."""
        return self.put(key, json.dumps(content, indent=1).encode())

    def read_json(self, uri: str) -> Any:
        """The content of an object."""
        bucket, _, key = uri.removeprefix("s3://").partition("/")
        return json.loads(self.s3.get_object(Bucket=bucket, Key=key)["Body"].read())

    def close(self) -> None:
        for client in (self.sagemaker, self.runtime, self.s3, self.logs):
            client.close()
