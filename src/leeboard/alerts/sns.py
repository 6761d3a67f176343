"""Messages as programs know them that were made for AWS: what SNS posts, or an event of EventBridge.

The signature of SNS is AWS's own and cannot be made here, so a receiver that checks it will refuse.
"""

from typing import Any, Literal
from uuid import NAMESPACE_URL, uuid5

import msgspec

from leeboard.alerts import HEADERS, WEB, Field, Notice, Outside, Posting, Sink
from leeboard.alerts.naming import alarm_name

ALARM, OK = "ALARM", "OK"
STAMP = "%Y-%m-%dT%H:%M:%S.{ms:03d}"
MOST_SUBJECT = 100
"""Characters of a subject that SNS allows."""


class Sns(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where to; `form` says which of AWS's messages it is like.

    Attributes:
        form: `sns` posts SNS's envelope, whose `Message` is what a CloudWatch alarm says; `eventbridge`
            posts the event of a CloudWatch alarm that changed its state.
    """

    url: str
    form: Literal["sns", "eventbridge"] = "sns"
    topic_arn: str | None = None
    headers: dict[str, str] = {}


def deliver(notice: Notice, settings: Sns, outside: Outside) -> None:
    make = _envelope if settings.form == "sns" else _event
    headers, document = make(notice, settings, outside)
    outside.post(Posting(settings.url, dict(settings.headers) | headers, msgspec.json.encode(document)))


def _envelope(notice: Notice, settings: Sns, outside: Outside) -> tuple[dict[str, str], dict[str, Any]]:
    """As SNS posts to a subscribed URL."""
    topic = settings.topic_arn or f"arn:aws:sns:{outside.region}:{outside.account}:leeboard"
    number = str(uuid5(NAMESPACE_URL, notice.event))
    headers = {
        "Content-Type": "text/plain; charset=UTF-8",
        "x-amz-sns-message-type": "Notification",
        "x-amz-sns-message-id": number,
        "x-amz-sns-topic-arn": topic,
    }
    return headers, {
        "Type": "Notification",
        "MessageId": number,
        "TopicArn": topic,
        "Subject": notice.title[:MOST_SUBJECT],
        "Message": msgspec.json.encode(_alarm(notice, outside)).decode(),
        "Timestamp": _stamp(notice) + "Z",
        "MessageAttributes": {"severity": {"Type": "String", "Value": notice.severity}},
    }


def _alarm(notice: Notice, outside: Outside) -> dict[str, Any]:
    """What the alarm of a metric of CloudWatch sends to its topic."""
    new, old = _states(notice)
    dimensions = {
        "Endpoint": notice.endpoint,
        "MonitoringSchedule": notice.schedule,
        "PipelineName": notice.pipeline,
        "JobName": notice.job,
    }
    return {
        "AlarmName": _name(notice),
        "AlarmDescription": notice.title,
        "AWSAccountId": outside.account,
        "NewStateValue": new,
        "NewStateReason": notice.text,
        "StateChangeTime": _stamp(notice) + "+0000",
        "Region": outside.region,
        "AlarmArn": _arn(notice, outside),
        "OldStateValue": old,
        "Trigger": {
            "Namespace": "leeboard",
            "MetricName": notice.rule or notice.kind,
            "Dimensions": [{"name": name, "value": value} for name, value in dimensions.items() if value],
        },
        "leeboard": notice.document(),
    }


def _event(notice: Notice, _: Sns, outside: Outside) -> tuple[dict[str, str], dict[str, Any]]:
    """The event `CloudWatch Alarm State Change`."""
    new, old = _states(notice)
    stamp = _stamp(notice) + "+0000"
    return {"Content-Type": "application/json"}, {
        "version": "0",
        "id": str(uuid5(NAMESPACE_URL, notice.event)),
        "detail-type": "CloudWatch Alarm State Change",
        "source": "leeboard",
        "account": outside.account,
        "time": f"{notice.at:%Y-%m-%dT%H:%M:%SZ}",
        "region": outside.region,
        "resources": [_arn(notice, outside)],
        "detail": {
            "alarmName": _name(notice),
            "state": {"value": new, "reason": notice.text, "timestamp": stamp},
            "previousState": {"value": old},
            "configuration": {"description": notice.title},
            "leeboard": notice.document(),
        },
    }


def _name(notice: Notice) -> str:
    return alarm_name(notice.rule or notice.kind, notice.schedule or notice.about, notice.feature)


def _arn(notice: Notice, outside: Outside) -> str:
    return f"arn:aws:cloudwatch:{outside.region}:{outside.account}:alarm:{_name(notice)}"


def _states(notice: Notice) -> tuple[str, str]:
    """The new one and the one before; an execution that ended well is no alarm."""
    if notice.kind == "resolved":
        return OK, ALARM
    if notice.kind == "repeated":
        return ALARM, ALARM
    return (OK if notice.severity == "info" else ALARM), OK


def _stamp(notice: Notice) -> str:
    return notice.at.strftime(STAMP.format(ms=notice.at.microsecond // 1000))


ENTRY = Sink(
    "sns",
    Sns,
    deliver,
    plain=frozenset({"form", "topic_arn"}),
    addresses=frozenset({"url"}),
    title="As AWS sends",
    about="For programs made for AWS: what SNS posts, or an event of EventBridge; without AWS's signature.",
    fields=(
        Field(
            "url",
            "URL",
            "what SNS would call the subscribed endpoint",
            "https://gateway.example.org/alarms",
            pattern=WEB,
        ),
        Field(
            "form",
            "Form",
            "sns: the envelope of a topic; eventbridge: a CloudWatch alarm that changed its state",
        ),
        Field(
            "topic_arn",
            "Topic ARN",
            "that messages name; one of this server if empty",
            "arn:aws:sns:eu-west-1:123456789012:alarms",
            pattern=r"arn:aws[a-z-]*:sns:\S+",
        ),
        HEADERS,
    ),
)
