import gzip
import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
STATIC = ROOT / "src/leeboard/dashboard/static"
FRONTEND = ROOT / "frontend"


def packed(name: str) -> int:
    return len(gzip.compress((STATIC / name).read_bytes(), 9))


def test_the_files_carry_the_licences_of_what_is_in_them() -> None:
    licences = (STATIC / "LICENSES.txt").read_text("utf-8")
    assert "Apache License" in licences
    assert "This product includes software developed at\nThe Apache Software Foundation" in licences
    assert "BSD 3-Clause License\n\nCopyright (c) 2017, Baidu Inc." in licences
    assert "Zero-Clause BSD" in licences
    for name in ("charts.js", "htmx.js"):
        assert "LICENSES.txt" in (STATIC / name).read_text("utf-8")[:200]


def test_the_files_stay_small() -> None:
    assert packed("charts.js") < 250_000
    assert packed("htmx.js") < 15_000
    assert packed("dashboard.js") < 5_000
    assert (STATIC / "dashboard.css").stat().st_size < 25_000


@pytest.mark.parametrize("name", ["charts.js", "dashboard.js", "dashboard.css", "theme.js", "icon.svg"])
def test_nothing_is_loaded_from_another_host(name: str) -> None:
    text = (STATIC / name).read_text("utf-8")
    assert "@import" not in text
    assert set(re.findall(r"https?://[\w.]+", text)) <= {"http://www.w3.org"}  # names of namespaces


@pytest.mark.slow
def test_building_again_gives_the_same_bytes(tmp_path: Path) -> None:
    if shutil.which("npm") is None:
        pytest.skip("no Node.js here to build the files with")
    source = tmp_path / "frontend"
    shutil.copytree(FRONTEND, source, ignore=shutil.ignore_patterns("node_modules"))
    told = subprocess.run(
        ["npm", "ci", "--no-audit", "--no-fund"], cwd=source, capture_output=True, text=True
    )
    if told.returncode:
        pytest.skip(f"npm ci could not fetch the packages: {told.stderr[-200:]}")
    subprocess.run(["node", "build.mjs", str(tmp_path / "out")], cwd=source, check=True)
    built = {file.name: file.read_bytes() for file in (tmp_path / "out").iterdir()}
    assert built == {file.name: file.read_bytes() for file in STATIC.iterdir()}
