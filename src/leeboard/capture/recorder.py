"""Captures from Python, for models that no server answers for."""

import hashlib
import os
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any, Self

import msgspec

from leeboard.capture.exchange import Exchange
from leeboard.capture.ids import random_id
from leeboard.capture.settings import TEXT_TYPES, CaptureSettings, text_types
from leeboard.capture.spool import Spool
from leeboard.clock import now as clock_now

Payload = Any
"""Text and bytes are taken as they are, numbers as a cell of CSV, all else becomes JSON."""


class Recorder:
    """Records requests and answers of one endpoint.

    Use it in a `with` block, or call `close` at the end: that ships what is still on local disk.

    Args:
        endpoint: the name under which it is monitored.
        destination: where the captures of all endpoints are, a path or URI.
        variant: the variant that answers.
        spool: a spool, or the folder for one; a folder among the user's data if not given.
        sampling_percentage: how many of 100 requests are kept, 0 to 100.
        csv_types: media types that are kept as CSV text.
        json_types: media types that are kept as JSON text.
        captures_input: whether requests are written down.
        captures_output: whether answers are written down.
        disk_limit: the used share of the disk above which nothing is captured, in [0, 1];
            a spool that is given has its own.
        now: the clock.

    Raises:
        InputError: settings that cannot be, or a spool that cannot be made.
    """

    def __init__(
        self,
        *,
        endpoint: str,
        destination: str | os.PathLike[str],
        variant: str = "AllTraffic",
        spool: Spool | str | os.PathLike[str] | None = None,
        sampling_percentage: float = 100.0,
        csv_types: Sequence[str] = tuple(TEXT_TYPES.csv),
        json_types: Sequence[str] = tuple(TEXT_TYPES.json),
        captures_input: bool = True,
        captures_output: bool = True,
        disk_limit: float = 0.75,
        now: Callable[[], datetime] = clock_now,
    ) -> None:
        self.endpoint = endpoint
        self.variant = variant
        self.settings = CaptureSettings(
            destination=os.fspath(destination),
            sampling_percentage=sampling_percentage,
            captures_input=captures_input,
            captures_output=captures_output,
            types=text_types(csv_types, json_types),
        )
        self.chosen_settings = replace(self.settings, sampling_percentage=100)
        """For requests that chance has chosen already."""
        self._owns_spool = not isinstance(spool, Spool)
        if isinstance(spool, Spool):
            self.spool = spool
        else:
            folder = default_folder(self.settings.destination) if spool is None else Path(spool)
            self.spool = Spool(folder, disk_limit=disk_limit).start()
        self._now = now

    def record(
        self,
        input: Payload,
        output: Payload,
        *,
        input_type: str | None = None,
        output_type: str | None = None,
        inference_id: str | None = None,
        custom_attributes: str | None = None,
        target_model: str | None = None,
        at: datetime | None = None,
    ) -> str | None:
        """Records one exchange; what goes wrong is counted and logged, never raised.

        Args:
            input: the request.
            output: the answer.
            input_type: its content type; chosen by what it is if not given.
            output_type: likewise.
            inference_id: your own id of it, by which a label is found later.
            custom_attributes: kept in the record.
            target_model: which model answered, where an endpoint has several.
            at: when, aware; now if not given.

        Returns:
            The event id, by which a label is found if there is no inference id; None if not captured.
        """
        event_id = random_id()
        try:
            raw_input, found_input_type = as_body(input)
            raw_output, found_output_type = as_body(output)
        except (TypeError, ValueError):
            self.spool.count(self.endpoint, self.variant, "failed")
            return None
        exchange = Exchange(
            input=raw_input,
            input_type=input_type or found_input_type,
            output=raw_output,
            output_type=output_type or found_output_type,
            at=at or self._now(),
            inference_id=inference_id,
            custom_attributes=custom_attributes,
            target_model=target_model,
            event_id=event_id,
        )
        is_kept = self.spool.record(self.endpoint, self.variant, self.settings, exchange)
        return event_id if is_kept else None

    def flush(self) -> None:
        """Ships what was recorded so far."""
        self.spool.flush(self.endpoint)

    def close(self) -> None:
        """Ships what was recorded, and ends a spool that was not given."""
        if self._owns_spool:
            self.spool.close()
        else:
            self.flush()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def default_folder(destination: str) -> Path:
    """Each destination has its own, so that what cannot be stored at one holds up no other."""
    data = os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share"
    return Path(data) / "leeboard" / "spool" / hashlib.sha256(destination.encode()).hexdigest()[:16]


def as_body(payload: Payload) -> tuple[bytes, str]:
    """A payload as bytes, and the content type that fits it.

    >>> as_body({"age": 3}), as_body("1,2"), as_body(0.5)
    ((b'{"age":3}', 'application/json'), (b'1,2', 'text/csv'), (b'0.5', 'text/csv'))

    Raises:
        TypeError: it cannot be JSON.
        ValueError: it is text that is not Unicode.
    """
    if isinstance(payload, bytes | bytearray | memoryview):
        return bytes(payload), "application/octet-stream"
    if isinstance(payload, str):
        return payload.encode(), "application/json" if payload.lstrip()[:1] in ("{", "[") else "text/csv"
    kind = "text/csv" if isinstance(payload, int | float) else "application/json"
    return msgspec.json.encode(payload, enc_hook=_plain), kind


def _plain(value: Any) -> Any:
    """Arrays and their scalars as lists and numbers."""
    if hasattr(value, "tolist"):
        return value.tolist()
    raise TypeError(f"{type(value).__name__} cannot be JSON")
