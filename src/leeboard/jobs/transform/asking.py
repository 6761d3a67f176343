"""Asking the model, again if need be."""

from collections.abc import Callable
from threading import Event
from typing import Protocol

from leeboard.errors import EngineError, InputError, LeeboardError
from leeboard.jobs.transform.answers import Answer
from leeboard.jobs.transform.order import TransformOrder
from leeboard.jobs.transform.payloads import Payload

WORTH_A_RETRY = frozenset({408, 425, 429})
SHOWN = 300
"""Characters of the model's message that are passed on."""


class Invoke(Protocol):
    """Sends a body to the model and waits for (status, body, content type).

    It may be called from several threads. TimeoutError says that no answer came in time, any other
    OSError or LeeboardError that the model cannot be reached.
    """

    def __call__(
        self, body: bytes, *, content_type: str | None, accept: str | None, timeout_s: float
    ) -> tuple[int, bytes, str | None]: ...


class ModelGoneError(EngineError):
    """The model cannot be reached, so that no other payload need be tried."""


def ask(
    payload: Payload,
    order: TransformOrder,
    invoke: Invoke,
    should_stop: Callable[[], bool],
    retry_pause_s: float,
) -> Answer:
    """The model's answer to a payload.

    Args:
        retry_pause_s: before the first retry; twice as long before each one after it.

    Raises:
        InputError: the model refuses the payload, or does not answer in time.
        ModelGoneError: it cannot be reached.
    """
    for n_asked in range(1, order.n_retries + 2):
        outcome = _ask_once(payload, order, invoke)
        if isinstance(outcome, Answer) and not _is_worth_a_retry(outcome.status):
            break
        if n_asked > order.n_retries or should_stop():
            break
        Event().wait(retry_pause_s * 2 ** (n_asked - 1))
    if isinstance(outcome, Answer) and outcome.status < 300:
        return outcome
    raise _failure(outcome, order, n_asked)


def _ask_once(payload: Payload, order: TransformOrder, invoke: Invoke) -> Answer | Exception:
    wishes = {"content_type": order.content_type, "accept": order.accept}
    try:
        return Answer(*invoke(payload.body, **wishes, timeout_s=order.timeout_s))
    except (OSError, LeeboardError) as error:
        return error


def _is_worth_a_retry(status: int) -> bool:
    return status >= 500 or status in WORTH_A_RETRY


def _failure(outcome: Answer | Exception, order: TransformOrder, n_asked: int) -> LeeboardError:
    times = f" (asked {n_asked} times)" if n_asked > 1 else ""
    if isinstance(outcome, Answer):
        said = " ".join(outcome.body[: 4 * SHOWN].decode(errors="replace").split())[:SHOWN]
        return InputError(f"the model answered {outcome.status}{times}: {said or 'an empty body'}")
    if isinstance(outcome, TimeoutError):
        return InputError(
            f"the model did not answer within {order.timeout_s:g} s{times}; InvocationsTimeoutInSeconds of "
            "ModelClientConfig gives it longer"
        )
    return ModelGoneError(f"the model cannot be reached{times}: {outcome or type(outcome).__name__}")
