"""Forms of sinks, made of what their kinds declare."""

from typing import Any

import msgspec
import pytest

from leeboard.alerts import SINKS, Field, Sink
from leeboard.alerts.fields import Asked, asked_of, offered, read_settings
from leeboard.alerts.secrets import HIDDEN


class Loud(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Of a sink that somebody else wrote."""

    room: str
    token: str
    volume: float = 0.5
    is_long: bool = False
    lamps: list[str] = []
    more: dict[str, dict[str, int]] = {}


LOUD = Sink("loud", Loud, print, plain=frozenset({"room", "volume", "lamps"}))


def asked(kind: str | Sink) -> tuple[Asked, ...]:
    return asked_of(SINKS.get(kind) if isinstance(kind, str) else kind)


@pytest.mark.parametrize("sink", offered(), ids=lambda sink: sink.name)
def test_each_kind_says_what_its_settings_are(sink: Sink) -> None:
    assert sink.title
    assert sink.about
    assert sink.addresses
    assert sink.addresses <= {each.name for each in asked(sink)}
    assert [field.name for field in sink.fields] == [each.name for each in asked(sink)]
    for each in asked(sink):
        assert each.field.label
        assert each.field.help
        assert each.field.example or each.choices


@pytest.mark.parametrize("sink", offered(), ids=lambda sink: sink.name)
def test_the_examples_can_be_typed(sink: Sink) -> None:
    given = {each.name: each.field.example or each.choices[0] for each in asked(sink)}
    settings, errors = read_settings(asked(sink), given, {})
    assert not errors
    msgspec.convert(settings, sink.settings)


def test_programs_are_not_offered() -> None:
    assert "command" not in [sink.name for sink in offered()]


def test_a_sink_that_declares_nothing_is_asked_for_by_names_and_types() -> None:
    found = {each.name: (each.field.label, each.shape, each.is_needed) for each in asked(LOUD)}
    assert found == {
        "room": ("Room", "text", True),
        "token": ("Token", "covered", True),
        "volume": ("Volume", "number", False),
        "is_long": ("Is long", "flag", False),
        "lamps": ("Lamps", "lines", False),
        "more": ("More", "json", False),
    }


def test_values_are_read_by_their_types() -> None:
    given = {
        "room": "hall", "token": "t", "volume": "2", "is_long": "true", "lamps": "a\nb",
        "more": '{"a": {"b": 1}}',
    }  # fmt: skip
    settings, errors = read_settings(asked(LOUD), given, {})
    assert not errors
    read = msgspec.convert(settings, Loud)
    assert (read.volume, read.is_long, read.lamps, read.more) == (2.0, True, ["a", "b"], {"a": {"b": 1}})


@pytest.mark.parametrize(
    ("kind", "name", "typed", "said"),
    [
        ("webhook", "url", "", "URL is missing"),
        ("webhook", "url", "hooks.example.org", "expected such as https://"),
        ("webhook", "url", "https://" + "x" * 5_000, "5,008 characters"),
        ("webhook", "secret", "${HOME}", r"it names \$\{HOME\}"),
        ("webhook", "secret", "${file:/etc/passwd}", "only the server's alerts file"),
        ("webhook", "headers", "no colon", "not like Name: value"),
        ("webhook", "headers", "A: 1\nA: 2", "A stands there twice"),
        ("sns", "form", "post", "none of the choices"),
        ("sns", "topic_arn", "alarms", "expected such as arn:aws:sns"),
        ("apprise", "url", "ana@example.org", "expected such as mailtos://"),
        (LOUD, "volume", "1e999", "expected a number"),
        (LOUD, "volume", "true", "expected a number"),
        (LOUD, "more", "[" * 100_000, "characters"),
        (LOUD, "more", "[", "expected JSON"),
    ],
)
def test_what_cannot_be_is_said_of_its_field(kind: str | Sink, name: str, typed: str, said: str) -> None:
    _, errors = read_settings(asked(kind), {name: typed}, {})
    with pytest.raises(ValueError, match=said):
        raise ValueError(errors[name])


def test_a_variable_may_stand_for_an_address() -> None:
    settings, errors = read_settings(asked("webhook"), {"url": "${LEEBOARD_NOTIFY_URL}"}, {})
    assert (settings, errors) == ({"url": "${LEEBOARD_NOTIFY_URL}"}, {})


def test_secrets_that_are_not_typed_stay_unless_they_are_dropped() -> None:
    before: dict[str, Any] = {"url": HIDDEN, "secret": "${LEEBOARD_NOTIFY_X}", "headers": {"A": HIDDEN}}
    fields = {each.name: each for each in asked("webhook")}
    assert [fields[name].text(before) for name in ("url", "secret", "headers")] == ["", "", "A: (hidden)"]
    settings, _ = read_settings(asked("webhook"), {"headers": "A: (hidden)"}, before)
    assert settings == {"url": HIDDEN, "secret": HIDDEN, "headers": {"A": HIDDEN}}
    settings, _ = read_settings(asked("webhook"), {}, before, ("secret",))
    assert settings == {"url": HIDDEN}


def test_fields_may_be_declared_for_some_settings_alone() -> None:
    sink = Sink("loud", Loud, print, fields=(Field("token", "Key", is_covered=True),))
    assert [each.field.label for each in asked(sink)][:2] == ["Room", "Key"]
