"""From the parent's order to a process that answers requests."""

import faulthandler
import json
import logging
import mmap
import os
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from .calling import with_logger, without_arguments
from .confining import confine
from .loading import load_handler
from .redirecting import redirect
from .serving import answered, read_frame, run_batch, write_frame


def main(order_text: str) -> None:
    """Loads the script, says how that went, then answers until the parent goes.

    Args:
        order_text: JSON with script, handler, socket, progress and limits.
    """
    order = json.loads(order_text)
    confine(order["limits"], order["socket"])
    _prepare_output(order["script"])
    end = order["socket"]
    with open(end, "rb", closefd=False) as requests, open(end, "wb", closefd=False) as answers:
        file = Path(order["script"]).name
        loaded: list[Callable[[bytes], Any]] = []
        write_frame(answers, answered(lambda order: loaded.append(_server(order)), order, file))
        while loaded and (body := read_frame(requests)) is not None:
            write_frame(answers, answered(loaded[0], body, file))


def _prepare_output(script: str) -> None:
    """What is printed leaves at once, so that it survives a crash."""
    faulthandler.enable()
    sys.argv = [script]
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(line_buffering=True)  # type: ignore[union-attr]


def _server(order: dict[str, Any]) -> Callable[[bytes], Any]:
    """The function that turns a request into what is answered."""
    os.set_inheritable(order["socket"], False)
    os.set_inheritable(order["progress"], False)
    if order["limits"]["root"] != "/" and not order["limits"]["is_boxed"]:
        redirect(order["limits"]["root"])
    handler = load_handler(order["script"], order["handler"])
    if order["handler"] == "postprocess_handler":
        return partial(_run_once, without_arguments(handler))
    handle, progress = with_logger(handler, _logger()), memoryview(mmap.mmap(order["progress"], 8))
    return lambda body: run_batch(body, handle, progress)


def _run_once(handler: Callable[[], Any], body: bytes) -> None:
    handler()


def _logger() -> logging.Logger:
    logger = logging.getLogger("leeboard.script")
    lines = logging.StreamHandler(sys.stdout)
    lines.setFormatter(logging.Formatter("%(levelname)s %(message)s"))
    logger.addHandler(lines)
    logger.setLevel(logging.DEBUG)
    logger.propagate = False
    return logger
