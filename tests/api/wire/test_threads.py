"""What takes long for a large request or answer is done by threads: others are answered meanwhile."""

import asyncio
import threading
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest

from leeboard.api.auth import Head, Identity
from leeboard.api.wire import Call, Operations, Wire, protocols
from leeboard.api.wire.answering import LARGE_BYTES

HEAD = Head(
    "POST", "/", "", {"x-amz-target": "SageMaker.ListModels", "content-type": "application/x-amz-json-1.1"}
)


def list_models(call: Call) -> dict[str, Any]:
    return {"Models": []}


@pytest.fixture
def seen(monkeypatch: pytest.MonkeyPatch) -> dict[str, bool]:
    """Which of reading and writing the event loop's thread did."""
    found: dict[str, bool] = {}
    for name in ("decode", "encode"):
        real = getattr(protocols, name)

        def watched(*given: Any, name: str = name, real: Any = real) -> Any:
            found[name] = threading.current_thread() is threading.main_thread()
            return real(*given)

        monkeypatch.setattr(protocols, name, watched)
    return found


def ask(body: bytes, *, is_quick: bool) -> int:
    quick = frozenset({list_models}) if is_quick else frozenset()
    wire = Wire([Operations("sagemaker", "models", (list_models,), quick=quick)], None, account="0" * 12)
    identity = Identity("key", "sagemaker", "us-east-1")
    return asyncio.run(wire.answer(HEAD, body, identity, datetime(2026, 1, 1, tzinfo=UTC))).status


def test_answers_are_written_where_they_are_found(seen: dict[str, bool]) -> None:
    assert ask(b"{}", is_quick=False) == 200
    assert seen == {"decode": True, "encode": False}


def test_a_large_request_is_read_by_a_thread(seen: dict[str, bool]) -> None:
    body = msgspec.json.encode({"MaxResults": 5}) + b" " * LARGE_BYTES
    assert ask(body, is_quick=False) == 200
    assert seen == {"decode": False, "encode": False}


def test_what_is_quick_needs_no_thread(seen: dict[str, bool]) -> None:
    assert ask(b"{}", is_quick=True) == 200
    assert seen == {"decode": True, "encode": True}
