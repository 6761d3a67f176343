"""InvokeEndpoint: to a variant's model and back, captured on the way."""

import asyncio
import logging
import random
import re
from bisect import bisect
from dataclasses import dataclass
from functools import partial
from itertools import accumulate
from time import monotonic, perf_counter
from typing import Any, Self
from urllib.parse import unquote

from sqlalchemy.exc import SQLAlchemyError

from leeboard.api.auth import Head
from leeboard.api.invocation_heads import TARGET_VARIANT, InvocationError, read_invocation
from leeboard.api.replies import Reply
from leeboard.capture.exchange import Exchange
from leeboard.capture.ids import random_id
from leeboard.capture.settings import CaptureSettings
from leeboard.clock import now
from leeboard.hosting.containers import ContainerSpec
from leeboard.hosting.exchange import Invocation, ModelAnswer
from leeboard.hosting.failures import HostingError
from leeboard.hosting.hosts import Hosts
from leeboard.service.arns import ENDPOINT, key_of
from leeboard.service.refusals import RefusalError
from leeboard.service.resources import Resource, find
from leeboard.service.service import Service
from leeboard.service.traffic import tallies
from leeboard.service.traffic.counting import Traffic
from leeboard.state.texts import storable

PATH = re.compile(r"/endpoints/([^/]+)/(invocations|async-invocations|invocations-response-stream)")
MAX_BODY_BYTES = 6_291_456
LARGE_BYTES = 1 << 18
REMEMBER_S = 1.0
"""How long another server's change of an endpoint may go unseen here."""
UNREADABLE = "the state of the server cannot be read at the moment"
NOT_READY = ("not_ready",)
BAD_REQUEST = ("served_elsewhere", "no_container", "bad_request")
TOO_EARLY, NO_ANSWER, REFUSED = 429, 502, 0

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Variant:
    """One variant that can be asked."""

    name: str
    specs: tuple[ContainerSpec, ...]


@dataclass(frozen=True, slots=True)
class Deployed:
    """What is deployed under an endpoint's name, ready to be chosen from.

    Attributes:
        shares: the sums of the weights up to each variant.
    """

    name: str
    variants: tuple[Variant, ...]
    shares: tuple[float, ...]
    capture: CaptureSettings | None

    @classmethod
    def of(cls, endpoint: Resource) -> Self:
        """From what the last deployment left."""
        given = endpoint.facts.get("variants", [])
        config = endpoint.facts.get("capture") if given else None
        variants = tuple(
            Variant(each["name"], tuple(ContainerSpec.of(part) for part in each["containers"]))
            for each in given
        )
        weights = [max(each["weight"], 0.0) for each in given]
        if not any(weights):
            weights = [1.0] * len(weights)
        capture = CaptureSettings.of(config) if config else None
        return cls(endpoint.name, variants, tuple(accumulate(weights)), capture)

    def choose(self, wanted: str | None) -> Variant:
        """The variant that the caller names, else one by weight."""
        if wanted is not None:
            for variant in self.variants:
                if variant.name == wanted:
                    return variant
            known = ", ".join(variant.name for variant in self.variants)
            raise InvocationError(
                f"Variant {wanted} not found for endpoint {self.name}; its variants: {known}"
            )
        if len(self.variants) == 1:
            return self.variants[0]
        point = random.random() * self.shares[-1]  # noqa: S311 - chance, not a secret
        return self.variants[min(bisect(self.shares, point), len(self.variants) - 1)]


class Gateway:
    """Answers invocations of endpoints.

    Args:
        traffic: counts what a variant's model was to answer; nobody does without.
    """

    def __init__(self, service: Service, hosts: Hosts, traffic: Traffic | None = None) -> None:
        self._service, self._hosts, self._traffic = service, hosts, traffic
        self._known: dict[str, tuple[float, int, Deployed | None]] = {}

    async def answer(self, head: Head, body: bytes) -> Reply:
        """The model's answer, or why there is none."""
        try:
            return await self._invoke(head, body, perf_counter())
        except HostingError as error:
            return _failed(error)
        except RefusalError as refusal:
            return Reply.refusal(refusal)
        except Exception:
            number = random_id()
            _log.exception("invocation %s failed: %s", number, head.path)
            text = f"internal error; the server's log has it under {number}"
            return Reply.refusal(RefusalError(text, code="InternalFailure", status=500))

    async def _invoke(self, head: Head, body: bytes, start_s: float) -> Reply:
        name = _endpoint_name(head)
        if len(body) > MAX_BODY_BYTES:
            raise InvocationError(f"the body has {len(body)} bytes; at most {MAX_BODY_BYTES} are taken")
        deployed = await self._deployed(name)
        if deployed is None or not deployed.variants:
            account = self._service.settings.account
            raise InvocationError(f"Endpoint {name} of account {account} not found.")
        variant = deployed.choose(head.headers.get(TARGET_VARIANT))
        invocation = read_invocation(head.headers, body)
        status, model_s = 500, None
        try:
            answer = await self._hosts.invoke(variant.specs, invocation)
            model_s = answer.took_s
            if answer.is_success and deployed.capture is not None:
                await self._captured(deployed, variant, invocation, answer)
            status = answer.status
            return _reply(answer, variant) if answer.is_success else _model_error(answer)
        except HostingError as error:
            status = _status_of(error)
            raise
        finally:
            self._count(deployed, variant, status, model_s, perf_counter() - start_s)

    def _count(
        self, deployed: Deployed, variant: Variant, status: int, model_s: float | None, whole_s: float
    ) -> None:
        """What was refused before a model was asked is no invocation of it."""
        if self._traffic is not None and status != REFUSED:
            self._traffic.count(tallies.Variant(deployed.name, variant.name), status, model_s, whole_s)

    async def _captured(
        self, deployed: Deployed, variant: Variant, invocation: Invocation, answer: ModelAnswer
    ) -> None:
        """To write a small record takes less time than to hand it to a thread and back."""
        recording = partial(self._capture, deployed, variant, invocation, answer)
        if len(invocation.body) + len(answer.body) < LARGE_BYTES:
            recording()
        else:
            await asyncio.to_thread(recording)

    def _capture(
        self, deployed: Deployed, variant: Variant, invocation: Invocation, answer: ModelAnswer
    ) -> None:
        """Dated by the answer: a record dated before its model's time could miss its window."""
        exchange = Exchange(
            input=invocation.body,
            input_type=invocation.content_type,
            output=answer.body,
            output_type=answer.content_type,
            at=now(),
            inference_id=invocation.inference_id,
            custom_attributes=invocation.custom_attributes,
            target_model=invocation.target_model,
        )
        assert deployed.capture is not None  # noqa: S101 - asked by the caller
        self._service.capture.record(deployed.name, variant.name, deployed.capture, exchange)

    async def _deployed(self, name: str) -> Deployed | None:
        key = key_of(name)
        known = self._known.get(key)
        rung = self._service.bell.n_rung
        if known and known[1] == rung and monotonic() - known[0] < REMEMBER_S:
            return known[2]
        try:
            deployed = await asyncio.get_running_loop().run_in_executor(None, self._look, name)
        except SQLAlchemyError as error:
            if known is None:
                raise RefusalError(UNREADABLE, code="ServiceUnavailable", status=503) from error
            _log.warning("endpoint %s answers as it was last known: %s", name, UNREADABLE)
            deployed = known[2]
        if deployed is None:
            self._known.pop(key, None)
        else:
            self._known[key] = (monotonic(), rung, deployed)
        return deployed

    def _look(self, name: str) -> Deployed | None:
        with self._service.database.read() as connection:
            endpoint = find(connection, ENDPOINT, name)
        return Deployed.of(endpoint) if endpoint else None


def _endpoint_name(head: Head) -> str:
    match = PATH.fullmatch(head.path)
    if match is None or head.method != "POST":
        raise InvocationError(f"there is no {head.method} {head.path} on the runtime")
    if match[2] != "invocations":
        raise InvocationError(f"leeboard does not answer {match[2]}; invoke the endpoint with InvokeEndpoint")
    return storable(unquote(match[1]))


def _reply(answer: ModelAnswer, variant: Variant) -> Reply:
    headers = {
        "x-amzn-invoked-production-variant": variant.name,
        "x-amzn-requestid": random_id(),
    }
    if answer.content_type:
        headers["content-type"] = answer.content_type
    if answer.custom_attributes:
        headers["x-amzn-sagemaker-custom-attributes"] = answer.custom_attributes
    return Reply(200, answer.body, headers)


def _model_error(answer: ModelAnswer) -> Reply:
    said = answer.body.decode(errors="replace")[:1024]
    text = (
        f"Received {'server' if answer.status >= 500 else 'client'} error ({answer.status}) from primary "
        f'with message "{said}".'
    )
    refusal = RefusalError(text, code="ModelError", status=424)
    return Reply.refusal(refusal, OriginalStatusCode=answer.status, OriginalMessage=said, LogStreamArn="")


def _status_of(error: HostingError) -> int:
    """What stands for the status of a model that did not answer."""
    if error.reason in BAD_REQUEST:
        return REFUSED
    return TOO_EARLY if error.reason in NOT_READY else NO_ANSWER


def _failed(error: HostingError) -> Reply:
    members: dict[str, Any] = {}
    if error.reason in NOT_READY:
        refusal = RefusalError(str(error), code="ModelNotReadyException", status=TOO_EARLY)
    elif error.reason in BAD_REQUEST:
        refusal = InvocationError(str(error))
    else:
        refusal = RefusalError(str(error), code="ModelError", status=424)
        members = {"OriginalStatusCode": NO_ANSWER, "OriginalMessage": str(error), "LogStreamArn": ""}
    return Reply.refusal(refusal, **members)
