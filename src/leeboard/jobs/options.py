"""What people write on a command line or in a call, as options of a job."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from inspect import signature
from typing import Any, get_args

from leeboard.errors import InputError, UnknownNameError
from leeboard.formats.constraints import DriftSettings
from leeboard.formats.dataset_format import DatasetFormat, Kind
from leeboard.monitors import MONITORS
from leeboard.monitors.data_quality import DataQualitySettings
from leeboard.tables.captured.window import aware
from leeboard.tables.options import ReadOptions

COMPAT = ("default", "strict")
ROLES = ("feature", "label", "prediction", "ignore")


def is_strict(compat: str) -> bool:
    """Whether AWS's defects are to be reproduced."""
    if compat not in COMPAT:
        raise UnknownNameError("compat mode", compat, COMPAT)
    return compat == "strict"


def read_options(
    *,
    kind: str | None = None,
    header: bool | None = None,
    output_columns_position: str = "START",
    start: datetime | str | None = None,
    end: datetime | str | None = None,
    encoding: str | None = None,
    **others: Any,
) -> ReadOptions:
    """How to read data, from words that people use.

    Args:
        kind: `csv`, `json`, `jsonl`, `parquet` or `capture`; None to look.
        header: whether CSV files begin with the names; None to look.
        output_columns_position: `START` or `END`.
        start, end: window, both or neither; times without a zone are UTC.
        encoding: of text files, as Python calls it; None for UTF-8, or UTF-16 with its mark.
        others: fields of `ReadOptions`, taken as they are.
    """
    if kind is not None and kind not in get_args(Kind):
        raise UnknownNameError("data format", kind, get_args(Kind))
    position = output_columns_position.upper()
    if position not in ("START", "END"):
        raise InputError(f"the output columns position is {output_columns_position!r}; expected START or END")
    known = None
    if kind is not None or header is not None:
        known = DatasetFormat(kind or "csv", header is not False)  # type: ignore[arg-type]
    return ReadOptions(
        dataset_format=known,
        window=_window(start, end),
        output_columns_position=position,  # type: ignore[arg-type]
        encoding=_known_encoding(encoding),
        **others,
    )


def _known_encoding(name: str | None) -> str | None:
    try:
        "".encode(name or "utf-8")
    except LookupError:
        raise UnknownNameError("encoding", str(name), ("latin-1", "cp1252", "utf-8", "utf-16")) from None
    return name


def data_quality_settings(
    *,
    label: str | None = None,
    roles: Mapping[str, str] | None = None,
    categorical_drift_method: str = "LInfinity",
    numeric_drift_test: str | None = None,
    categorical_drift_test: str | None = None,
    false_alarm_level: float | None = None,
    effect_floor: float | None = None,
) -> DataQualitySettings:
    """What is wanted of suggested constraints, checked."""
    known = dict(roles or {}) | ({label: "label"} if label else {})
    for role in known.values():
        if role not in ROLES:
            raise UnknownNameError("column role", role, ROLES)
    if categorical_drift_method not in ("LInfinity", "ChiSquared"):
        raise UnknownNameError(
            "categorical drift method", categorical_drift_method, ("LInfinity", "ChiSquared")
        )
    return DataQualitySettings(
        categorical_drift_method=categorical_drift_method,  # type: ignore[arg-type]
        roles=known,
        drift=_drift_settings(
            numeric_drift_test=numeric_drift_test,
            categorical_drift_test=categorical_drift_test,
            false_alarm_level=false_alarm_level,
            effect_floor=effect_floor,
        ),
    )


BUILDERS: Mapping[str, Callable[..., Any]] = {"data-quality": data_quality_settings}
"""Where what people write is not just the fields of the monitor's settings."""


def settings_of(monitor: str, words: Mapping[str, Any]) -> Any:
    """The settings of a monitor, from what was given; None counts as not given.

    Raises:
        InputError: something was given that is not for this monitor.
    """
    build = _builder(monitor)
    given = {name: value for name, value in words.items() if value is not None}
    known = list(signature(build).parameters)
    if strange := [name for name in given if name not in known]:
        others = [each.name for each in MONITORS if strange[0] in signature(_builder(each.name)).parameters]
        hint = f"; it is for {' and '.join(others)}" if others else ""
        raise InputError(
            f"{strange[0].replace('_', ' ')} is not for the monitor {monitor}{hint}. "
            f"What {monitor} takes: {', '.join(name.replace('_', ' ') for name in known)}"
        )
    return build(**given)


def _builder(monitor: str) -> Callable[..., Any]:
    return BUILDERS.get(monitor, MONITORS.get(monitor).settings)


def _drift_settings(**given: Any) -> DriftSettings | None:
    wanted = {name: value for name, value in given.items() if value is not None}
    for kind, words in (("numeric", "numbers"), ("categorical", "text")):
        if (setting := f"{kind}_drift_test") in wanted:
            _check_drift_test(wanted[setting], kind, words)
    for setting in ("false_alarm_level", "effect_floor"):
        if setting in wanted and not 0 <= wanted[setting] <= 1:
            name = setting.replace("_", " ")
            raise InputError(f"the {name} is {wanted[setting]}; expected a number from 0 to 1")
    return DriftSettings(**wanted) if wanted else None


def _check_drift_test(name: str, kind: str, words: str) -> None:
    from leeboard.compare.drift import DRIFT_TESTS

    if kind not in DRIFT_TESTS.get(name).kinds:
        known = ", ".join(sorted(test.name for test in DRIFT_TESTS if kind in test.kinds))
        raise InputError(f"the drift test {name!r} does not read {words}; known: {known}")


def role_pairs(given: Sequence[str]) -> dict[str, str]:
    """`COLUMN=ROLE` texts as a mapping; the last `=` divides, as names may hold some."""
    pairs = {}
    for text in given:
        column, divider, role = text.rpartition("=")
        if not divider or not column:
            raise InputError(f"the role {text!r} does not read COLUMN=ROLE, such as Churn=label")
        pairs[column] = role
    return pairs


def _window(start: datetime | str | None, end: datetime | str | None) -> tuple[datetime, datetime] | None:
    if start is None and end is None:
        return None
    if start is None or end is None:
        given = "end" if start is None else "start"
        raise InputError(f"a window needs a start and an end; only the {given} was given")
    window = read_time(start, "the start of the window"), read_time(end, "the end of the window")
    if window[0] >= window[1]:
        ends, starts = window[1].isoformat(), window[0].isoformat()
        raise InputError(f"the window ends at {ends}, which is not after its start {starts}")
    return window


def read_time(given: datetime | str, what: str) -> datetime:
    """A time that somebody wrote, in UTC; `what` names it in the message if it is none."""
    if isinstance(given, str):
        try:
            given = datetime.fromisoformat(given)
        except ValueError:
            raise InputError(f"{what} is {given!r}; expected a time such as 2022-04-18T00:00:00Z") from None
    return aware(given)
