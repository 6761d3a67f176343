"""What every program that uses an SDK does first, in the SDK's own environment."""

from pathlib import Path
from typing import Any

import pytest


@pytest.mark.parametrize("major", [2, 3])
def test_a_session_finds_account_bucket_and_role_without_leaving_for_aws(
    major: int, server: Any, other_python: Any, outside: Any, tmp_path: Path
) -> None:
    seen = server.run_flow(other_python(f"sdk{major}"), f"sdk{major}_session.py", tmp_path)
    assert seen == {
        "account": "000000000000",
        "bucket": "sagemaker-us-east-1-000000000000",
        "role": "arn:aws:iam::000000000000:role/MonitoringRole",
        "note": f"written by SDK {major}",
        "schedules": [],
    }
    assert outside.asked_for == []
