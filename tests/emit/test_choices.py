"""What `--emit` may say."""

import pytest

from leeboard.emit import EMITTERS
from leeboard.emit.choices import Choice, checked_choices, read_choices
from leeboard.errors import InputError, UnknownNameError


def test_emitters_are_named_with_or_without_a_place() -> None:
    assert read_choices("cloudwatch, otel=http://collector:4318?a=b,") == (
        Choice("cloudwatch"),
        Choice("otel", "http://collector:4318?a=b"),
    )


def test_nothing_is_no_emitter() -> None:
    assert read_choices("") == ()


def test_an_unknown_emitter_is_told_with_those_there_are() -> None:
    with pytest.raises(UnknownNameError, match="cloudwatch"):
        read_choices("cloudwach")


def test_an_emitter_cannot_be_named_twice() -> None:
    with pytest.raises(InputError, match="twice"):
        read_choices("statsd=a:1,statsd=b:2")


def test_the_emitters_are_those_of_the_documents() -> None:
    assert EMITTERS.names() == ["cloudwatch", "otel", "statsd"]


def test_a_wrong_place_is_told_at_the_start() -> None:
    assert checked_choices("statsd=127.0.0.1:8125,cloudwatch=http://127.0.0.1:9") != ()
    with pytest.raises(InputError, match="HOST:PORT"):
        checked_choices("statsd=127.0.0.1:port")
    with pytest.raises(InputError, match="expected a URL"):
        checked_choices("cloudwatch=not a place")
