"""SDK 3: a session finds account, bucket, role and endpoints.

python sdk3_session.py FACTS      writes what it saw to FACTS
"""

# mypy: ignore-errors
# What this imports is in another environment than the checker.

import json
import sys
from pathlib import Path

from sagemaker.core.helper.session_helper import Session
from sagemaker.core.resources import Endpoint
from sagemaker.core.s3 import S3Downloader, S3Uploader

session = Session()
uri = f"s3://{session.default_bucket()}/session-sdk3/note.txt"
S3Uploader.upload_string_as_file_body("written by SDK 3", uri, sagemaker_session=session)
facts = {
    "account": session.account_id(),
    "bucket": session.default_bucket(),
    "role": session.expand_role("MonitoringRole"),
    "note": S3Downloader.read_file(uri, session),
    "schedules": [each.endpoint_name for each in Endpoint.get_all(name_contains="nobody")],
}
Path(sys.argv[1]).write_text(json.dumps(facts))
