"""Boxes of bubblewrap: views of this machine in which a process sees no more than it needs."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

OPT_ML = "/opt/ml"
SCRIPT_BOX = "LEEBOARD_SCRIPT_BOX"
"""Environment variable that tells a job to box its scripts."""
_ALONE = ("--unshare-pid", "--unshare-ipc", "--die-with-parent")
_SYSTEM = ("usr", "bin", "sbin", "lib", "lib32", "lib64", "libx32", "etc")
_RESOLVER = "/run/systemd/resolve"
_IN_PREFIX = ("bin", "lib", "lib64", "include", "pyvenv.cfg")
_KERNEL = ("sys", "fs", "sysrq-trigger", "mtrr", "acpi", "scsi")
"""Settings of the whole machine below /proc, which root could write even without capabilities."""
_PROBE_S = 60


@dataclass(frozen=True, slots=True)
class Boxes:
    """Which boxes can be had here.

    Attributes:
        job: around the whole job.
        scripts: around the user's scripts, inside of that of the job if there is one.
        why_not: what bubblewrap said where one cannot be had.
    """

    job: bool = False
    scripts: bool = False
    why_not: str = ""


@cache
def boxes_here() -> Boxes:
    """Tries once: boxes are often forbidden inside of containers.

    If only one of two nested boxes can be had, it is the one of the scripts, as they are strangers' code.
    """
    if shutil.which("bwrap") is None:
        return Boxes(why_not="the program bwrap (bubblewrap) is not installed")
    with tempfile.TemporaryDirectory(prefix="leeboard-box-") as folder:
        script = [*script_box(folder, folder, {}), sys.executable, "-S", "-c", "pass"]
        if not (said := _failure([*job_box(folder, folder), *script])):
            return Boxes(job=True, scripts=True)
        return Boxes(scripts=not _failure(script), why_not=said)


def _failure(command: list[str]) -> str:
    """What the command said before it failed; empty if it did not."""
    try:
        done = subprocess.run(command, capture_output=True, timeout=_PROBE_S, check=False)  # noqa: S603
    except (OSError, subprocess.TimeoutExpired) as error:
        return str(error)
    return (done.stderr.decode("utf-8", "replace").strip() or "no reason given") if done.returncode else ""


def job_box(opt_ml: str, temporary: str) -> list[str]:
    """The beginning of a command that sees all of the machine, but writes only here.

    Args:
        opt_ml: the folder that stands at /opt/ml.
        temporary: a folder that stays writable where it is.
    """
    view = [*_devices(), "--bind", opt_ml, OPT_ML, "--bind", temporary, temporary]
    return [_program(), *_ALONE, *_machine(), *view, "--remount-ro", "/", "--"]


def program_box(
    opt_ml: str, temporary: str, *, home: str, shown: Iterable[str], has_network: bool
) -> list[str]:
    """The beginning of a command that sees the machine without the server's home and others' temporary files.

    Args:
        opt_ml: the folder that stands at /opt/ml.
        temporary: a folder that stays writable where it is, and is /tmp, too.
        home: of the server.
        shown: folders that are seen even where they lie in what is hidden, read-only.
        has_network: whether it has that of the machine, or none at all.
    """
    network = [] if has_network else ["--unshare-net"]
    view = [*_devices(), "--bind", temporary, "/tmp", *_hidden(home, [*shown, *_python()])]  # noqa: S108
    view += ["--bind", opt_ml, OPT_ML, "--bind", temporary, temporary]
    rest = ["--cap-drop", "ALL", *_machine(), *view, "--remount-ro", "/", "--"]
    return [_program(), *_ALONE, *network, *rest]


def _hidden(home: str, shown: Iterable[str]) -> Iterator[str]:
    """Outer folders first; where a folder is to be both, it is hidden."""
    covered = [one for one in set(shown) if one.startswith((f"{home}/", "/tmp/"))]  # noqa: S108
    for path in sorted([*covered, home], key=lambda path: (path.count("/"), path == home)):
        yield from ("--tmpfs", path) if path == home else ("--ro-bind-try", path, path)


def _devices() -> list[str]:
    """Own processes and harmless devices; bubblewrap as root leaves /proc/sys writable, so it is covered."""
    covered = [word for name in _KERNEL for word in ("--ro-bind-try", f"/proc/{name}", f"/proc/{name}")]
    return ["--dev", "/dev", "--proc", "/proc", *covered]


def _machine() -> Iterator[str]:
    """Entry by entry, as /opt/ml often does not exist and could not be made in a root that is bound."""
    for name in sorted(os.listdir("/")):
        if name == "opt" and not os.path.islink("/opt"):
            yield from ("--dir", "/opt")
            for part in sorted(os.listdir("/opt")):
                yield from () if part == "ml" else _shown(f"/opt/{part}")
        elif name not in ("dev", "proc"):
            yield from _shown(f"/{name}")


def script_box(opt_ml: str, folder: str, environment: Mapping[str, str]) -> list[str]:
    """The beginning of a command that sees Python, the system's libraries, /opt/ml and its folder alone.

    The network is as outside: scripts send mails and call services.

    Args:
        opt_ml: the folder that stands at /opt/ml.
        folder: working directory and place for temporary files.
        environment: all that the command sees; bubblewrap itself must not see a user's LD_PRELOAD.
    """
    view = ["--tmpfs", "/tmp", *_readable()]  # noqa: S108 - one of its own
    view += [*_devices(), "--bind-try", opt_ml, OPT_ML, "--bind", folder, folder]
    variables = [word for name, value in environment.items() for word in ("--setenv", name, value)]
    rest = ["--chdir", folder, "--remount-ro", "/", "--clearenv", *variables, "--"]
    return [_program(), *_ALONE, "--cap-drop", "ALL", *view, *rest]


def _readable() -> Iterator[str]:
    """Outer folders first, so that the hidden one hides what lies in them and nothing that lies in it."""
    yield from (word for name in _SYSTEM for word in _shown(f"/{name}"))
    home = _home_of_the_server()
    shown = [path for path in {*_python(), _RESOLVER} if not path.startswith("/usr/")]
    for path in sorted([*shown, *([home] if home else [])], key=lambda path: path.count("/")):
        yield from ("--tmpfs", path) if path == home else ("--ro-bind-try", path, path)


def _home_of_the_server() -> str | None:
    objects = os.environ.get("LEEBOARD_OBJECTS")
    home = str(Path(objects).absolute().parent) if objects else "/"
    return None if home == "/" else home


def _python() -> Iterator[str]:
    for prefix in (sys.prefix, sys.base_prefix, sys.exec_prefix):
        yield from (f"{prefix}/{part}" for part in _IN_PREFIX)
    libraries = os.environ.get("LD_LIBRARY_PATH", "").split(":")
    paths: Iterable[str] = [*sys.path, *libraries, str(Path(__file__).parent / "scripts")]
    yield from (path for path in paths if path.startswith("/") and path != "/")


def _shown(path: str) -> tuple[str, ...]:
    if os.path.islink(path):
        return ("--symlink", os.readlink(path), path)
    return ("--ro-bind-try", path, path)


def _program() -> str:
    return shutil.which("bwrap") or "bwrap"
