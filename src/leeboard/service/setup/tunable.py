"""What can be tuned of a schedule: the settings of its constraints and of its analysis configuration."""

import json
from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any, Literal

from leeboard.service.refusals import InvalidRequestError

Kind = Literal["number", "share", "choice", "flag", "texts"]
Edits = Mapping[str, Mapping[str, Any]]
"""New values by subject and key of a setting; None takes a value away."""
FILE = ""
"""The subject of settings that are the whole file's."""
MOST_TEXTS = 20_000


@dataclass(frozen=True, slots=True)
class Setting:
    """One value that may be changed.

    Attributes:
        usual: what holds where there is no value of its own, in words.
        choices: of a `choice`: (value, in words).
    """

    key: str
    label: str
    kind: Kind
    value: Any = None
    usual: str = ""
    choices: tuple[tuple[str, str], ...] = ()
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """What is promised about one thing: a feature, a measure, a group; or of the whole file."""

    subject: str
    settings: tuple[Setting, ...]
    group: str = ""

    def setting(self, key: str) -> Setting | None:
        return next((one for one in self.settings if one.key == key), None)


@dataclass(frozen=True, slots=True)
class Documents:
    """The files that decide, parsed; {} for one that there is not.

    Attributes:
        statistics_uri: of the baseline; "" for none.
    """

    constraints: dict[str, Any] = field(default_factory=dict)
    config: dict[str, Any] = field(default_factory=dict)
    constraints_uri: str = ""
    config_uri: str = ""
    statistics_uri: str = ""
    is_strict: bool = False

    def copy(self) -> "Documents":
        """One that may be changed."""
        return Documents(
            deepcopy(self.constraints), deepcopy(self.config), self.constraints_uri, self.config_uri,
            self.statistics_uri, self.is_strict,
        )  # fmt: skip


Broken = tuple[str, str]
"""Subject and check of a violation."""


@dataclass(frozen=True, slots=True)
class Judged:
    """What one window breaks.

    Attributes:
        values: numbers that limits are held against, by subject.
    """

    broken: frozenset[Broken]
    values: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Tunable:
    """How one kind of monitor is tuned.

    Attributes:
        columns: keys and titles of the table.
        files: names of a window's result files that judging reads.
        covers: which checks a preview makes, in words.
        limit: key of the setting that a suggestion is for; "" for none.
    """

    monitoring_type: str
    noun: str
    columns: tuple[tuple[str, str], ...]
    file: str
    covers: str
    rows: Callable[[Documents], list[Row]]
    change: Callable[[Documents, str, str, Any], None]
    judge: Callable[[Documents, bytes, str], Judged]
    limit: str = ""
    suggest: Callable[[list[float], Row], float | None] = lambda values, row: None


def edited(tunable: Tunable, documents: Documents, edits: Edits) -> Documents:
    """The documents with the edits in them; the given ones stay as they are.

    Raises:
        InvalidRequestError: an edit is of something that is not there.
        LeeboardError: a value is none of its kind.
    """
    changed = documents.copy()
    known = {row.subject: row for row in tunable.rows(documents)}
    for subject, values in edits.items():
        row = known.get(subject)
        if row is None:
            raise InvalidRequestError(f"the constraints have no {tunable.noun} {subject[:80]!r}")
        for key, value in values.items():
            setting = row.setting(key)
            if setting is None:
                raise InvalidRequestError(f"{subject[:80] or 'the file'} has no setting {key[:40]!r}")
            tunable.change(changed, subject, key, value)
    return changed


def differing(tunable: Tunable, documents: Documents, edits: Edits) -> dict[str, dict[str, Any]]:
    """The edits without those that say what is so already."""
    known = {row.subject: row for row in tunable.rows(documents)}
    kept: dict[str, dict[str, Any]] = {}
    for subject, values in edits.items():
        for key, value in values.items():
            setting = known[subject].setting(key) if subject in known else None
            if setting is not None and not _same(setting.value, value):
                kept.setdefault(subject, {})[key] = value
    return kept


def _same(one: Any, other: Any) -> bool:
    return bool(one == other) or (_is_empty(one) and _is_empty(other))


def _is_empty(value: Any) -> bool:
    return value is None or value in ("", [])


def put(document: dict[str, Any], path: tuple[str, ...], value: Any) -> None:
    """Set a value deep in a document; None takes it away."""
    for key in path[:-1]:
        document = document.setdefault(key, {})
    if value is None:
        document.pop(path[-1], None)
    else:
        document[path[-1]] = value


def get(document: Mapping[str, Any], *path: str) -> Any:
    """A value deep in a document; None where there is none."""
    found: Any = document
    for key in path:
        found = found.get(key) if isinstance(found, Mapping) else None
    return found


def written(document: Mapping[str, Any]) -> bytes:
    """As a file."""
    return (json.dumps(document, indent=2, ensure_ascii=False) + "\n").encode()
