"""A JSON document by HTTP POST, signed so that the receiver knows who sent it."""

import hashlib
import hmac

import msgspec

from leeboard.alerts import HEADERS, WEB, Field, Notice, Outside, Posting, Sink

EVENT, TIMESTAMP, SIGNATURE = "X-Leeboard-Event", "X-Leeboard-Timestamp", "X-Leeboard-Signature"


class Webhook(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where to, and the secret that signs; without one nothing is signed."""

    url: str
    secret: str | None = None
    headers: dict[str, str] = {}


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """HMAC-SHA256 over the timestamp, a full stop and the body.

    >>> signature("secret", "1764151200", b"{}")
    'sha256=fc7cfa90b235ddb534ee9ee2daf16de3dd8ca7e3508bf39e77f91d632292a99a'
    """
    signed = hmac.new(secret.encode(), timestamp.encode() + b"." + body, hashlib.sha256)
    return f"sha256={signed.hexdigest()}"


def deliver(notice: Notice, settings: Webhook, outside: Outside) -> None:
    body = msgspec.json.encode(notice.document())
    timestamp = str(int(outside.now.timestamp()))
    headers = {"Content-Type": "application/json", EVENT: notice.event, TIMESTAMP: timestamp}
    if settings.secret:
        headers[SIGNATURE] = signature(settings.secret, timestamp, body)
    outside.post(Posting(settings.url, dict(settings.headers) | headers, body))


ENTRY = Sink(
    "webhook",
    Webhook,
    deliver,
    addresses=frozenset({"url"}),
    title="Webhook",
    about="A JSON document by HTTP POST to a server of yours, signed if there is a secret.",
    fields=(
        Field(
            "url", "URL", "where each notice is posted to", "https://hooks.example.org/leeboard", pattern=WEB
        ),
        Field("secret", "Secret", "signs what is sent", "${LEEBOARD_NOTIFY_SECRET}", is_covered=True),
        HEADERS,
    ),
)
