"""One request and its answer, before they are written down."""

from datetime import datetime

import msgspec


class Exchange(msgspec.Struct, frozen=True, kw_only=True):
    """What was asked and what was answered.

    Args:
        input: the body of the request.
        input_type: its content type as sent, None if there was none.
        output: the body of the answer.
        output_type: its content type.
        at: when it was answered, aware; its UTC hour decides the folder.
        inference_id: the caller's own id.
        custom_attributes: the caller's attributes, as sent.
        target_model: which model answered, where an endpoint has several.
        event_id: unique; made if not given.
    """

    input: bytes
    input_type: str | None
    output: bytes
    output_type: str | None
    at: datetime
    inference_id: str | None = None
    custom_attributes: str | None = None
    target_model: str | None = None
    event_id: str | None = None

    @property
    def size_bytes(self) -> int:
        """Both bodies together."""
        return len(self.input) + len(self.output)
