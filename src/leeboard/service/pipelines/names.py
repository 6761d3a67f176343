"""Names of the jobs that steps begin: they follow from the execution and the step."""

import hashlib
import re
from collections.abc import Mapping
from typing import Any

PREFIX = "pipelines"
NAMING = {"Transform": "TransformJobName", "Training": "TrainingJobName", "Model": "ModelName"}
"""Arguments by which a step of a type may say how the name of what it makes begins."""
LONGEST = 63
"""Of a job's name."""
LONGEST_PREFIX = 38
SUFFIX_LENGTH = 10


def job_name(execution_key: str, step: str, attempt: int, part: str = "", prefix: str = "") -> str:
    """The same for the same execution, step, attempt and part, and another one for any other.

    Args:
        part: which of the jobs of a step that begins several.
        prefix: what a step's arguments want the name to begin with.
    """
    told = f"{execution_key}/{step}/{attempt}/{part}"
    suffix = hashlib.sha256(told.encode()).hexdigest()[:SUFFIX_LENGTH]
    begins = _clean(prefix) or f"{PREFIX}-{execution_key}-{_clean(step)}"
    return f"{begins[: LONGEST - SUFFIX_LENGTH - 1].rstrip('-')}-{suffix}"


def prefix_of(arguments: Mapping[str, Any], execution_key: str, step_type: str) -> str:
    """How the arguments of a step want its job's name to begin; empty if they do not say."""
    name = arguments.get(NAMING.get(step_type, "ProcessingJobName"))
    return f"{name[:LONGEST_PREFIX]}-{execution_key}" if isinstance(name, str) and name else ""


def _clean(text: str) -> str:
    return re.sub(r"[^a-zA-Z0-9]+", "-", text).strip("-")
