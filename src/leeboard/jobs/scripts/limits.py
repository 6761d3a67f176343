"""How much a script may use, and what it gets to see of our environment."""

import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass

from leeboard.errors import InputError

_PASSED_ON = (
    "PATH", "HOME", "LANG", "LC_ALL", "LC_CTYPE", "TZ",
    "PYTHONPATH", "PYTHONHOME", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH",
)  # fmt: skip
_ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
"""A handler sees one record at a time, and on a wide machine the threads' stacks fill the address space."""


@dataclass(frozen=True, slots=True)
class ScriptLimits:
    """What a script may use before it is killed.

    Attributes:
        memory_bytes: address space of the process.
        cpu_s: processor time of the process over the whole run.
        batch_s: wall time to load the script, and for each batch of records.
        run_s: wall time inside the script over the whole run; a postprocessing script has it all.
        root: folder that stands for / in paths below /opt/ml.
        is_boxed: whether it sees no more of this machine than Python, its libraries and /opt/ml.
    """

    memory_bytes: int = 2 << 30
    cpu_s: int = 3600
    batch_s: float = 60.0
    run_s: float = 3600.0
    root: str = "/"
    is_boxed: bool = False

    def __post_init__(self) -> None:
        for name, value in asdict(self).items():
            if name not in ("root", "is_boxed") and value <= 0:
                raise InputError(f"script limit {name} is {value}; it has to be above 0")


DEFAULT_LIMITS = ScriptLimits()


def script_environment(own: Mapping[str, str], folder: str) -> dict[str, str]:
    """Environment variables of a script: what Python needs, and the job's own; no credentials of ours.

    Args:
        own: the variables that the job's definition names.
        folder: where temporary files go.
    """
    passed_on = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    return {**passed_on, **_ONE_THREAD, "TMPDIR": folder, **own}
