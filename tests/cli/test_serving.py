"""What the options of `leeboard serve` mean."""

import os
from dataclasses import replace

import pytest

from leeboard.cli.serving import ServeOptions, run_server, settings_of
from leeboard.errors import InputError, UnknownNameError

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


@pytest.mark.parametrize("below", ["", "home"])
def test_a_home_that_cannot_be_made_is_refused_with_the_option_that_names_another(tmp_path, below):
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(InputError, match=r"the home folder .*/file.* cannot be made: .*--home"):
        run_server(replace(OPTIONS, home=str(tmp_path / "file" / below)))


def test_a_home_that_may_not_be_written_is_refused_before_keys_are_made_for_it(tmp_path):
    tmp_path.chmod(0o500)
    if os.access(tmp_path, os.W_OK):
        pytest.skip("this user may write everywhere")
    with pytest.raises(InputError, match="nothing can be written in the home folder"):
        run_server(replace(OPTIONS, home=str(tmp_path)))
