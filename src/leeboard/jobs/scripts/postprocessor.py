"""A postprocessing script, called once after the reports are written."""

from collections.abc import Callable, Mapping
from contextlib import closing
from pathlib import Path

from leeboard.jobs.scripts.failures import error_of, script_error
from leeboard.jobs.scripts.limits import ScriptLimits
from leeboard.jobs.scripts.process import ProcessLostError, ScriptProcess, file_name

_SENTENCE = "Exception while invoking postprocessor script."


def run_postprocessor(
    script: str | Path,
    environment: Mapping[str, str],
    limits: ScriptLimits,
    log: Callable[[str], None],
) -> None:
    """Calls `postprocess_handler()`; what it returns is ignored.

    Args:
        script: URI or path of the Python file.
        environment: the job's own variables, which the script sees.
        limits: here `run_s` alone limits the call.
        log: takes each line that the script prints.

    Raises:
        NotFoundError: there is no such file.
        ScriptError: it cannot be loaded, raised, broke a limit, or died.
    """
    name = file_name(str(script))
    with closing(
        ScriptProcess(str(script), "postprocess_handler", environment=environment, limits=limits, log=log)
    ) as process:
        for request, subject, seconds in (
            (None, f"{name} could not be loaded", limits.batch_s),
            (b"", name, limits.run_s),
        ):
            try:
                answer = process.ask(request, seconds)
            except ProcessLostError as lost:
                raise script_error(_SENTENCE, subject, str(lost)) from None
            if "failed" in answer:
                raise error_of(_SENTENCE, subject, answer["failed"], limits)
