"""What the headers of InvokeEndpoint say, and what they may hold."""

from collections.abc import Mapping

from leeboard.hosting.exchange import Invocation
from leeboard.service.refusals import RefusalError

PREFIX = "x-amzn-sagemaker-"
TARGET_VARIANT = PREFIX + "target-variant"
COMPONENT = PREFIX + "inference-component"
FIELDS = (
    ("content_type", "content-type", 0, 1024),
    ("accept", "accept", 0, 1024),
    ("custom_attributes", PREFIX + "custom-attributes", 0, 1024),
    ("target_model", PREFIX + "target-model", 1, 1024),
    ("target_container_hostname", PREFIX + "target-container-hostname", 0, 63),
    ("inference_id", PREFIX + "inference-id", 1, 64),
    ("session_id", PREFIX + "session-id", 0, 256),
    ("enable_explanations", PREFIX + "enable-explanations", 1, 64),
)
"""Name of the field, of its header, and how many characters it has at least and at most."""


class InvocationError(RefusalError):
    """What the runtime refuses."""

    code = "ValidationError"


def read_invocation(headers: Mapping[str, str], body: bytes) -> Invocation:
    """The request as a model gets it.

    Raises:
        InvocationError: a header is too long, or not ASCII.
    """
    given: dict[str, str] = {}
    for field, header, least, most in FIELDS:
        value = headers.get(header)
        if value is not None:
            if not (least <= len(value) <= most and value.isascii()):
                raise InvocationError(
                    f"the header {header} has {len(value)} characters; {least} to {most} of ASCII are taken"
                )
            given[field] = value
    if COMPONENT in headers:
        raise InvocationError("leeboard has no inference components; invoke the endpoint without naming one")
    return Invocation(body=body, **given)
