"""What a model is asked and what it answers."""

from dataclasses import dataclass

import msgspec

_PREFIX = "X-Amzn-SageMaker-"


class Invocation(msgspec.Struct, frozen=True, kw_only=True):
    """A request to a model, as InvokeEndpoint has it."""

    body: bytes
    content_type: str | None = None
    accept: str | None = None
    custom_attributes: str | None = None
    target_model: str | None = None
    target_container_hostname: str | None = None
    inference_id: str | None = None
    session_id: str | None = None
    enable_explanations: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelAnswer:
    """What came back, whatever its status.

    Attributes:
        took_s: from the call to the last byte; of a pipeline, that of all containers together.
    """

    status: int
    body: bytes
    content_type: str | None = None
    custom_attributes: str | None = None
    took_s: float = 0.0

    @property
    def is_success(self) -> bool:
        return 200 <= self.status < 300


def headers_of(invocation: Invocation, content_type: str | None, *, is_last: bool) -> dict[str, str]:
    """The headers for one container; only the last of a pipeline is told what the caller accepts."""
    wanted = {
        "Content-Type": content_type,
        "Accept": invocation.accept if is_last else None,
        _PREFIX + "Custom-Attributes": invocation.custom_attributes,
        _PREFIX + "Target-Model": invocation.target_model,
        _PREFIX + "Inference-Id": invocation.inference_id,
        _PREFIX + "Session-Id": invocation.session_id,
        _PREFIX + "Enable-Explanations": invocation.enable_explanations,
    }
    return {name: value for name, value in wanted.items() if value is not None}
