"""A preprocessing script tried on some records, to see what it makes of each."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from leeboard.errors import ScriptError
from leeboard.jobs.scripts.limits import DEFAULT_LIMITS, ScriptLimits
from leeboard.jobs.scripts.preprocessor import Preprocessor, Result


@dataclass(frozen=True, slots=True)
class Trial:
    """One record before and after.

    Attributes:
        number: from 1.
        before: the record as the script got it.
        after: its rows, the changed record, or None for no change; None also for a failure.
        error: why there is no result; None if there is one. Its `detail` is the traceback.
        log: what the script printed and logged meanwhile.
    """

    number: int
    before: Any
    after: Result
    error: ScriptError | None
    log: list[str]


def try_script(
    script: str | Path,
    records: Iterable[Any],
    *,
    limits: ScriptLimits = DEFAULT_LIMITS,
    environment: Mapping[str, str] | None = None,
) -> Iterator[Trial]:
    """Runs the script on each record and goes on after failures, in a new process if need be.

    A record is taken when the trial before it has been handed out.

    Raises:
        NotFoundError: there is no such file.
        ScriptError: the script cannot be loaded.
    """
    numbered = enumerate(records, 1)
    lines: list[str] = []
    n_done = 0
    while True:
        with Preprocessor(
            script, limits=limits, log=lines.append, environment=environment, n_before=n_done
        ) as preprocessor:
            for n_done, record in numbered:
                yield _trial(preprocessor, n_done, record, lines)
                if preprocessor.is_lost:
                    break
            else:
                return


def _trial(preprocessor: Preprocessor, number: int, record: Any, lines: list[str]) -> Trial:
    after: Result = None
    error = None
    try:
        (after,) = preprocessor([record])
    except ScriptError as failure:
        error = failure
    logged = list(lines)
    lines.clear()
    return Trial(number, record, after, error, logged)
