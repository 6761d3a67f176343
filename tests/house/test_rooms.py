"""The map in ARCHITECTURE.md, the layers in pyproject.toml and the rooms in src are the same."""

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src/leeboard"
FORBIDDEN_NAMES = {"utils", "helpers", "common", "misc", "manager", "base"}
MAP_LINE = re.compile(r"^\|[^|]*\| `(\w+)(?:/|\.py)` \|", re.MULTILINE)


def rooms() -> list[str]:
    """Folders and modules right below the package; dunder modules are doors, not rooms."""
    found = [path for path in SOURCE.iterdir() if path.suffix == ".py" or (path / "__init__.py").exists()]
    return sorted(path.stem for path in found if not path.stem.startswith("__"))


def layers() -> list[list[str]]:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())
    contract = settings["tool"]["importlinter"]["contracts"][0]
    floors = [re.split(r"\s*\|\s*", layer) for layer in contract["layers"]]
    return [[room for room in floor if not room.startswith("__")] for floor in floors]


def lines_of_the_map() -> list[str]:
    first_table = (ROOT / "ARCHITECTURE.md").read_text().partition("\n## ")[0]
    return MAP_LINE.findall(first_table)


def test_every_room_has_one_line_in_the_map():
    assert sorted(lines_of_the_map()) == rooms()


def test_every_room_stands_on_one_floor_of_the_import_contract():
    assert sorted(room for floor in layers() for room in floor) == rooms()


def test_the_map_goes_from_the_top_floor_down_as_the_import_contract_does():
    floor_of = {room: number for number, floor in enumerate(layers()) for room in floor}
    floors = [floor_of[room] for room in lines_of_the_map()]
    assert floors == sorted(floors)


def test_no_module_is_named_for_nothing():
    names = {path.stem for path in SOURCE.rglob("*.py")} | {path.name for path in SOURCE.rglob("*/")}
    assert not names & FORBIDDEN_NAMES
