"""SDK 2: a session finds account, bucket, role and monitors.

python sdk2_session.py FACTS      writes what it saw to FACTS
"""

# mypy: ignore-errors
# What this imports is in another environment than the checker.

import json
import sys
from pathlib import Path

import sagemaker
from sagemaker.s3 import S3Downloader, S3Uploader

session = sagemaker.Session()
uri = f"s3://{session.default_bucket()}/session-sdk2/note.txt"
S3Uploader.upload_string_as_file_body("written by SDK 2", uri, sagemaker_session=session)
facts = {
    "account": session.account_id(),
    "bucket": session.default_bucket(),
    "role": session.expand_role("MonitoringRole"),
    "note": S3Downloader.read_file(uri, session),
    "schedules": session.list_monitoring_schedules(endpoint_name="nobody")["MonitoringScheduleSummaries"],
}
Path(sys.argv[1]).write_text(json.dumps(facts))
