"""Gauges at a socket that listens."""

import socket

import pytest

from leeboard.emit.statsd import open_statsd
from leeboard.errors import InputError


def test_gauges_arrive_with_tags(point) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as listener:
        listener.bind(("127.0.0.1", 0))
        listener.settimeout(120)
        open_statsd(f"127.0.0.1:{listener.getsockname()[1]}")([point("feature_baseline_drift_a|b")] * 30)
        first = listener.recv(65536)
        assert len(first) <= 1400
        assert first.splitlines()[0] == (
            b"leeboard.feature_baseline_drift:0.25|g|#endpoint:churn,schedule:hourly,feature:a_b"
        )
        assert listener.recv(65536).startswith(b"leeboard.")


def test_a_place_without_a_port_that_can_be_is_refused() -> None:
    with pytest.raises(InputError, match="HOST:PORT"):
        open_statsd("here:99999")
