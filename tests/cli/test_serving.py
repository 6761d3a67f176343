"""What the options of `leeboard serve` mean."""

from dataclasses import replace

import pytest

from leeboard.cli.serving import ServeOptions, settings_of
from leeboard.errors import UnknownNameError

OPTIONS = ServeOptions(
    home="/srv/leeboard", port=7070, host="127.0.0.1", models=None, jobs=None, s3_url=None,
    database_url=None,
    workers=2, region="us-east-1", account="000000000000", missed_windows="catch-up",
    capture_disk_limit=0.75, retention_days=90, compat="default",
)  # fmt: skip


@pytest.mark.parametrize(("given", "kept_days"), [(90, 90), (1, 1), (0, None)])
def test_no_days_of_retention_keep_all(given, kept_days):
    assert settings_of(replace(OPTIONS, retention_days=given), {}).retention_days == kept_days


@pytest.mark.parametrize(
    ("option", "variable", "kept"),
    [(None, "", "auto"), (None, "token", "token"), ("open", "token", "open"), ("auto", "open", "auto")],
)
def test_who_reads_the_metrics_is_said_by_the_option_before_the_variable(option, variable, kept):
    environment = {"LEEBOARD_METRICS_ACCESS": variable}
    assert settings_of(replace(OPTIONS, metrics_access=option), environment).metrics_access == kept


def test_a_wrong_word_for_who_reads_the_metrics_is_refused_with_those_that_are_known():
    with pytest.raises(UnknownNameError, match="auto, open, token"):
        settings_of(replace(OPTIONS, metrics_access="closed"), {})
