"""What somebody typed into a form: values of their kinds, or what is wrong with them, field by field."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from math import isfinite

from leeboard.formats.whole_number import whole_number
from leeboard.report.words import visible
from leeboard.service.setup.tunable import MOST_TEXTS, Row, Setting
from leeboard.storage import SCHEME

LONGEST_TEXT = 2_000


@dataclass(slots=True)
class Typed:
    """Fields of a form as they were sent, and what is wrong, by name of the field."""

    given: dict[str, str]
    errors: dict[str, str] = field(default_factory=dict)

    def text(self, name: str, *, what: str = "", longest: int = LONGEST_TEXT) -> str:
        """A text; one that must not be empty says `what` it is."""
        value = self.given.get(name, "")
        if what and not value:
            self.errors[name] = f"{what} is missing"
        if len(value) > longest:
            self.errors[name] = f"it has {len(value):,} characters; at most {longest:,} are taken"
        return value[:longest]

    def uri(self, name: str, *, what: str = "") -> str:
        """A place in the store; a path would be one of the server's disk."""
        value = self.text(name, what=what).rstrip("/")
        if value and not (value.startswith("s3://") and value.removeprefix("s3://").partition("/")[0]):
            known = SCHEME.match(value)
            self.errors[name] = f"expected s3://BUCKET/KEY{'' if known else ', not a path'}"
        return value

    def whole(self, name: str, default: int, low: int, high: int) -> int:
        """A whole number in a range."""
        value = self.given.get(name, "")
        if not value:
            return default
        number = whole_number(value, least=low, most=high)
        if number is None:
            self.errors[name] = f"expected a whole number from {low} to {high:,}"
            return default
        return number

    def number(self, name: str) -> float | None:
        """Any number; None where nothing was typed."""
        value = self.given.get(name, "")
        if not value:
            return None
        try:
            return read_number(value)
        except ValueError as error:
            self.errors[name] = str(error)
            return None

    def time(self, name: str) -> datetime | None:
        """A time; None where there is none."""
        try:
            return read_time(self.given.get(name, ""))
        except ValueError as error:
            self.errors[name] = str(error)
            return None

    def texts(self, name: str) -> tuple[str, ...]:
        """Texts between commas."""
        return tuple(part.strip() for part in self.text(name).split(",") if part.strip())


def read_number(text: str) -> float:
    """A finite number.

    Raises:
        ValueError: it is none.
    """
    try:
        found = float(text)
    except ValueError:
        raise ValueError(f"{text[:30]!r} is no number") from None
    if not isfinite(found):
        raise ValueError("expected a finite number")
    return found


def read_time(text: str) -> datetime:
    """A time as a browser's field for local times sends it; in UTC unless it has a zone.

    Raises:
        ValueError: it is none.
    """
    try:
        found = datetime.fromisoformat(text)
        return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except (ValueError, OverflowError):
        raise ValueError("expected a time such as 2026-11-26T10:00") from None


def plain(value: float | None) -> str:
    """A number as it can be typed.

    >>> plain(0.1), plain(1234567.0), plain(None)
    ('0.1', '1234567', '')
    """
    return "" if value is None else f"{value:.17g}" if value != float(f"{value:.15g}") else f"{value:.15g}"


def values_of(row: Row, given: dict[str, str], start: str) -> Iterator[tuple[str, object, str]]:
    """Key, value, and what is wrong ("" if nothing) of each setting of a row.

    Args:
        start: what names of its fields begin with.
    """
    for setting in row.settings:
        text = given.get(f"{start}{setting.key}", "")
        try:
            yield setting.key, _value(setting, text), ""
        except ValueError as error:
            yield setting.key, setting.value, str(error)


def as_lines(values: list[str]) -> str:
    """Texts as a field of several lines shows them: what would end a line is told by its code."""
    return "\n".join(visible(value).replace("\n", "\\n").replace("\r", "\\r") for value in values)


def _texts(known: list[str], text: str) -> list[str]:
    """The lines of a field; one that shows a known text stands for it, whatever letters it has."""
    lines = [line for line in text.replace("\r", "").split("\n") if line]
    if len(lines) > MOST_TEXTS:
        raise ValueError(f"{len(lines):,} values; at most {MOST_TEXTS:,} are taken")
    shown = [as_lines([value]) for value in known]
    if lines == "\n".join(shown).strip().split("\n"):
        return known
    meant = dict(zip(shown, known, strict=True)) | {
        line.strip(): value for line, value in zip(shown, known, strict=True)
    }
    return [meant.get(line, line) for line in lines]


def _value(setting: Setting, text: str) -> object:
    if setting.kind == "flag":
        return text != ""
    if setting.kind == "texts":
        return _texts(list(setting.value or []), text)
    if setting.kind == "choice":
        if text not in {value for value, _ in setting.choices} | {setting.value}:
            raise ValueError(f"{text[:30]!r} is none of the choices")
        return text
    if not text:
        return None
    value = read_number(text)
    if setting.kind == "share" and not 0 <= value <= 1:
        raise ValueError("expected a share from 0 to 1")
    return value
