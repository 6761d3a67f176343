"""The page of settings has everything that can be set."""

import re
from pathlib import Path

from typer.main import get_command

from leeboard.cli.app import app

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/settings.md").read_text()
SOURCES = [path.read_text() for path in (ROOT / "src/leeboard").rglob("*.py")]
OURS = re.compile(r"""["'](LEEBOARD_[A-Z0-9_]+)["']""")
READ = re.compile(r"""environ(?:ment)?(?:\.get|\.pop|\.setdefault)?[(\[]["']([A-Z][A-Z0-9_]+)["']""")


def test_every_option_of_serve_is_in_the_page():
    (options,) = [command.params for name, command in get_command(app).commands.items() if name == "serve"]
    names = [name for option in options for name in option.opts if name != "--help"]
    assert len(names) > 10
    assert [name for name in names if f"`{name}`" not in PAGE] == []


def test_the_page_names_no_option_that_serve_does_not_have():
    serve = get_command(app).commands["serve"]
    known = {name for option in serve.params for name in option.opts}
    table = PAGE.partition("## `leeboard serve`")[2].partition("\n## ")[0]
    named = [name for row in table.splitlines() for name in re.findall(r"`(--[a-z0-9-]+)`", row[:60])]
    assert [name for name in named if name not in known] == []


def test_every_variable_of_our_own_is_in_the_page():
    names = {name for source in SOURCES for name in OURS.findall(source)}
    assert len(names) > 15
    assert sorted(name for name in names if f"`{name}" not in PAGE) == []


def test_every_variable_that_the_code_reads_by_name_is_in_the_page():
    names = {name for source in SOURCES for name in READ.findall(source)}
    assert len(names) > 5
    assert sorted(name for name in names if f"`{name}`" not in PAGE) == []


def test_the_page_names_no_variable_of_ours_that_nothing_reads():
    known = {name for source in SOURCES for name in OURS.findall(source)}
    assert sorted(set(re.findall(r"`(LEEBOARD_[A-Z0-9_]+)`", PAGE)) - known) == []
