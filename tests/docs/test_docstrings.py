"""Every example in a docstring of the package runs."""

import doctest
from importlib import import_module
from pathlib import Path

import pytest

import leeboard

SOURCE = Path(leeboard.__path__[0])
WITH_EXAMPLES = [path for path in sorted(SOURCE.rglob("*.py")) if ">>> " in path.read_text()]


@pytest.mark.parametrize("path", WITH_EXAMPLES, ids=lambda path: str(path.relative_to(SOURCE)))
def test_examples_of_a_module_run(path):
    parts = path.relative_to(SOURCE.parent).with_suffix("").parts
    module = import_module(".".join(part for part in parts if part != "__init__"))
    result = doctest.testmod(module)
    assert result.attempted
    assert not result.failed
