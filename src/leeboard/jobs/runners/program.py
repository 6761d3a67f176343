"""Images of the user's own, as a program of this machine that a map names."""

import os
import shlex
import signal
import sys
from math import inf
from pathlib import Path

from leeboard.errors import InputError
from leeboard.hosting.commands import allowed
from leeboard.jobs.box import Boxes, boxes_here, program_box
from leeboard.jobs.confinement import VARIABLE, Confinement
from leeboard.jobs.local.environments import environment_of
from leeboard.jobs.local.launch import launch_file, starter
from leeboard.jobs.local.mapping import JobRoute
from leeboard.jobs.places import MESSAGE, MOVED_ROOT
from leeboard.jobs.runners import Runner
from leeboard.jobs.runners.child import ChildEnd, run_child
from leeboard.jobs.runners.ending import read_message, why_stopped, with_last_lines
from leeboard.jobs.runners.layout import on_disk
from leeboard.jobs.runners.making import make_environment
from leeboard.jobs.runners.metric_files import read_metrics
from leeboard.jobs.runners.order import Log, ProcessingEnd, ProcessingOrder, ShouldStop, failed
from leeboard.jobs.runners.own_images import Limits, UnwantedError, bring_inputs

ENVIRONMENTS = "environments"
"""Folder in the server's home."""
_FOR_ALL = ("PATH", "LANG", "LC_ALL", "LC_CTYPE", "TZ", "LD_LIBRARY_PATH", "SSL_CERT_FILE")
_OF_PYTHON = ("PYTHONPATH", "PYTHONHOME")


def run(order: ProcessingOrder, log: Log, should_stop: ShouldStop) -> ProcessingEnd:
    """Brings the inputs, makes the environment where there is none yet, and runs the program."""
    route = order.programs.find(order.image)
    if route is None:
        raise InputError(f"no program of this machine stands for the image {order.image}")
    limits = Limits(order, should_stop)
    try:
        boxes = _boxes(order)
        bring_inputs(order, log, limits)
        command, shown = _command(order, route, log, limits)
        limits.hold()
        ended = _run(order, command, shown, boxes, log, limits)
    except UnwantedError:
        return ProcessingEnd(state="Stopped", message=why_stopped(order, limits.cause))
    return _end(order, ended, log, limits)


def home_of(order: ProcessingOrder) -> Path:
    """The server's folder, which programs do not see."""
    return order.home.absolute() if order.home else order.root.parent


def _boxes(order: ProcessingOrder) -> Boxes:
    boxes = boxes_here() if order.isolation == "best" else Boxes(why_not="none is wanted")
    if not boxes.job and not order.has_network:
        raise InputError(
            "The job asks for EnableNetworkIsolation, and a program of this machine can be kept from the "
            f"network in a box of bubblewrap alone: {boxes.why_not}. Install it, or ask for no isolation"
        )
    return boxes


def _command(
    order: ProcessingOrder, route: JobRoute, log: Log, limits: Limits
) -> tuple[list[str], list[str]]:
    """The words of the program, and the folders that it needs to see."""
    app = order.request.get("AppSpecification") or {}
    if entrypoint := app.get("ContainerEntrypoint"):
        log(f"the ContainerEntrypoint {shlex.join(entrypoint)} is not run: the map of jobs names the program")
    arguments, folder = app.get("ContainerArguments") or (), str(order.programs.folder.absolute())
    if route.command is not None:
        return [*shlex.split(route.command), *arguments], [folder]
    words = ["-u", "-m", str(route.module), *arguments]
    if route.requirements is None:
        return [sys.executable, *words], [folder]
    environment = environment_of(
        route.requirements, order.programs.folder.absolute(), home_of(order) / ENVIRONMENTS
    )
    make_environment(environment, order, log, limits)
    return [environment.python, *words], [folder, str(environment.place)]


def _run(
    order: ProcessingOrder, command: list[str], shown: list[str], boxes: Boxes, log: Log, limits: Limits
) -> ChildEnd:
    temporary = order.root / "tmp"
    variables = _environment(order, boxes, log)
    if command[0] == sys.executable:  # which may need to be told where leeboard's packages are
        variables |= {name: os.environ[name] for name in _OF_PYTHON if name in os.environ}
    file = launch_file(temporary, command, variables, order.programs.folder.absolute())
    box = []
    if boxes.job:
        home, opt_ml = str(home_of(order)), str(order.root / "opt/ml")
        box = program_box(opt_ml, str(temporary), home=home, shown=shown, has_network=order.has_network)
    confinement = Confinement(memory_bytes=order.memory_bytes)
    return run_child(
        [*box, *starter(file)],
        {**_inherited(*_FOR_ALL, *_OF_PYTHON), "TMPDIR": str(temporary), VARIABLE: confinement.text},
        scratch=order.root,
        max_runtime_s=inf,
        leave_s=order.leave_s,
        log=log,
        should_stop=limits.are_reached,
    )


def _environment(order: ProcessingOrder, boxes: Boxes, log: Log) -> dict[str, str]:
    """Variables as the job has them, but for those that decide what runs on this machine."""
    given = allowed(order.environment)
    if left_out := sorted(order.environment.keys() - given.keys()):
        log(f"variables that programs of this machine do not take from jobs: {', '.join(left_out)}")
    temporary = str(order.root / "tmp")
    return {
        **_inherited(*_FOR_ALL),
        **given,
        "HOME": temporary,
        "TMPDIR": temporary,
        MOVED_ROOT: "/" if boxes.job else str(order.root),
    }


def _inherited(*names: str) -> dict[str, str]:
    return {name: os.environ[name] for name in names if name in os.environ}


def _end(order: ProcessingOrder, ended: ChildEnd, log: Log, limits: Limits) -> ProcessingEnd:
    """A user's own program that failed would fail again, so no failure is one that may pass."""
    if ended.cause != "ended":
        return ProcessingEnd(state="Stopped", message=why_stopped(order, limits.cause))
    message = read_message(order, on_disk(order, MESSAGE))
    metrics = read_metrics(order, log) if order.publishes_metrics else []
    if ended.code == 0:
        return ProcessingEnd(state="Completed", exit_code=0, message=message, metrics=metrics)
    code = ended.code if ended.code > 0 else 128 - ended.code
    killed = f", killed by {signal.Signals(-ended.code).name}," if ended.code < 0 else ""
    reason = f"The program ended with exit code {code}{killed} and left no message"
    return failed(message or with_last_lines(reason, ended.last_lines), exit_code=code)


ENTRY = Runner("program", lambda image: 8, run, lambda order: order.programs.find(order.image) is not None)
