"""The job contract: environment in; reports, exit message, metric files and exit code out."""

from collections.abc import Iterable
from datetime import datetime

from leeboard.clock import now
from leeboard.errors import LeeboardError, NoDataError, UnreachableError
from leeboard.formats.metrics import Dimension, EmittedMetric
from leeboard.formats.reading import to_json_line
from leeboard.jobs.environment import JobEnvironment
from leeboard.jobs.job import Log
from leeboard.jobs.programs import program_of
from leeboard.storage import join, write_bytes

MAX_MESSAGE = 1024
"""Characters of a message that the platform shows."""
NO_DATA = "Job inputs had no data"
PASSING = 75
"""Exit code of a failure that may be gone next time (EX_TEMPFAIL of sysexits.h)."""
METRICS_FILE = "metrics.jsonl"
TIME = "%Y-%m-%dT%H:%M:%SZ"


def execute(environment: JobEnvironment, log: Log) -> int:
    """Run the program that the environment asks for; gives the exit code.

    The exit message says how it ended, or why it failed. Errors that leeboard does not raise
    itself are faults of ours: their message is left too, and they go on to the caller.
    """
    try:
        at, publishes_metrics = environment.metric_time or now(), environment.publishes_metrics
        ended = program_of(environment).run(environment, log)
        if ended.metrics and publishes_metrics:
            _write_metrics(ended.metrics, at, environment)
    except LeeboardError as failure:
        reason = f"{NO_DATA}: {failure}" if isinstance(failure, NoDataError) else str(failure)
        _leave_message(environment, reason)
        log(f"failed: {reason}")
        return PASSING if isinstance(failure, UnreachableError) else failure.exit_code
    except Exception as fault:
        _leave_message(environment, f"internal error: {type(fault).__name__}: {fault}")
        raise
    if ended.message is not None:
        _leave_message(environment, ended.message)
    return 0


def _leave_message(environment: JobEnvironment, message: str) -> None:
    write_bytes(environment.message_file, message[:MAX_MESSAGE].encode())


def _write_metrics(metrics: Iterable[EmittedMetric], at: datetime, environment: JobEnvironment) -> None:
    common = list(_dimensions(environment))
    for metric in metrics:
        metric.Timestamp = at.strftime(TIME)
        metric.Dimensions = [*common, *(metric.Dimensions or ())]
    text = "".join(to_json_line(metric) + "\n" for metric in metrics)
    write_bytes(join(environment.metrics_folder, METRICS_FILE), text.encode())


def _dimensions(environment: JobEnvironment) -> Iterable[Dimension]:
    named = {
        "Endpoint": "sagemaker_endpoint_name",
        "MonitoringSchedule": "sagemaker_monitoring_schedule_name",
    }
    for name, variable in named.items():
        if value := environment.get(variable):
            yield Dimension(Name=name, Value=value)
