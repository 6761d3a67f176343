"""Which emitters a server has, as its option says: `cloudwatch,otel=http://collector:4318`."""

from dataclasses import dataclass

from leeboard.emit import EMITTERS, Send
from leeboard.errors import InputError


@dataclass(frozen=True, slots=True)
class Choice:
    """An emitter, and where it sends; None for where its own variables say."""

    name: str
    place: str | None = None

    def open(self) -> Send:
        return EMITTERS.get(self.name).open(self.place)


def read_choices(text: str) -> tuple[Choice, ...]:
    """The choices in an option; each emitter at most once.

    Raises:
        UnknownNameError: there is no such emitter.
        InputError: one of them stands there twice.
    """
    parts = (part.strip().partition("=") for part in text.split(",") if part.strip())
    choices = tuple(Choice(name.strip(), place.strip() or None) for name, _, place in parts)
    for choice in choices:
        EMITTERS.get(choice.name)
    names = [choice.name for choice in choices]
    if len(set(names)) < len(names):
        raise InputError(f"--emit {text!r} names an emitter twice; each can send to one place")
    return choices


def checked_choices(text: str) -> tuple[Choice, ...]:
    """The same, each way opened once, so that a missing extra or a wrong place is told at the start.

    Raises:
        InputError: one of them cannot be opened.
    """
    choices = read_choices(text)
    for choice in choices:
        choice.open()
    return choices
