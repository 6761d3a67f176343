"""What S3 servers and the two client libraries say, as leeboard's errors."""

import re
from dataclasses import dataclass

from botocore.exceptions import BotoCoreError, ClientError, ConnectionError, HTTPClientError
from obstore.exceptions import BaseError

from leeboard.errors import EngineError, InputError, LeeboardError, NotFoundError, UnreachableError
from leeboard.storage.s3.connection import Connection

LIBRARY_ERRORS = (BotoCoreError, ClientError, BaseError, FileNotFoundError)
NO_ANSWER = (HTTPClientError, ConnectionError)
OTHER_REGION = ("PermanentRedirect", "AuthorizationHeaderMalformed", "IllegalLocationConstraintException")


@dataclass(frozen=True, slots=True)
class Answer:
    """A server's refusal.

    Attributes:
        status: of HTTP; None if no answer came.
        code: S3's own word for it; empty if it gave none.
    """

    status: int | None
    code: str
    text: str

    @classmethod
    def of(cls, error: Exception) -> "Answer":
        if isinstance(error, ClientError):
            said = error.response
            status = said.get("ResponseMetadata", {}).get("HTTPStatusCode")
            return cls(status, said["Error"].get("Code", ""), said["Error"].get("Message", ""))
        return cls._of_text(str(error))

    @classmethod
    def _of_text(cls, text: str) -> "Answer":
        """obstore has the server's answer in its message alone."""
        status = re.search(r"status code: (\d+)", text)
        code = re.search(r"<Code>(.*?)</Code>", text)
        message = re.search(r"<Message>(.*?)</Message>", text, re.DOTALL)
        redirect = "PermanentRedirect" if "redirect" in text.partition("\n")[0] else ""
        return cls(
            int(status[1]) if status else None,
            code[1] if code else redirect,
            message[1] if message else text.partition("\n")[0],
        )


def is_missing_key(error: Exception) -> bool:
    """Whether the server knows the bucket, or does not say that it lacks it, but not the key."""
    answer = Answer.of(error)
    is_listing = isinstance(error, ClientError) and error.operation_name.startswith("List")
    return answer.status == 404 and answer.code != "NoSuchBucket" and not is_listing


def explanation(error: Exception, bucket: str, uri: str, connection: Connection) -> LeeboardError:
    """The error to raise for anything but a missing key."""
    if isinstance(error, BotoCoreError) and not isinstance(error, NO_ANSWER):
        return InputError(
            f"{uri} cannot be reached at {connection.endpoint} with the AWS settings of this machine: {error}"
        )
    answer = Answer.of(error)
    if answer.status is None and not answer.code:
        return _silent(answer, uri, connection)
    if answer.code in OTHER_REGION:
        return _elsewhere(bucket, connection)
    if answer.status == 404:
        return _no_bucket(bucket, connection)
    if answer.status in (401, 403):
        return _forbidden(answer, uri, connection)
    said = f"{connection.endpoint} refused {uri}: {answer.status} {answer.code} {answer.text}"
    return InputError(said) if answer.status and answer.status < 500 else EngineError(said)


def _silent(answer: Answer, uri: str, connection: Connection) -> UnreachableError:
    return UnreachableError(
        f"no answer from the S3 endpoint {connection.endpoint} for {uri}: {answer.text}. "
        f"Check the network and AWS_ENDPOINT_URL_S3 (or endpoint_url in the AWS profile)"
    )


def _elsewhere(bucket: str, connection: Connection) -> InputError:
    return InputError(
        f"bucket {bucket!r} is not in region {connection.region}, where {connection.endpoint} was asked: "
        f"set AWS_DEFAULT_REGION to the region of the bucket"
    )


def _no_bucket(bucket: str, connection: Connection) -> NotFoundError:
    return NotFoundError(
        f"no bucket {bucket!r} at the S3 endpoint {connection.endpoint}: create it, check its name, "
        f"or set AWS_ENDPOINT_URL_S3 if it is kept elsewhere",
        f"s3://{bucket}",
    )


def _forbidden(answer: Answer, uri: str, connection: Connection) -> InputError:
    credentials = connection.credentials
    source = f"credentials from {credentials.method!r}" if credentials else "no credentials"
    said = f"{answer.code or answer.status} {answer.text}".strip()
    return InputError(
        f"{connection.endpoint} refused access to {uri} with {source}: {said}. Check the key pair, "
        f"or ask for the rights s3:ListBucket, s3:GetObject, s3:PutObject and s3:DeleteObject on it"
    )
