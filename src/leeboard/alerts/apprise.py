"""Mail, Slack, Teams, PagerDuty and a hundred other services, by Apprise."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from threading import get_ident
from typing import Any

import msgspec

from leeboard.alerts import DeliveryError, Field, Notice, Outside, Sink
from leeboard.errors import MissingExtraError

MOST_TOLD = 300
LIMITS = {"cto": "5", "rto": "10", "redirect": "no"}
"""Seconds to connect and to read, and no way to elsewhere; what a URL itself says counts more."""


class Apprise(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A URL of Apprise's, such as `mailtos://...`, `slack://...`."""

    url: str


def deliver(notice: Notice, settings: Apprise, outside: Outside) -> None:
    try:
        import apprise
    except ModuleNotFoundError as error:
        raise MissingExtraError("apprise", "notify", "a sink of kind apprise") from error
    asset = apprise.AppriseAsset(app_id="leeboard", app_desc="leeboard")
    with _complaints() as said:
        service = apprise.Apprise.instantiate(_limited(settings.url), asset=asset)
        is_told = service is not None and _notify(service, notice)
    why = _without(settings.url, " ".join(line for line in said if settings.url not in line))
    scheme = settings.url.partition(":")[0][:20]
    if service is None:
        raise DeliveryError(f"Apprise cannot use this URL of {scheme}: {why or 'it knows none like it'}")
    if not is_told:
        raise DeliveryError(f"{scheme}: {why or 'it was refused'}")


def _notify(service: Any, notice: Notice) -> bool:
    """In this thread, unlike what Apprise's own object does."""
    from apprise import NotifyFormat

    try:
        told = service.notify(
            body=_body(notice),
            title=notice.title,
            notify_type=_type(notice),
            body_format=NotifyFormat.TEXT,
        )
    except Exception as error:  # a hundred plugins of others; what they say may hold a secret
        raise DeliveryError(f"Apprise failed with {type(error).__name__}") from None
    return bool(told)


def _limited(url: str) -> str:
    """With our limits, unless the URL has such of its own."""
    missing = [f"{name}={value}" for name, value in LIMITS.items() if f"{name}=" not in url.partition("?")[2]]
    return url + ("&" if "?" in url else "?") + "&".join(missing) if missing else url


def _body(notice: Notice) -> str:
    links = [f"{name}: {url}" for name, url in notice.links.items()]
    return "\n".join([notice.text, *links]) or notice.title


def _type(notice: Notice) -> Any:
    from apprise import NotifyType

    if notice.kind == "resolved":
        return NotifyType.SUCCESS
    kinds = {"critical": NotifyType.FAILURE, "warning": NotifyType.WARNING}
    return kinds.get(notice.severity, NotifyType.INFO)


def _without(url: str, text: str) -> str:
    """No part of the URL that may be secret, whatever Apprise quotes."""
    from urllib.parse import unquote, urlsplit

    split = urlsplit(url)
    parts = {url, split.netloc.rpartition("@")[0], split.password or "", split.username or ""}
    parts |= set(split.path.split("/")) | {part.partition("=")[2] for part in split.query.split("&")}
    for part in sorted({each for one in parts for each in (one, unquote(one)) if len(each) > 3}, key=len)[
        ::-1
    ]:
        text = text.replace(part, "***")
    return text[:MOST_TOLD]


class _Listener(logging.Handler):
    """Keeps what Apprise says in this thread."""

    def __init__(self, said: list[str]) -> None:
        super().__init__(logging.WARNING)
        self._said, self._thread = said, get_ident()

    def emit(self, record: logging.LogRecord) -> None:
        if record.thread == self._thread and len(self._said) < 10:
            self._said.append(record.getMessage()[:MOST_TOLD])


@contextmanager
def _complaints() -> Iterator[list[str]]:
    """What goes wrong is told by the notice's error; the log could hold a secret."""
    said: list[str] = []
    logger, listener = logging.getLogger("apprise"), _Listener(said)
    logger.propagate = False
    logger.addHandler(listener)
    try:
        yield said
    finally:
        logger.removeHandler(listener)


ENTRY = Sink(
    "apprise",
    Apprise,
    deliver,
    addresses=frozenset({"url"}),
    title="Mail, chat, pagers",
    about="Mail, Slack, Teams, PagerDuty and a hundred others by Apprise; the server needs leeboard[notify].",
    fields=(
        Field(
            "url",
            "Apprise URL",
            "who is told and how; it holds passwords or tokens, so it is covered like one",
            "mailtos://user:password@example.org?to=ana@example.org",
            is_covered=True,
            pattern=r"[A-Za-z][A-Za-z0-9+.-]*://.+",
        ),
    ),
)
