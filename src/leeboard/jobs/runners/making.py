"""Makes the Python environment of a module, as a part of the first job that needs it."""

import os
from collections.abc import Sequence
from math import inf

from leeboard.errors import EngineError
from leeboard.jobs.confinement import VARIABLE, Confinement
from leeboard.jobs.local.environments import ModuleEnvironment
from leeboard.jobs.local.launch import launch_file, starter
from leeboard.jobs.runners.child import run_child
from leeboard.jobs.runners.ending import with_last_lines
from leeboard.jobs.runners.order import Log, ProcessingOrder
from leeboard.jobs.runners.own_images import Limits, UnwantedError

_NOT_FOR_PIP = ("AWS_", "LEEBOARD_", "PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV")
"""Names of variables begin so. Settings of pip and of proxies are for it."""


def make_environment(
    environment: ModuleEnvironment, order: ProcessingOrder, log: Log, limits: Limits
) -> None:
    """Makes it unless it is there.

    Raises:
        EngineError: it cannot be made, perhaps as a package index did not answer.
        UnwantedError: the job is to end before it was made.
    """
    if environment.is_made:
        return
    log(f"making the environment {environment.place} of the image {order.image}")
    environment.make(lambda command: _run(command, order, log, limits), limits.hold)


def _run(command: Sequence[str], order: ProcessingOrder, log: Log, limits: Limits) -> None:
    temporary = order.root / "tmp"
    ours = {name: value for name, value in os.environ.items() if not name.startswith(_NOT_FOR_PIP)}
    ours["TMPDIR"] = str(temporary)
    file = launch_file(temporary, command, ours, order.programs.folder.absolute())
    ended = run_child(
        starter(file),
        {**os.environ, "TMPDIR": str(temporary), VARIABLE: Confinement().text},
        scratch=order.root,
        max_runtime_s=inf,
        leave_s=order.leave_s,
        log=log,
        should_stop=limits.are_reached,
    )
    if ended.cause != "ended":
        raise UnwantedError
    if ended.code:
        what = "pip" if "pip" in command else "venv"
        reason = f"The environment of the image {order.image} could not be made: {what} ended with "
        raise EngineError(with_last_lines(f"{reason}exit code {ended.code}", ended.last_lines))
