"""Rosters hold what their folders hold."""

from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules, walk_packages

import pytest

import leeboard
from leeboard.roster import Roster

UNMIXED = ["compare.drift", "compare.checks", "compare.suggest", "profile.states"]
"""Folders in which every module is one entry."""


def rosters() -> list[Roster]:
    modules = [m.name for m in walk_packages(leeboard.__path__, "leeboard.") if "__main__" not in m.name]
    found = (value for name in modules for value in vars(import_module(name)).values())
    return list({id(value): value for value in found if isinstance(value, Roster)}.values())


def modules_of(package: str) -> list[str]:
    return [m.name for m in iter_modules(import_module(f"leeboard.{package}").__path__)]


def test_every_roster_has_entries():
    assert [roster.noun for roster in rosters() if not roster.names()] == []
    assert len(rosters()) >= 8


@pytest.mark.parametrize("package", UNMIXED)
def test_every_module_of_an_unmixed_roster_is_an_entry(package):
    missing = [
        m for m in modules_of(package) if not hasattr(import_module(f"leeboard.{package}.{m}"), "ENTRY")
    ]
    assert not missing


@pytest.mark.parametrize("package", ["compare.drift", "compare.suggest", "profile.states"])
def test_an_entry_has_the_name_of_its_module(package):
    named = {m: import_module(f"leeboard.{package}.{m}").ENTRY.name for m in modules_of(package)}
    assert {module: name.replace("-", "_") for module, name in named.items()} == {m: m for m in named}


def test_no_folder_keeps_entries_that_no_roster_finds():
    known = {roster.package for roster in rosters()}
    source = Path(leeboard.__path__[0])
    homes = {path.parent for path in source.rglob("*.py") if "\nENTRY = " in path.read_text()}
    homes = {home.parent if home.name == "s3" else home for home in homes}
    assert {"leeboard." + ".".join(home.relative_to(source).parts) for home in homes} == known
