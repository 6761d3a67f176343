"""Payload logs of KServe and Seldon: CloudEvents, one for a request and one for its answer."""

from leeboard.capture.cloudevents.sink import CloudEventsSink

__all__ = ["CloudEventsSink"]
