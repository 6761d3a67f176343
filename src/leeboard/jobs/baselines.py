"""Baselines as files: a folder, or constraints and statistics by their own URIs."""

from leeboard.errors import InputError
from leeboard.formats.reading import read_constraints, read_statistics
from leeboard.monitors import Baseline
from leeboard.storage import exists, is_local, join, local_path, read_bytes

CONSTRAINTS = "constraints.json"
STATISTICS = "statistics.json"


def read_baseline(folder: str) -> Baseline:
    """The baseline in a folder; `statistics.json` may be missing.

    A URI that ends in `.json` is taken as the constraints file, with statistics beside it.

    Raises:
        NotFoundError: the folder holds no `constraints.json`.
        FormatError: a file is not what its name says.
        InputError: it is a file with data.
    """
    if folder.endswith(".json"):
        folder, _, name = folder.rpartition("/") if "/" in folder else (".", "/", folder)
        return read_baseline_files(join(folder, name), _if_there(join(folder, STATISTICS)))
    if is_local(folder) and local_path(folder).is_file():
        raise InputError(
            f"{folder} is a file; a baseline is the folder that `leeboard baseline {folder} --out FOLDER` "
            "writes, or a constraints file whose name ends in .json"
        )
    return read_baseline_files(join(folder, CONSTRAINTS), _if_there(join(folder, STATISTICS)))


def read_baseline_files(constraints: str | None, statistics: str | None) -> Baseline:
    """A baseline from its two files; without statistics everything is checked but drift.

    Raises:
        InputError: there is no constraints file.
    """
    if constraints is None and statistics is None:
        raise InputError("a baseline needs a constraints file, a statistics file, or both; neither was given")
    known = read_statistics(read_bytes(statistics), statistics) if statistics else None
    if constraints is None:
        raise InputError(
            f"no constraints file was given beside {statistics}; leave the baseline out to suggest one"
        )
    return Baseline(read_constraints(read_bytes(constraints), constraints), known)


def _if_there(uri: str) -> str | None:
    return uri if exists(uri) else None
