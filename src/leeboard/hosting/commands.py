"""How a program that serves a model is started: its words and its environment."""

import os
import re
import shlex
import shutil
from collections.abc import Mapping
from pathlib import Path

from leeboard.hosting.containers import ContainerSpec
from leeboard.hosting.failures import HostingError

_PLACEHOLDER = re.compile(r"\{(port|model|model_dir)\}")
_OURS = (
    "PATH", "HOME", "LANG", "LC_ALL", "LC_CTYPE", "TZ", "TMPDIR",
    "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "PYTHONPATH", "PYTHONHOME", "SSL_CERT_FILE",
)  # fmt: skip
_NOT_THEIRS = re.compile(
    r"PATH|HOME|IFS|ENV|BASH_ENV|LD_.*|DYLD_.*|PYTHON(PATH|HOME|STARTUP)|PERL5(LIB|OPT)|RUBY(LIB|OPT)|"
    r"NODE_OPTIONS|JAVA_TOOL_OPTIONS|_JAVA_OPTIONS|LEEBOARD_.*"
)
"""Variables that decide which program runs: who maps the image decides that, not who makes the model."""


def command_line(command: str, *, port: int, model: Path) -> list[str]:
    """The words of a command, cut before anything is put into them.

    >>> command_line("serve --port {port} '{model}/a b'", port=8080, model=Path("/m"))
    ['serve', '--port', '8080', '/m/a b']
    """
    values = {"port": str(port), "model": str(model), "model_dir": str(model)}
    return [_PLACEHOLDER.sub(lambda match: values[match[1]], word) for word in shlex.split(command)]


def check_program(command: str) -> None:
    """Raises a HostingError if the program of a command is not there."""
    program = shlex.split(command)[0]
    if shutil.which(program) is None:
        raise HostingError(
            "no_program",
            f"there is no program {program!r}, which the command {command!r} of the model map begins with: "
            f"looked for it from {Path.cwd()} and on PATH={os.environ.get('PATH', '')}",
        )


def program_environment(spec: ContainerSpec, *, port: int, model: Path) -> dict[str, str]:
    """What every program needs, the container's own variables, and those of SageMaker's contract."""
    return {
        **{name: os.environ[name] for name in _OURS if name in os.environ},
        **allowed(spec.environment),
        "SM_MODEL_DIR": str(model),
        "MODEL_PATH": str(model),
        "PORT": str(port),
        "SAGEMAKER_BIND_TO_PORT": str(port),
        "SAGEMAKER_MULTI_MODEL": str(spec.is_multi_model).lower(),
    }


def allowed(environment: Mapping[str, str]) -> dict[str, str]:
    """The variables that whoever makes a model or a job may set for a program of this machine."""
    return {name: value for name, value in environment.items() if not _NOT_THEIRS.fullmatch(name)}
