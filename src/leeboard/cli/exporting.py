"""Writes the files for Prometheus and Grafana that leeboard ships."""

import re
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

from leeboard.errors import InputError

SHIPPED = (
    "rules.yml",
    "prometheus.yml",
    "alertmanager.yml",
    "grafana/fleet.json",
    "grafana/endpoint.json",
    "grafana/operations.json",
)
TARGETS = {"target": "127.0.0.1:7070", "alertmanager": "127.0.0.1:9093"}
EXAMPLE_FILE = "/etc/prometheus/leeboard-token"
COMMENTED = f'    # authorization:\n    #   credentials_file: "{EXAMPLE_FILE}"\n'
_PLACE = re.compile(r"[A-Za-z0-9._\-\[\]:]+:\d{1,5}")


def shipped(name: str) -> str:
    """The text of one of the files."""
    return files("leeboard.cli").joinpath("metrics_files", name).read_text("utf-8")


def export_files(
    folder: str, *, target: str, alertmanager: str, token_file: str | None = None, force: bool = False
) -> Iterator[Path]:
    """Write all of them; gives each as it is written.

    Args:
        token_file: where Prometheus finds the token that the server asks for; None if it asks for none.

    Raises:
        InputError: a place is none, or a file was changed and is not to be written over.
    """
    texts = {
        Path(folder) / name: _placed(shipped(name), target=target, alertmanager=alertmanager)
        for name in SHIPPED
    }
    if token_file is not None:
        file = Path(folder) / "prometheus.yml"
        texts[file] = _with_token(texts[file], token_file)
    changed = [file for file, text in texts.items() if file.exists() and file.read_text("utf-8") != text]
    if changed and not force:
        names = ", ".join(map(str, changed))
        raise InputError(f"{names} would be written over; give --force to do so, or another folder")
    for file, text in texts.items():
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, "utf-8")
        except OSError as error:
            raise InputError(f"{file} cannot be written: {error}") from error
        yield file


def _placed(text: str, **places: str) -> str:
    for name, place in places.items():
        if not _PLACE.fullmatch(place):
            raise InputError(f"--{name} is {place!r}; expected HOST:PORT, such as {TARGETS[name]}")
        text = text.replace(f'"{TARGETS[name]}"', f'"{place}"')
    return text


def _with_token(text: str, file: str) -> str:
    """The lines that are in the example as a comment; Prometheus takes a path as seen from its file."""
    if not file.isprintable() or not file or set(file) & set('"\\'):
        raise InputError(f"--token-file is {file[:200]!r}; expected the path of a file")
    before, _, after = text.partition(COMMENTED)
    return before + COMMENTED.replace("# ", "").replace(EXAMPLE_FILE, file) + after
