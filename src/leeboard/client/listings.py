"""The variables as a shell, Docker, a notebook or a program takes them."""

import json
import shlex
from collections.abc import Callable, Mapping, Sequence

from leeboard.client.environment import HOOK

LOOPBACK = ("127.0.0.1", "localhost", "[::1]")
DOCKER_HOST = "host.docker.internal"
FILES_OF_HOST = ("SAGEMAKER_ADMIN_CONFIG_OVERRIDE", "PYTHONPATH")  # a container does not see them


def shell(settings: Mapping[str, str], removed: Sequence[str]) -> str:
    """Lines for `eval` in sh, bash and zsh."""
    lines = [f"unset {' '.join(removed)}"] if removed else []
    return "\n".join(lines + [f"export {name}={shlex.quote(value)}" for name, value in settings.items()])


def docker(settings: Mapping[str, str], removed: Sequence[str]) -> str:
    """A file for `docker run --env-file`, which takes values as they stand."""
    seen = {name: _in_container(value) for name, value in settings.items() if name not in FILES_OF_HOST}
    lines = []
    if any(value != settings[name] for name, value in seen.items()):
        lines += [
            f"# {DOCKER_HOST} is the host as a container sees it. On Linux: docker run",
            f"# --add-host={DOCKER_HOST}:host-gateway, and a server that listens where containers reach it.",
        ]
    if "PYTHONPATH" in settings:
        lines += [
            "# The SageMaker SDKs need a hook for their hard-coded STS address: docker run",
            f"# --volume={HOOK}:/leeboard-hook:ro --env=PYTHONPATH=/leeboard-hook",
        ]
    return "\n".join(lines + [f"{name}={value}" for name, value in seen.items()])


def notebook(settings: Mapping[str, str], removed: Sequence[str]) -> str:
    """A cell to run before boto3 or the SDK makes its first client."""
    lines = ["import os", ""]
    lines += [f"for name in {list(removed)!r}:", "    os.environ.pop(name, None)"] if removed else []
    pairs = [f"    {name!r}: {value!r}," for name, value in settings.items()]
    lines += ["os.environ.update({", *pairs, "})"]
    if (
        "PYTHONPATH" in settings
    ):  # this interpreter has started, so what others find on their path it is given here
        lines += [
            f"hook = {str(HOOK / 'sitecustomize.py')!r}",
            "if os.path.exists(hook):",
            "    with open(hook) as file:",
            "        code = compile(file.read(), hook, 'exec')",
            "    exec(code, {'__name__': 'leeboard_hook', '__file__': hook})",
        ]
    return "\n".join(lines)


def as_json(settings: Mapping[str, str], removed: Sequence[str]) -> str:
    """One object; variables to remove are null."""
    return json.dumps(dict(settings) | dict.fromkeys(removed), indent=2)


LISTINGS: dict[str, Callable[[Mapping[str, str], Sequence[str]], str]] = {
    "shell": shell,
    "docker": docker,
    "notebook": notebook,
    "json": as_json,
}


def _in_container(value: str) -> str:
    """An address on this machine's loopback, as a container reaches it."""
    for host in LOOPBACK:
        if value.startswith((f"http://{host}", f"https://{host}")):
            return value.replace(host, DOCKER_HOST, 1)
    return value
