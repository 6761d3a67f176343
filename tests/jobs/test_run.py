"""One execution from data to files, on a disk and on an S3 server."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from leeboard.capture.record import capture_record
from leeboard.capture.writer import write_capture
from leeboard.errors import InputError, NoDataError
from leeboard.formats.reading import read_violations
from leeboard.jobs.baselines import read_baseline
from leeboard.jobs.job import Asked, Job
from leeboard.jobs.options import read_options
from leeboard.jobs.run import run
from leeboard.storage import exists, join, read_bytes, write_bytes
from leeboard.tables.options import ReadOptions
from s3_server import S3Server

NOW = datetime(2022, 4, 18, 3, tzinfo=UTC)
HOURS = [datetime(2022, 4, 18, hour, tzinfo=UTC) for hour in range(3)]
TRAINING = pl.DataFrame({"score": [i / 300 for i in range(300)], "age": [20 + i % 40 for i in range(300)]})


def put_hours(root: str) -> None:
    """Three hours of capture; in the last one every age is ten times what it was."""
    for hour in HOURS:
        factor = 10 if hour == HOURS[-1] else 1
        records = [
            capture_record(
                f"{age * factor}\n", f"{score}\n", at=hour + timedelta(seconds=i * 10), event_id=str(i)
            )
            for i, (score, age) in enumerate(TRAINING.iter_rows())
        ]
        write_capture(root, "flights", "AllTraffic", records)


def check_hour(root: str, hour: datetime, output: str) -> int:
    job = Job(
        data=join(root, "capture"),
        asked=(Asked(baseline=read_baseline(join(root, "baseline"))),),
        read=read_options(start=hour, end=hour + timedelta(hours=1)),
        output=output,
    )
    return run(job, now=NOW).n_violations


def go_through(root: str) -> None:
    """A baseline, then one execution an hour, all files by URI."""
    write_bytes(join(root, "training.csv"), TRAINING.write_csv().encode())
    run(Job(data=join(root, "training.csv"), output=join(root, "baseline")), now=NOW)
    put_hours(join(root, "capture"))
    counts = [check_hour(root, hour, join(root, f"results/{hour:%H}")) for hour in HOURS]
    assert counts == [0, 0, 1]
    file = join(root, "results/02/constraint_violations.json")
    (violation,) = read_violations(read_bytes(file), file).violations
    assert (violation.subject, violation.constraint_check_type) == ("age", "baseline_drift_check")


def test_an_hour_of_capture_files_on_disk_is_checked(tmp_path: Path) -> None:
    go_through(str(tmp_path))


def test_an_hour_of_capture_files_on_s3_is_checked(s3: S3Server) -> None:
    go_through(join(s3.bucket_uri, "run"))
    assert exists(join(s3.bucket_uri, "run/results/02/report.html"))


def test_nothing_is_written_where_there_is_no_data(tmp_path: Path) -> None:
    root = str(tmp_path)
    write_bytes(join(root, "training.csv"), TRAINING.write_csv().encode())
    run(Job(data=join(root, "training.csv"), output=join(root, "baseline")), now=NOW)
    put_hours(join(root, "capture"))
    with pytest.raises(NoDataError):
        check_hour(root, datetime(2022, 4, 19, tzinfo=UTC), join(root, "results"))
    assert not exists(join(root, "results"))


def test_a_missing_bucket_is_named_and_nothing_is_written(s3: S3Server, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no-such-bucket"):
        run(Job(data="s3://no-such-bucket/data", output=join(str(tmp_path), "out")), now=NOW)
    assert not exists(join(str(tmp_path), "out"))


def test_malformed_records_are_counted_and_the_rest_goes_on(tmp_path: Path) -> None:
    root = str(tmp_path)
    write_bytes(join(root, "data.csv"), TRAINING.write_csv().encode() + b"0.5\n0.5,33,what\n")
    lines: list[str] = []
    outcome = run(Job(data=join(root, "data.csv"), output=join(root, "out")), now=NOW, log=lines.append)
    assert outcome.documents["statistics.json"].dataset.item_count == 302
    assert outcome.report.tally.n_malformed == 2
    assert [bad.line for bad in outcome.report.tally.samples] == [302, 303]
    assert "data.csv" in read_bytes(join(root, "out/report.html")).decode()


def test_constraints_of_another_data_set_name_the_columns(tmp_path: Path) -> None:
    root = str(tmp_path)
    run(Job(data=TRAINING, output=join(root, "baseline")), now=NOW)
    other = pl.DataFrame({"price": [1.5, 2.5], "city": ["Bern", "Basel"]})
    outcome = run(Job(data=other, asked=(Asked(baseline=read_baseline(join(root, "baseline"))),)), now=NOW)
    found = {finding.check: finding for finding in outcome.results[0].details.findings}
    assert set(found["missing_column_check"].feature_name.split(", ")) == {"score", "age"}
    assert set(found["extra_column_check"].feature_name.split(", ")) == {"price", "city"}


CAPTURED = b'{"captureData":{"endpointInput":{"data":"1","encoding":"CSV"}},"targetModel":"green"}\n'


@pytest.mark.parametrize(
    ("content", "read", "reason"),
    [
        (b"age,plan\n", {}, "holds no rows; read as CSV with a header"),
        (b"age,plan\n1,a\n", {"exclude": ["age", "plan"]}, "without the excluded columns age, plan"),
        (CAPTURED, {"target_model": "blue"}, "has no record of the target model 'blue'"),
    ],
)
def test_where_no_row_is_left_the_message_says_why(
    tmp_path: Path, content: bytes, read: dict[str, Any], reason: str
) -> None:
    data = join(str(tmp_path), "data")
    write_bytes(data, content)
    with pytest.raises(NoDataError, match=reason):
        run(Job(data=data, read=ReadOptions(**read)), now=NOW)
