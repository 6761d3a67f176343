"""What the options of `leeboard serve` mean."""

from dataclasses import replace

import pytest

from leeboard.cli.serving import ServeOptions, settings_of

OPTIONS = ServeOptions(
    home="/srv/leeboard", port=7070, host="127.0.0.1", models=None, jobs=None, s3_url=None,
    database_url=None,
    workers=2, region="us-east-1", account="000000000000", missed_windows="catch-up",
    capture_disk_limit=0.75, retention_days=90, compat="default",
)  # fmt: skip


@pytest.mark.parametrize(("given", "kept_days"), [(90, 90), (1, 1), (0, None)])
def test_no_days_of_retention_keep_all(given, kept_days):
    assert settings_of(replace(OPTIONS, retention_days=given), {}).retention_days == kept_days
