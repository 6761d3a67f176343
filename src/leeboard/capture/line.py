"""An exchange as one line of a capture file, made without models as it lies on the path of every request."""

from collections.abc import Callable
from typing import Any

import msgspec

from leeboard.capture.encoding import Mode
from leeboard.capture.exchange import Exchange
from leeboard.capture.ids import random_id
from leeboard.capture.record import inference_time
from leeboard.capture.settings import CaptureSettings

_ENCODER = msgspec.json.Encoder()


def capture_line(
    settings: CaptureSettings, exchange: Exchange, *, new_id: Callable[[], str] = random_id
) -> bytes:
    """The record that `capture_record` makes, as JSON with its line end.

    Raises:
        InputError: for a time without a zone.
    """
    data: dict[str, Any] = {}
    if settings.captures_input:
        data["endpointInput"] = _side(settings, exchange.input, exchange.input_type, "INPUT")
    if settings.captures_output:
        data["endpointOutput"] = _side(settings, exchange.output, exchange.output_type, "OUTPUT")
    record: dict[str, Any] = {"captureData": data, "eventMetadata": _metadata(exchange, new_id)}
    record["eventVersion"] = "0"
    if exchange.target_model is not None:
        record["targetModel"] = exchange.target_model
    return _ENCODER.encode(record) + b"\n"


def _side(settings: CaptureSettings, raw: bytes, content_type: str | None, mode: Mode) -> dict[str, str]:
    encoding, text = settings.types.write(raw, content_type)
    side = {"mode": mode, "data": text, "encoding": encoding}
    return side if content_type is None else {"observedContentType": content_type, **side}


def _metadata(exchange: Exchange, new_id: Callable[[], str]) -> dict[str, Any]:
    metadata: dict[str, Any] = {"eventId": exchange.event_id or new_id()}
    if exchange.inference_id is not None:
        metadata["inferenceId"] = exchange.inference_id
    if exchange.custom_attributes is not None:
        metadata["customAttributes"] = [exchange.custom_attributes]
    metadata["inferenceTime"] = inference_time(exchange.at)
    return metadata
