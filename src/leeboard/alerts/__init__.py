"""How a notice leaves the house; one sink a module.

A sink turns a `Notice` into what somebody else understands and hands it over. It keeps nothing: when
to try again, and that nobody is told twice, is the business of `service/alerting`.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Self

import msgspec

from leeboard.roster import Roster

SEVERITIES = ("info", "warning", "critical")
"""From the least to the worst."""
OPENED, RESOLVED, REPEATED, ENDED, TEST = "opened", "resolved", "repeated", "ended", "test"
KINDS = (OPENED, RESOLVED, REPEATED, ENDED, TEST)


class DeliveryError(Exception):
    """A notice did not arrive; the text says why, and holds no secret."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """What somebody is told.

    Attributes:
        event: the same at each attempt to deliver it, so that receivers know it again.
        kind: `opened`, `resolved` or `repeated` of an alert, `ended` of an execution, or `test`.
        severity: `info`, `warning` or `critical`.
        text: plain sentences, with the reason.
        at: when it happened.
        links: URLs of pages by what they show.
        rule: that found it.
        check: the kind of promise that was broken, where the rule looks at one.
        job: the name of a job that no schedule and no pipeline has started, without what tells it from
            others of the same base name.
        counts: numbers by name, such as `violations`.
        parts: the notices that this one tells together.
    """

    event: str
    kind: str
    severity: str
    title: str
    text: str
    at: datetime
    links: Mapping[str, str] = field(default_factory=dict)
    rule: str | None = None
    schedule: str | None = None
    endpoint: str | None = None
    monitor: str | None = None
    feature: str | None = None
    check: str | None = None
    pipeline: str | None = None
    job: str | None = None
    window_start_at: datetime | None = None
    window_end_at: datetime | None = None
    counts: Mapping[str, int | float] = field(default_factory=dict)
    parts: tuple["Notice", ...] = ()

    @property
    def about(self) -> str | None:
        """The name of the endpoint, schedule, pipeline or job."""
        return self.endpoint or self.schedule or self.pipeline or self.job

    def document(self) -> dict[str, Any]:
        """As JSON has it; what there is nothing of stays out."""
        values = {name: getattr(self, name) for name in self.__slots__}
        values |= {"links": dict(self.links), "counts": dict(self.counts)}
        told = {name: value for name, value in values.items() if value not in (None, {}, ())}
        if self.parts:
            told["parts"] = [part.document() for part in self.parts]
        return msgspec.to_builtins(told)  # type: ignore[no-any-return]

    @classmethod
    def of(cls, document: Mapping[str, Any]) -> Self:
        """From its JSON."""
        return msgspec.convert(document, cls)


@dataclass(frozen=True, slots=True)
class Posting:
    """One HTTP POST."""

    url: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Outside:
    """What a sink may use of the world.

    Attributes:
        post: sends to a server; DeliveryError if it did not take it.
        now: the time of the attempt.
    """

    post: Callable[[Posting], None]
    now: datetime
    region: str = "us-east-1"
    account: str = "000000000000"


@dataclass(frozen=True, slots=True)
class Field:
    """One setting, as a form asks for it.

    Args:
        name: of the setting.
        label: what the form calls it.
        help: what it is for.
        example: what is typed, such as.
        is_covered: whether nobody may look on while it is typed.
        pattern: what its whole value matches, as `re` has it.
    """

    name: str
    label: str
    help: str = ""
    example: str = ""
    is_covered: bool = False
    pattern: str = ""


@dataclass(frozen=True, slots=True)
class Sink:
    """One way out.

    Args:
        name: as `kind` in settings.
        settings: what it has to be told, a frozen struct of msgspec.
        deliver: hands a notice over; DeliveryError if it did not arrive.
        plain: settings that may be shown; all others are taken for secrets.
        addresses: settings that say where notices go: secrets that are kept go on to nowhere else, so
            they are asked for anew when one of these changes. Without any, when any setting changes.
        is_file_only: whether only the server's own configuration may have one, as it runs programs.
        title: what a form calls the kind.
        about: a sentence on whom it reaches.
        fields: how a form asks for settings; those that are not here are asked for by their names.
    """

    name: str
    settings: type[msgspec.Struct]
    deliver: Callable[[Notice, Any, Outside], None]
    plain: frozenset[str] = frozenset()
    addresses: frozenset[str] = frozenset()
    is_file_only: bool = False
    title: str = ""
    about: str = ""
    fields: tuple[Field, ...] = ()


WEB = r"https?://[^/?#\s]+.*"
"""The pattern of an address that is posted to."""
HEADERS = Field(
    "headers",
    "Headers",
    "one a line, sent with each notice; values are kept as secrets",
    "Authorization: Bearer ${LEEBOARD_NOTIFY_TOKEN}",
)

SINKS = Roster("kind of sink", __name__, Sink)


def worst(severities: Iterable[str]) -> str:
    """The worst of them; `info` of none."""
    return max(severities, key=SEVERITIES.index, default=SEVERITIES[0])
