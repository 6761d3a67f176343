"""How to reach S3: endpoint, region, credentials, patience."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

import botocore.session
from botocore import UNSIGNED
from botocore.config import Config
from botocore.credentials import Credentials
from botocore.exceptions import BotoCoreError
from obstore.store import S3Store

from leeboard.errors import InputError

CONNECT_S = 3
LIST_S = 10  # without a byte of an answer
MOVE_S = 60  # the same, but a piece of an object may first have to go up a thin line
RETRY_S = 8  # no retry begins later than this, so that a wrong endpoint fails in about 10 s
ATTEMPTS = 3
CREDENTIALS_MIN = 10  # botocore renews temporary credentials when they have less than this left


@dataclass(frozen=True, slots=True)
class Connection:
    """A server, and as whom to speak to it.

    Attributes:
        client: botocore's S3 client. It lists, and it names keys as they are.
        credentials: None if requests go unsigned.
    """

    client: Any
    credentials: Credentials | None

    @property
    def endpoint(self) -> str:
        return str(self.client.meta.endpoint_url)

    @property
    def region(self) -> str:
        return str(self.client.meta.region_name)

    def store(self, bucket: str) -> S3Store:
        """obstore's view of a bucket, which moves bytes faster than botocore and without the lock."""
        return S3Store(
            bucket,
            endpoint=self.endpoint,
            region=self.region,
            virtual_hosted_style_request=False,
            skip_signature=self.credentials is None,
            credential_provider=_renewing(self.credentials) if self.credentials else None,
            client_options={
                "allow_http": self.endpoint.startswith("http://"),
                "connect_timeout": timedelta(seconds=CONNECT_S),
                "read_timeout": timedelta(seconds=MOVE_S),
                "timeout": timedelta(days=1),  # of a whole object, however long: MOVE_S guards
            },
            retry_config={
                "max_retries": 6,
                "retry_timeout": timedelta(seconds=RETRY_S),
                "backoff": {"max_backoff": timedelta(seconds=2)},
            },
        )


def _renewing(credentials: Credentials) -> Callable[[], Any]:
    """What obstore calls again when the time is up; credentials run on the wall clock."""

    def current() -> dict[str, Any]:
        now = credentials.get_frozen_credentials()
        return {
            "access_key_id": now.access_key,
            "secret_access_key": now.secret_key,
            "token": now.token,
            "expires_at": datetime.now(UTC) + timedelta(minutes=CREDENTIALS_MIN),
        }

    return current


def connect() -> Connection:
    """The connection that the AWS settings of this moment ask for."""
    settings = {name: value for name, value in os.environ.items() if name.startswith("AWS_")}
    try:
        return _connect(tuple(sorted(settings.items())))
    except (BotoCoreError, ValueError) as error:
        raise InputError(f"the AWS settings of this machine cannot be used for S3: {error}") from error


@lru_cache(maxsize=8)
def _connect(settings: tuple[tuple[str, str], ...]) -> Connection:
    environment = dict(settings)
    session = botocore.session.Session()
    is_anonymous = environment.get("AWS_SKIP_SIGNATURE", "").lower() in ("1", "true")
    credentials = None if is_anonymous else _credentials(session)
    region = session.get_config_variable("region") or environment.get("AWS_REGION", "us-east-1")
    config = Config(
        connect_timeout=CONNECT_S,
        read_timeout=LIST_S,
        retries={"mode": "standard", "total_max_attempts": ATTEMPTS},
        s3={"addressing_style": "path"},
        signature_version=UNSIGNED if is_anonymous else None,
    )
    return Connection(session.create_client("s3", region_name=region, config=config), credentials)


def _credentials(session: botocore.session.Session) -> Credentials:
    found = session.get_credentials()
    if found is None:
        raise InputError(
            "no AWS credentials for S3: none in the environment, the AWS configuration files, the container "
            "or the instance. Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE; "
            "for a public bucket AWS_SKIP_SIGNATURE=true; for the store of a leeboard server "
            'eval "$(leeboard env)"'
        )
    return found
