"""The Python face: suggest a baseline, check data against it, in a notebook or a program."""

from leeboard.library.calls import check, load_baseline, suggest_baseline
from leeboard.library.results import BaselineResult, CheckResult

__all__ = ["BaselineResult", "CheckResult", "check", "load_baseline", "suggest_baseline"]
