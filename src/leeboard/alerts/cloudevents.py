"""CloudEvents 1.0 by its HTTP binding, structured or binary."""

from typing import Any, Literal
from urllib.parse import quote

import msgspec

from leeboard.alerts import HEADERS, WEB, Field, Notice, Outside, Posting, Sink

PRINTABLE = "".join(chr(code) for code in range(0x21, 0x7F) if chr(code) not in '"%')
"""What a header may hold as it is; the binding has the rest written with per cents, space included."""


class CloudEvents(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where to, and in which of the two forms."""

    url: str
    mode: Literal["structured", "binary"] = "structured"
    source: str = "/leeboard"
    headers: dict[str, str] = {}


def deliver(notice: Notice, settings: CloudEvents, outside: Outside) -> None:
    attributes = _attributes(notice, settings.source)
    data = notice.document()
    if settings.mode == "binary":
        headers = {f"ce-{name}": quote(value, safe=PRINTABLE) for name, value in attributes.items()}
        headers["Content-Type"] = "application/json"
        body = msgspec.json.encode(data)
    else:
        headers = {"Content-Type": "application/cloudevents+json; charset=utf-8"}
        body = msgspec.json.encode(attributes | {"datacontenttype": "application/json", "data": data})
    outside.post(Posting(settings.url, dict(settings.headers) | headers, body))


def _attributes(notice: Notice, source: str) -> dict[str, Any]:
    attributes = {
        "specversion": "1.0",
        "id": notice.event,
        "source": source,
        "type": f"io.leeboard.{'execution' if notice.kind == 'ended' else 'alert'}.{notice.kind}",
        "time": notice.at.isoformat().replace("+00:00", "Z"),
        "severity": notice.severity,
    }
    subject = notice.schedule or notice.about
    return attributes | ({"subject": subject} if subject else {})


ENTRY = Sink(
    "cloudevents",
    CloudEvents,
    deliver,
    plain=frozenset({"mode", "source"}),
    addresses=frozenset({"url"}),
    title="CloudEvents",
    about="A CloudEvent 1.0 by HTTP, for brokers such as those of Knative.",
    fields=(
        Field("url", "URL", "of the broker or receiver", "https://broker.example.org/", pattern=WEB),
        Field("mode", "Mode", "structured: one JSON document; binary: attributes in headers"),
        Field("source", "Source", "the attribute source, by which receivers know this server", "/leeboard"),
        HEADERS,
    ),
)
