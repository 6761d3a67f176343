"""Where the bench keeps its things."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
WORK = ROOT / "bench-data"
DATA = WORK / "data"
RESULTS = WORK / "results"
VENVS = WORK / "venvs"
REQUIREMENTS = ROOT / "bench"
PAGE = ROOT / "docs" / "benchmarks.md"
SERVER_PAGE = ROOT / "docs" / "benchmarks-server.md"
MODELS_PAGE = ROOT / "docs" / "benchmarks-models.md"
QUICK_PAGE = WORK / "quick.md"
QUICK_SERVER_PAGE = WORK / "quick-server.md"
QUICK_MODELS_PAGE = WORK / "quick-models.md"
