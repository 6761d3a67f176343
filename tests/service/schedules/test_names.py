"""Names of jobs and folders of results."""

import re
from datetime import UTC, datetime, timedelta, timezone

import pytest

from leeboard.errors import InputError
from leeboard.service.schedules.names import JOB_KINDS, MERGE_KIND, job_name, result_folder

AT = datetime(2021, 5, 18, 1, tzinfo=UTC)


def test_the_jobs_of_an_execution_share_stamp_and_hex():
    merge, analysis = (job_name(kind, AT, "7") for kind in (MERGE_KIND, JOB_KINDS["ModelQuality"]))
    assert re.fullmatch(r"groundtruth-merge-202105180100-[0-9a-f]{24}", merge)
    assert analysis == merge.replace("groundtruth-merge", "model-quality-monitoring")


def test_the_same_execution_has_the_same_name_and_another_one_another():
    assert job_name(MERGE_KIND, AT, "7") == job_name(MERGE_KIND, AT, "7") != job_name(MERGE_KIND, AT, "8")


@pytest.mark.parametrize("kind", [*JOB_KINDS.values(), MERGE_KIND])
def test_every_name_is_one_that_aws_allows(kind):
    assert re.fullmatch(r"[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}", job_name(kind, AT, "7"))


def test_a_long_kind_keeps_enough_hex_to_be_its_own():
    assert re.fullmatch(r"model-explainability-monitoring-202105180100-[0-9a-f]{18}", job_name(
        JOB_KINDS["ModelExplainability"], AT, "7"
    ))  # fmt: skip


def test_results_go_to_the_folder_of_the_scheduled_hour():
    folder = result_folder("s3://bucket/reports", schedule="hourly", endpoint="churn", scheduled_at=AT)
    assert folder == "s3://bucket/reports/churn/hourly/2021/05/18/01"


def test_results_of_batch_data_have_no_endpoint_in_their_folder():
    assert result_folder("s3://bucket/reports", schedule="daily", scheduled_at=AT) == (
        "s3://bucket/reports/daily/2021/05/18/01"
    )


def test_runs_of_minutes_have_folders_of_their_own():
    folders = {
        result_folder("s3://b/o", schedule="s", scheduled_at=AT + timedelta(minutes=minutes))
        for minutes in range(60)
    }
    assert len(folders) == 60
    assert "s3://b/o/s/2021/05/18/01/05" in folders


@pytest.mark.parametrize("output", ["s3://b/o/", "s3://b/o//"])
def test_slashes_at_the_end_of_the_output_do_not_count(output):
    assert result_folder(output, schedule="s", scheduled_at=AT) == "s3://b/o/s/2021/05/18/01"


def test_the_hour_is_that_of_utc():
    tokyo = AT.astimezone(timezone(timedelta(hours=9)))
    assert result_folder("s3://b/o", schedule="s", scheduled_at=tokyo) == "s3://b/o/s/2021/05/18/01"
    assert job_name(MERGE_KIND, tokyo, "7") == job_name(MERGE_KIND, AT, "7")


def test_a_time_without_a_zone_is_refused():
    with pytest.raises(InputError, match="no zone"):
        result_folder("s3://b/o", schedule="s", scheduled_at=AT.replace(tzinfo=None))
