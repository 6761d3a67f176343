"""The merger: captured records joined with their labels."""

from leeboard.hosting.mapping import MERGER
from leeboard.jobs.environment import JobEnvironment
from leeboard.jobs.job import Log
from leeboard.jobs.merging import merge_job
from leeboard.jobs.programs import Ended, Program


def _run(environment: JobEnvironment, log: Log) -> Ended:
    """AWS's merger leaves no message; ours tells what was matched."""
    summary = merge_job(environment, log)
    return Ended(None if environment.is_strict else f"Completed: {summary.headline}")


ENTRY = Program(MERGER, lambda environment: 10 if environment.get("ground_truth_source") else 0, _run)
