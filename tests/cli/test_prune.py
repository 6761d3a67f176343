"""`leeboard prune`: what it says it would forget, what it forgets, and what it refuses."""

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import typer
from sqlalchemy import insert
from typer.testing import CliRunner

from leeboard.cli.prune import prune
from leeboard.clock import now
from leeboard.errors import InputError
from leeboard.service.resources import add
from leeboard.service.settings import Settings
from leeboard.state.database import Database
from leeboard.state.tables import executions, log_events

DAY = timedelta(days=1)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Of a server with one schedule: a window a day since 40 days, and an old line of a log."""
    for name in ("LEEBOARD_HOME", "LEEBOARD_DATABASE_URL", "LEEBOARD_OBJECTS", "AWS_ENDPOINT_URL_S3"):
        monkeypatch.setenv(name, "")  # so that what the command sets is taken back
        monkeypatch.delenv(name)
    settings = Settings(home=tmp_path / "home")
    database = Database(settings.state_url)
    with database.write() as connection:
        made = add(connection, settings, "monitoring-schedule", "hourly", {}, now=now() - 50 * DAY)
        assert made
        connection.execute(insert(executions), [_row(made.id, age) for age in range(40, 0, -1)])
        line = {"log_group": "g", "stream": "s", "at": now() - 300 * DAY, "message": "m"}
        connection.execute(insert(log_events), [line])
    database.close()
    return settings.home


def _row(schedule: int, age: int) -> dict[str, Any]:
    at = now() - age * DAY
    return {
        "schedule_id": schedule, "schedule_key": "hourly", "schedule_name": "hourly",
        "monitoring_type": "DataQuality", "scheduled_at": at, "run": 0, "cause": "planned",
        "window_start_at": at, "window_end_at": at, "status": "Completed", "ended_at": at,
        "created_at": at, "modified_at": at,
    }  # fmt: skip


def said(*arguments: str) -> str:
    app = typer.Typer()
    app.command()(prune)
    done = CliRunner().invoke(app, list(arguments), catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return re.sub(r"[^\S\n]+", " ", done.output)


def test_a_dry_run_counts_and_forgets_nothing(home: Path, capfd: pytest.CaptureFixture[str]) -> None:
    for _ in range(2):
        assert _printed(capfd, "--home", str(home), "--older-than", "30", "--dry-run") == [
            "What Would be forgotten", "lines of logs 1", "executions 11",
        ]  # fmt: skip


def test_what_went_is_said_and_the_file_may_become_smaller(
    home: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    table = _printed(capfd, "--home", str(home), "--older-than", "30", "--compact")
    assert table[:3] == ["What Forgotten", "lines of logs 1", "executions 11"]
    assert _printed(capfd, "--home", str(home), "--older-than", "30")[0] == "There is nothing to forget."
    assert (home / "state.sqlite").stat().st_size > 0


def test_without_an_age_history_stays(home: Path, capfd: pytest.CaptureFixture[str]) -> None:
    lines = _printed(capfd, "--home", str(home))
    assert lines[0] == "There is nothing to forget."
    assert "--older-than DAYS" in " ".join(lines)


def test_a_home_without_a_state_is_refused_and_left_as_it_is(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no state in"):
        said("--home", str(tmp_path / "none"))
    assert not (tmp_path / "none").exists()


def test_its_help_has_examples() -> None:
    assert "leeboard prune --home /srv/leeboard --older-than 365 --dry-run" in said("--help")


def _printed(capfd: pytest.CaptureFixture[str], *arguments: str) -> list[str]:
    from leeboard.cli import output

    output.results.cache_clear()
    output.errors.cache_clear()
    text = said(*arguments)
    out, err = capfd.readouterr()
    lines = [" ".join(line.split()) for line in (text + out + err).splitlines()]
    return [line for line in lines if line]
