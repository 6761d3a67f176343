"""The built-in programs: `python -m leeboard.jobs` as a child, in a box where there can be one."""

import json
import os
import signal
import sys

from leeboard.hosting.mapping import builtin_of
from leeboard.jobs.box import SCRIPT_BOX, Boxes, boxes_here, job_box
from leeboard.jobs.confinement import VARIABLE, Confinement
from leeboard.jobs.places import MODELS, MOUNTS, MOVED_ROOT
from leeboard.jobs.runners import Runner
from leeboard.jobs.runners.child import ChildEnd, run_child
from leeboard.jobs.runners.ending import message_file, read_message, why_stopped, with_last_lines
from leeboard.jobs.runners.inputs import find_mounts
from leeboard.jobs.runners.metric_files import read_metrics
from leeboard.jobs.runners.order import MAX_MESSAGE, Log, ProcessingEnd, ProcessingOrder, ShouldStop, failed
from leeboard.jobs.scripts.process import size_text

_PASSED_ON = (
    "PATH", "HOME", "LANG", "LC_ALL", "LC_CTYPE", "TZ", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH",
    "PYTHONPATH", "PYTHONHOME", "POLARS_MAX_THREADS", "OMP_NUM_THREADS", "NPY_DISABLE_CPU_FEATURES",
)  # fmt: skip
_FOR_A_FOREIGN_STORE = (
    "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy",
    "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE",
)  # fmt: skip
_SCRIPTS = ("record_preprocessor_script", "post_analytics_processor_script")
_BAD_INPUT = 2
_ROOM = 60
"""Characters for what is said of the memory."""


def run(order: ProcessingOrder, log: Log, should_stop: ShouldStop) -> ProcessingEnd:
    """Starts the analyzer on an order that was laid out."""
    message_file(order)
    (order.root / "mounts.json").write_text(json.dumps(find_mounts(order, log)), encoding="utf-8")
    boxes = boxes_here() if order.isolation == "best" else Boxes(why_not="none is wanted")
    if not boxes.scripts and any(order.environment.get(name) for name in _SCRIPTS):
        log(f"scripts run without a box and can read what leeboard can read: {boxes.why_not}")
    program = [sys.executable, "-P", "-X", "utf8", "-m", "leeboard.jobs"]
    box = job_box(str(order.root / "opt/ml"), str(order.root / "tmp")) if boxes.job else []
    ended = run_child(
        [*box, *program],
        _environment(order, boxes),
        scratch=order.root,
        max_runtime_s=order.max_runtime_s,
        leave_s=order.leave_s,
        log=log,
        should_stop=should_stop,
    )
    return _end(order, ended, log)


def _environment(order: ProcessingOrder, boxes: Boxes) -> dict[str, str]:
    """What the analyzer sees; the job's own variables stay in its configuration file, where nothing
    but the analyzer and the scripts takes notice of them.
    """
    return {
        **{name: value for name, value in os.environ.items() if _is_passed_on(name)},
        "TMPDIR": str(order.root / "tmp"),
        MOVED_ROOT: "/" if boxes.job else str(order.root),
        MOUNTS: str(order.root / "mounts.json"),
        VARIABLE: Confinement(memory_bytes=order.memory_bytes).text,
        **({SCRIPT_BOX: "1"} if boxes.scripts else {}),
        **({MODELS: order.models_url} if order.models_url else {}),
    }


def _is_passed_on(name: str) -> bool:
    if name in _PASSED_ON or name == "LEEBOARD_OBJECTS":
        return True
    is_foreign = "LEEBOARD_OBJECTS" not in os.environ
    return is_foreign and (name.startswith("AWS_") or name in _FOR_A_FOREIGN_STORE)


def _end(order: ProcessingOrder, ended: ChildEnd, log: Log) -> ProcessingEnd:
    if ended.cause != "ended":
        return ProcessingEnd(state="Stopped", message=why_stopped(order, ended.cause))
    message = read_message(order, message_file(order))
    metrics = read_metrics(order, log) if order.publishes_metrics else []
    if ended.code == 0:
        return ProcessingEnd(state="Completed", exit_code=0, message=message, metrics=metrics)
    if ended.code < 0:
        reason = f"The process of the job was killed by {_signal_name(-ended.code)}"
        return failed(
            with_last_lines(message or reason + _memory_of(order), ended.last_lines),
            exit_code=128 - ended.code,
            is_retryable=True,
        )
    reason = message or with_last_lines(
        f"The job ended with exit code {ended.code} and left no message", ended.last_lines
    )
    if ended.code != _BAD_INPUT:
        reason = reason[: MAX_MESSAGE - _ROOM] + _memory_of(order)
    return failed(reason, exit_code=ended.code, is_retryable=ended.code != _BAD_INPUT)


def _memory_of(order: ProcessingOrder) -> str:
    """Libraries that get no memory fail in ways that do not show it."""
    return f" (it may use {size_text(order.memory_bytes)} of memory)" if order.memory_bytes else ""


def _signal_name(number: int) -> str:
    names = {one.value: one.name for one in signal.Signals}
    hint = ", perhaps because the machine ran out of memory" if number == signal.SIGKILL else ""
    return names.get(number, f"signal {number}") + hint


ENTRY = Runner("analyzer", lambda image: 10 if builtin_of(image) else 0, run)
