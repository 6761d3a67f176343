"""What the package offers by name."""

import ast
from importlib import import_module
from pathlib import Path

import pytest

import leeboard

SOURCE = Path(leeboard.__path__[0])
WITH_ALL = [path for path in SOURCE.rglob("*.py") if "\n__all__ = " in path.read_text()]
RANGE_WORDS = ("[0, 1]", "at least", "at most", "below", "not negative", "positive", "always")


def test_every_public_name_is_there_and_nothing_else_is_shown():
    assert sorted(leeboard.__all__) == dir(leeboard)
    assert all(getattr(leeboard, name) is not None for name in leeboard.__all__)


def test_the_public_surface_stays_small():
    assert len(leeboard.__all__) < 20


def test_an_unknown_name_is_refused_as_python_does():
    with pytest.raises(AttributeError, match="no attribute 'chek'"):
        _ = leeboard.chek


@pytest.mark.parametrize("path", WITH_ALL, ids=lambda path: path.parent.name)
def test_exported_names_exist(path):
    module = import_module(".".join(path.relative_to(SOURCE.parent).with_suffix("").parts))
    assert all(hasattr(module, exported) for exported in module.__all__)


def public_floats(room: str) -> dict[str, str]:
    """Public functions and properties of a room that give a float, with their docstrings."""
    folder, found = SOURCE / room, {}
    for path in folder.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef) and not node.name.startswith("_") and gives_float(node):
                found[f"{path.relative_to(folder)}:{node.name}"] = ast.get_docstring(node) or ""
    return found


def gives_float(node: ast.FunctionDef) -> bool:
    return node.returns is not None and ast.unparse(node.returns) in {"float", "float | None"}


def says_range(text: str) -> bool:
    return any(words in text.lower() for words in RANGE_WORDS)


def test_every_public_number_of_compare_says_its_range():
    silent = [name for name, text in public_floats("compare").items() if not says_range(text)]
    assert not silent
