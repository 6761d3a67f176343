"""An Airflow DAG that releases a model only if its data are like those of the baseline."""

import logging

from airflow.sdk import Param, dag, task
from airflow.sdk.exceptions import AirflowFailException


@dag(
    schedule=None,
    params={
        "data": Param("data/candidate.csv", type="string", description="Path or s3:// URI"),
        "baseline": Param("baselines/data", type="string", description="What leeboard baseline wrote"),
        "reports": Param("results/data", type="string", description="Folder or prefix for the report"),
    },
)
def model_release():
    """Gate, then release."""

    @task
    def gate(params: dict[str, str]) -> str:
        """Violations fail at once, as trying again would find the same; errors are retried as usual."""
        import leeboard

        result = leeboard.check(params["data"], params["baseline"], output=params["reports"])
        report = f"{params['reports']}/report.html"
        n_violations = len(result.violations.violations)
        logging.getLogger("airflow.task").info("%d violations, see %s\n%s", n_violations, report, result)
        if not result.is_clean:
            raise AirflowFailException(f"{n_violations} violations of the baseline, see {report}")
        return report

    @task
    def release(report: str) -> None:
        logging.getLogger("airflow.task").info("the model is released here; checked in %s", report)

    release(gate())


model_release()
