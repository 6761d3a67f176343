"""AWS's protocols, driven by botocore's service models: reads and checks requests, shapes answers."""

from leeboard.api.wire.answering import Wire
from leeboard.api.wire.calls import Call, Caller, Handler, Operations
from leeboard.api.wire.protocols import WireResponse

__all__ = ["Call", "Caller", "Handler", "Operations", "Wire", "WireResponse"]
