"""The repository holds nothing of the machine on which it was written."""

import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def tracked_texts() -> dict[str, str]:
    listing = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False)
    if listing.returncode:
        pytest.skip("not a git checkout")
    names = listing.stdout.decode().split("\0")[:-1]
    return {name: (ROOT / name).read_text(errors="replace") for name in names if (ROOT / name).is_file()}


def test_no_file_names_this_checkout_or_this_home():
    here = {f"{ROOT}/", f"{Path.home()}/."} - {"//", "/."}
    assert not [name for name, text in tracked_texts().items() if any(path in text for path in here)]


def test_no_file_of_the_package_reaches_outside_of_it():
    source = ROOT / "src/leeboard"
    assert not [path for path in source.rglob("*.py") if "../" in path.read_text()]


def test_requirements_name_packages_and_versions_only():
    for name in ("requirements-dev.txt", "constraints.txt"):
        lines = [line for line in (ROOT / name).read_text().splitlines() if not line.startswith("#")]
        assert not [line for line in lines if "://" in line or "--" in line]
