"""A server that keeps its objects in somebody else's S3."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest


@pytest.fixture(scope="module")
def beside_s3(start_server: Any, s3: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A server beside a real S3, whose keys it takes over."""
    home = tmp_path_factory.mktemp("foreign") / "home"
    with start_server(home, "--s3-url", s3.endpoint, **s3.environment) as running:
        yield running


def test_a_client_is_told_both_addresses_and_the_keys_of_the_store(beside_s3: Any, s3: Any) -> None:
    found = beside_s3.variables(s3.environment)
    assert (found["AWS_ENDPOINT_URL"], found["AWS_ENDPOINT_URL_S3"]) == (beside_s3.url, s3.endpoint)
    assert found["AWS_ACCESS_KEY_ID"] == s3.environment["AWS_ACCESS_KEY_ID"]


def test_who_stays_on_aws_points_sagemaker_alone_at_the_server(
    beside_s3: Any, s3: Any, flow_folder: Path, tmp_path: Path
) -> None:
    environment = s3.environment | {"AWS_ENDPOINT_URL_S3": s3.endpoint}  # AWS's own S3 would need no address
    environment.pop("AWS_ENDPOINT_URL", None)
    seen = beside_s3.run_flow(
        Path(sys.executable),
        "foreign_store.py",
        tmp_path,
        options=["--sagemaker-only"],
        variables=environment,
    )
    assert (seen["sagemaker"], seen["s3"]) == (beside_s3.url, s3.endpoint)
    assert seen["sts"] == "https://sts.us-east-1.amazonaws.com"
    assert (seen["status"], seen["reason"], seen["item_count"]) == ("Completed", None, 600)
    assert not (beside_s3.home / "objects" / "phone-calls-foreign").exists()
