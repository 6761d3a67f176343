"""One request from its bytes to its answer."""

import asyncio
import logging
from collections.abc import Callable, Iterable
from concurrent.futures import Executor
from datetime import datetime
from difflib import get_close_matches
from functools import partial
from typing import Any, TypeVar

from leeboard.api.auth import Head, Identity
from leeboard.api.wire.bodies import plain_body
from leeboard.api.wire.calls import Call, Caller, Operations
from leeboard.api.wire.changes import Change, is_change, refuse_readers
from leeboard.api.wire.failures import refusal_of
from leeboard.api.wire.handlers import Entry, table_of
from leeboard.api.wire.models import names_of, service_by_signing_name, signing_name
from leeboard.api.wire.protocols import WireProtocol, WireResponse, protocol_of
from leeboard.capture.ids import random_id
from leeboard.service.access.signing import Signature
from leeboard.service.access.trail import Recorder
from leeboard.service.access.visitors import EDITOR
from leeboard.service.refusals import AccessDeniedError, RefusalError, UnknownOperationError
from leeboard.service.service import Service

LARGE_BYTES = 1 << 16
"""Bodies from there on are read by a thread: the longest would keep the event loop for a second."""

log = logging.getLogger(__name__)
_T = TypeVar("_T")


class Wire:
    """Answers AWS's operations.

    Args:
        operations: what is answered; usually the roster.
        desk: what operations find as `call.desk`.
        account: of AWS, twelve digits, to which all resources belong.
        region: that of requests which name none.
        executor: runs the operations, the event loop's own if None.
        reads_inline: whether short reads of the state run in the event loop: with SQLite they take less
            time than handing them to a thread and back.
        role_of: what the owner of an access key may; readers are refused what changes something.
        record: takes a line of the audit log for each change that was refused, or changed no table; it must
            not wait. Those of other changes are kept with them.
    """

    def __init__(
        self,
        operations: Iterable[Operations],
        desk: Any,
        *,
        account: str,
        region: str = "us-east-1",
        executor: Executor | None = None,
        reads_inline: bool = False,
        role_of: Callable[[str], str] = lambda access_key: EDITOR,
        record: Recorder = lambda line: None,
    ) -> None:
        self._table = table_of(operations)
        self._desk = desk
        self._account = account
        self._region = region
        self._executor = executor
        self._reads_inline = reads_inline
        self._role_of, self._record = role_of, record

    async def answer(self, head: Head, body: bytes, identity: Identity, now: datetime) -> WireResponse:
        """Answers a request whose signature is verified; never raises for what it finds in it."""
        request_id = random_id()
        protocol = protocol_of(head)
        service = service_by_signing_name(identity.service)
        change: Change | None = None
        try:
            body = plain_body(head, body)
            service, operation = protocol.operation(head, body, identity)
            entry = self._find(service, operation, identity)
            if is_change(operation):
                change = Change.asked(service, operation, identity.access_key, request_id, now)
            reading = partial(protocol.params, service, operation, head, body)
            params = reading() if len(body) < LARGE_BYTES else await self._in_thread(reading)
            if change is not None:
                change = change.of(params)
                refuse_readers(operation, identity.access_key, self._role_of(identity.access_key))
            caller = Caller(identity.access_key, self._account, identity.region or self._region)
            signature = change.signature() if change is not None else None
            desk = self._desk_of(signature)
            call = Call(service, operation, params, desk, caller, now)
            told = await self._run(
                entry, call, lambda result: protocol.answer(service, operation, result, request_id)
            )
            if signature is not None and not signature.is_written:
                self._record(signature.line)
            return told
        except Exception as error:
            if change is not None and change.is_told:
                self._record(change.ended(refusal_of(error).code))
            return _refused(protocol, service, error, request_id)

    def refuse(self, head: Head, error: Exception, service: str | None = None) -> WireResponse:
        """Refuses a request in its own protocol, for what was found before it came here.

        Args:
            service: the name in the credential scope.
        """
        return _refused(protocol_of(head), service_by_signing_name(service or ""), error, random_id())

    def _desk_of(self, signature: Signature | None) -> Any:
        """The desk for one request: what is changed by it has the request's line under it."""
        if signature is None or not isinstance(self._desk, Service):
            return self._desk
        return signature.under(self._desk)

    def _find(self, service: str, operation: str, identity: Identity) -> Entry:
        name = signing_name(service)
        if identity.service not in ("", name):
            raise AccessDeniedError(
                f"Credential should be scoped to correct service: {name!r}, not {identity.service!r}"
            )
        entry = self._table.get((service, operation))
        if entry is None:
            raise UnknownOperationError(self._why_unknown(service, operation))
        return entry

    def _why_unknown(self, service: str, operation: str) -> str:
        answered = [name for of, name in self._table if of == service]
        if operation in names_of(service):
            return (
                f"{operation} is not among the {len(answered)} operations of {service} that leeboard answers"
            )
        near = get_close_matches(operation[:128], answered, n=1)
        hint = f", did you mean {near[0]}?" if near else ""
        return f"{service} has no operation named {operation[:128]!r}{hint}"

    async def _run(self, entry: Entry, call: Call, written: Callable[[dict[str, Any]], _T]) -> _T:
        """The answer as it is sent: to write a large one takes longer than to find it."""

        def run() -> _T:
            return written(entry.handler(call))

        is_inline = entry.is_quick or (entry.is_short_read and self._reads_inline)
        return run() if is_inline else await self._in_thread(run)

    async def _in_thread(self, do: Callable[[], _T]) -> _T:
        return await asyncio.get_running_loop().run_in_executor(self._executor, do)


def _refused(protocol: WireProtocol, service: str | None, error: Exception, request_id: str) -> WireResponse:
    refusal: RefusalError = refusal_of(error)
    if refusal.status >= 500:
        log.error("request %s failed", request_id, exc_info=error)
    return protocol.refuse(service, refusal, request_id)
