"""A Prefect flow that releases a model only if its data are like those of the baseline."""

import sys

from prefect import flow, get_run_logger, task
from prefect.artifacts import create_table_artifact

import leeboard


class ViolationsError(Exception):
    """The data break promises of the baseline."""


@task
def gate(data: str, baseline: str, reports: str) -> str:
    """Keeps the violations as an artifact of the run; gives where the report is."""
    result = leeboard.check(data, baseline, output=reports)
    report = f"{reports}/report.html"
    n_violations = len(result.violations.violations)
    get_run_logger().info("%d violations, see %s\n%s", n_violations, report, result)
    told = f"{data} against {baseline}: {report}"
    create_table_artifact(key="leeboard", table=result.to_frame().to_dicts(), description=told)
    if not result.is_clean:
        raise ViolationsError(f"{n_violations} violations, see {report}")
    return report


@task
def release(report: str) -> None:
    get_run_logger().info("the model is released here; checked in %s", report)


@flow
def model_release(
    data: str = "data/candidate.csv", baseline: str = "baselines/data", reports: str = "results/data"
) -> None:
    release(gate(data, baseline, reports))


if __name__ == "__main__":
    model_release(*sys.argv[1:])
