"""Users' pre- and post-processing scripts, each run in a limited process of its own."""

from leeboard.jobs.scripts.limits import ScriptLimits
from leeboard.jobs.scripts.postprocessor import run_postprocessor
from leeboard.jobs.scripts.preprocessor import Changed, Preprocessor, Result, Row
from leeboard.jobs.scripts.trial import Trial, try_script

__all__ = [
    "Changed",
    "Preprocessor",
    "Result",
    "Row",
    "ScriptLimits",
    "Trial",
    "run_postprocessor",
    "try_script",
]
