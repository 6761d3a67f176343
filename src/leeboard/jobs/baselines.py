"""Baselines as files: a folder, or the files of a monitor by their own URIs."""

from collections.abc import Mapping
from typing import Any

from leeboard.errors import InputError
from leeboard.monitors import MONITORS, StoredFile
from leeboard.storage import exists, is_local, join, local_path, read_bytes

DATA_QUALITY = "data-quality"


def read_baseline(folder: str, monitor: str = DATA_QUALITY) -> Any:
    """The baseline of a monitor in a folder; of its files only the first must be there.

    A URI that ends in `.json` is taken as that first file, with the others beside it.

    Raises:
        NotFoundError: the folder does not hold it.
        FormatError: a file is not what its name says.
        InputError: it is a file with data.
    """
    first, *others = MONITORS.get(monitor).baseline_files
    if folder.endswith(".json"):
        folder, _, file = folder.rpartition("/") if "/" in folder else (".", "/", folder)
        beside = [name for name in others if exists(join(folder, name))]
        uris = {name: join(folder, name) for name in beside}
        return read_baseline_files({first: join(folder, file), **uris}, monitor)
    if is_local(folder) and local_path(folder).is_file():
        raise InputError(
            f"{folder} is a file; a baseline is the folder that `leeboard baseline {folder} --out FOLDER` "
            f"writes, or a {first} file whose name ends in .json"
        )
    there = {name: join(folder, name) for name in others if exists(join(folder, name))}
    return read_baseline_files({first: join(folder, first), **there}, monitor)


def read_baseline_files(uris: Mapping[str, str | None], monitor: str = DATA_QUALITY) -> Any:
    """A baseline from its files by their names.

    Raises:
        InputError: the first of the monitor's files is not among them.
    """
    files = {name: StoredFile(read_bytes(uri), uri) for name, uri in uris.items() if uri}
    if not files:
        wanted = " or ".join(MONITORS.get(monitor).baseline_files)
        raise InputError(f"a baseline needs {wanted}, or both; neither was given")
    return MONITORS.get(monitor).read_baseline(files)
