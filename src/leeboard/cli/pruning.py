"""Forgets old history by hand, with a bar, and says what went."""

import json
import os
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from time import sleep
from typing import Any

from leeboard.cli.output import errors, results
from leeboard.client.places import SERVER_FILE, default_home
from leeboard.clock import now
from leeboard.errors import InputError
from leeboard.service.keeping import executions, jobs
from leeboard.service.retention import PAUSE_S, by_hand
from leeboard.service.service import Service
from leeboard.service.settings import Settings
from leeboard.state.compacting import compact, file_of, size_of

DATABASE_URL = "LEEBOARD_DATABASE_URL"
COUNTED = ("executions", "jobs")
"""What the bar goes by."""


@dataclass(frozen=True, slots=True)
class PruneOptions:
    """What was said on the command line."""

    home: str | None
    older_than: int | None = None
    is_trial: bool = False
    compacts: bool = False
    database_url: str | None = None
    s3_url: str | None = None


def run_prune(options: PruneOptions) -> None:
    """Forget, and say what.

    Raises:
        InputError: there is no state there.
    """
    settings = settings_of(options, os.environ)
    at = now()
    with _opened(settings) as service:
        _show(_forgotten(service, options, at), options)
    file = file_of(settings.state_url)
    if file is not None and not options.is_trial:
        _say_size(file, compacts=options.compacts)


def settings_of(options: PruneOptions, environment: Mapping[str, str]) -> Settings:
    """Of a server that is there.

    Raises:
        InputError: it is not.
    """
    named = options.home or environment.get("LEEBOARD_HOME")
    home = Path(named).expanduser().resolve() if named else default_home(environment)
    told = _told(home)
    settings = Settings(
        home=home,
        database_url=options.database_url or environment.get(DATABASE_URL) or None,
        s3_url=options.s3_url or told.get("s3_url"),
    )
    file = file_of(settings.state_url)
    if file is not None and not file.is_file():
        raise InputError(
            f"there is no state in {home}: it has no {file.name}. Name the home of a server with --home, "
            "or its database with --database-url"
        )
    return settings


def _told(home: Path) -> dict[str, Any]:
    """What the last server in this home wrote of itself."""
    try:
        told = json.loads((home / SERVER_FILE).read_bytes())
    except (OSError, ValueError):
        return {}
    return told if isinstance(told, dict) else {}


@contextmanager
def _opened(settings: Settings) -> Iterator[Service]:
    from leeboard.api.running import open_service
    from leeboard.hosting.mapping import ModelMap

    service = open_service(settings, ModelMap(()))
    try:
        yield service
    finally:
        service.database.close()


def _forgotten(service: Service, options: PruneOptions, at: datetime) -> Counter[str]:
    """With a pause after each portion, so that a server gets in."""
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.completed:,}"))
    shown = Progress(
        *columns, TimeRemainingColumn(), console=errors(), transient=True, disable=not errors().is_terminal
    )
    total: Counter[str] = Counter()
    with shown:
        bar = shown.add_task(
            "counting" if options.is_trial else "forgetting", total=_n_old(service, options, at)
        )
        for counts in by_hand(service, at, options.older_than, is_trial=options.is_trial):
            total += counts
            shown.update(bar, advance=sum(counts[name] for name in COUNTED))
            if not options.is_trial:
                sleep(PAUSE_S)
    return total


def _n_old(service: Service, options: PruneOptions, at: datetime) -> int | None:
    if options.older_than is None:
        return None
    before = at - timedelta(days=options.older_than)
    with service.database.read() as connection:
        return executions.n_old(connection, before) + jobs.n_old(connection, before)


def _show(total: Counter[str], options: PruneOptions) -> None:
    from rich.table import Table

    table = Table(box=None, pad_edge=False)
    table.add_column("What")
    table.add_column("Would be forgotten" if options.is_trial else "Forgotten", justify="right")
    for what, n in total.items():
        table.add_row(what, f"{n:,}")
    if total:
        results().print(table)
    else:
        results().print("There is nothing to forget.")
    if options.older_than is None:
        errors().print("History stays: name its age with --older-than DAYS.", highlight=False)


def _say_size(file: Path, *, compacts: bool) -> None:
    before = size_of(file)
    if compacts:
        if before.free_bytes:
            errors().print(f"Making {file} smaller ...", highlight=False, soft_wrap=True)
            after = compact(file)
            results().print(f"{file.name}: {_mb(before.size_bytes)} before, {_mb(after.size_bytes)} now")
        return
    if before.free_bytes > before.size_bytes // 4:
        errors().print(
            f"{file.name} has {_mb(before.size_bytes)}, of which {_mb(before.free_bytes)} are free and are "
            "used again; --compact gives them back to the disk.",
            highlight=False,
            soft_wrap=True,
        )


def _mb(n_bytes: int) -> str:
    return f"{n_bytes / 1e6:,.1f} MB"
