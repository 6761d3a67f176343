"""A preprocessing script as a function from records to rows."""

import json
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from types import TracebackType
from typing import Any, Self

from leeboard.errors import ScriptError
from leeboard.jobs.scripts.failures import error_of, script_error
from leeboard.jobs.scripts.limits import DEFAULT_LIMITS, ScriptLimits
from leeboard.jobs.scripts.process import ProcessLostError, ScriptProcess, file_name

Row = list[str | None] | dict[str, str | None]
_SENTENCE = "Exception while invoking preprocessor script."
_to_json = json.JSONEncoder(ensure_ascii=False).encode
_BATCH_RECORDS = 1000
_BATCH_CHARACTERS = 8 << 20


@dataclass(frozen=True, slots=True)
class Changed:
    """A record that the script changed and gave back: to be processed in place of the one before."""

    record: dict[str, Any]


Result = list[Row] | Changed | None
"""What became of one record: its rows (none: dropped), another record, or None for no change."""


class Preprocessor:
    """Sends records to `preprocess_handler` of a script, in a process that lives in the `with` block.

    Safe to call from many threads; records are then numbered in the order of the calls.

    Args:
        script: URI or path of the Python file.
        log: takes each line that the script prints or logs.
        environment: the job's own variables, which the script sees.
        n_before: records of this run that were sent before, by another process.

    Raises:
        NotFoundError: there is no such file.
        ScriptError: it cannot be loaded or has no handler that can be called.
    """

    def __init__(
        self,
        script: str | Path,
        *,
        limits: ScriptLimits = DEFAULT_LIMITS,
        log: Callable[[str], None],
        environment: Mapping[str, str] | None = None,
        n_before: int = 0,
    ) -> None:
        self._script, self._limits, self._log = str(script), limits, log
        self._environment = environment or {}
        self._n_sent = n_before
        self._left_s = limits.run_s
        self._lock = Lock()
        self._lost: ScriptError | None = None

    @property
    def is_lost(self) -> bool:
        """Whether the process is gone, so that every further call fails."""
        return self._lost is not None

    def __enter__(self) -> Self:
        self._process = ScriptProcess(
            self._script, "preprocess_handler",
            environment=self._environment, limits=self._limits, log=self._log,
        )  # fmt: skip
        try:
            self._load()
        except BaseException:
            self._process.close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.close()

    def __call__(self, records: Sequence[Any]) -> list[Result]:
        """The results in the order of the records.

        Args:
            records: capture records as dicts; lines of CSV; JSON records as dicts.

        Raises:
            ScriptError: the script raised, returned what is no row, broke a limit, or died.
        """
        return [result for batch in _batches(records) for result in self._run(batch)]

    def _load(self) -> None:
        name = file_name(self._script)
        try:
            answer = self._ask(None)
        except ProcessLostError as lost:
            raise self._lose(script_error(_SENTENCE, f"{name} could not be loaded", str(lost))) from None
        if "failed" in answer:
            raise error_of(_SENTENCE, f"{name} could not be loaded", answer["failed"], self._limits)

    def _run(self, batch: "_Batch") -> Iterator[Result]:
        with self._lock:
            return map(_result, self._answers(batch))

    def _answers(self, batch: "_Batch") -> list[Any]:
        if self._lost:
            raise self._lost
        n_before = self._n_sent
        self._n_sent += len(batch.records)
        try:
            answer = self._ask(batch.body)
        except ProcessLostError as lost:
            number, subject = self._place(batch, n_before)
            raise self._lose(script_error(_SENTENCE, subject, str(lost), record=number)) from None
        if "failed" in answer:
            number, subject = self._place(batch, n_before)
            raise error_of(_SENTENCE, subject, answer["failed"], self._limits, number)
        return list(answer["ok"])

    def _ask(self, body: bytes | None) -> dict[str, Any]:
        started = time.monotonic()
        try:
            return self._process.ask(body, min(self._limits.batch_s, self._left_s))
        finally:
            self._left_s = max(self._left_s - (time.monotonic() - started), 0)

    def _lose(self, error: ScriptError) -> ScriptError:
        self._lost = error
        return error

    def _place(self, batch: "_Batch", n_before: int) -> tuple[int, str]:
        """Number of the record in work, from 1 over the run, and how a message names it."""
        place = min(self._process.place(), len(batch.records) - 1)
        number, event = n_before + place + 1, _event_id(batch.records[place])
        return number, f"Record {number} (event {event})" if event else f"Record {number}"


@dataclass(frozen=True, slots=True)
class _Batch:
    records: Sequence[Any]
    body: bytes


def _batches(records: Sequence[Any]) -> Iterator[_Batch]:
    """Few enough records and bytes that a time limit for each batch makes sense."""
    first, size, lines = 0, 0, list[str]()
    for record in records:
        line = _to_json(record)
        if lines and (len(lines) == _BATCH_RECORDS or size + len(line) > _BATCH_CHARACTERS):
            yield _batch(records[first : first + len(lines)], lines)
            first, size, lines = first + len(lines), 0, []
        lines.append(line)
        size += len(line)
    if lines:
        yield _batch(records[first:], lines)


def _batch(records: Sequence[Any], lines: list[str]) -> _Batch:
    return _Batch(records, "\n".join(lines).encode("utf-8", "surrogatepass"))


def _result(answer: Any) -> Result:
    return Changed(answer["changed"]) if isinstance(answer, dict) else answer


def _event_id(record: Any) -> str:
    metadata = record.get("eventMetadata") if isinstance(record, dict) else None
    return str(metadata.get("eventId") or "")[:64] if isinstance(metadata, dict) else ""
