"""The metric files of a job: JSON Lines, or one JSON document of an object or a list."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from io import StringIO
from math import isfinite
from typing import Any

from leeboard.errors import InputError
from leeboard.jobs.places import METRICS
from leeboard.jobs.runners.layout import on_disk
from leeboard.jobs.runners.order import Log, ProcessingOrder
from leeboard.jobs.runners.outputs import files_below, read_file
from leeboard.jobs.scripts.process import size_text

_MOST_BYTES = 16 << 20
"""Of all files of a job: the job is a stranger, and who reads them is the server."""
_MOST_METRICS = 50_000
_SHOWN = 3
_STATISTICS = {"SampleCount", "Sum", "Minimum", "Maximum"}
_KEYS = ("MetricName", "Timestamp", "Dimensions", "Value", "StatisticValues", "Unit")


def read_metrics(order: ProcessingOrder, log: Log) -> list[dict[str, Any]]:
    """The metrics that can be used; the others are counted in the log."""
    metrics: list[dict[str, Any]] = []
    faults = _Faults()
    for name, found in _objects(order, faults):
        if len(metrics) == _MOST_METRICS:
            log(f"only the first {_MOST_METRICS} metrics are taken")
            break
        fault = _fault(found)
        if fault:
            faults.add(f"{name}: {fault}")
        else:
            metrics.append({key: found[key] for key in _KEYS if found.get(key) is not None})
    faults.tell(log)
    return metrics


@dataclass(slots=True)
class _Faults:
    """What is wrong with metrics: the first, and how many there are."""

    shown: list[str] = field(default_factory=list)
    n: int = 0

    def add(self, fault: str) -> None:
        self.n += 1
        if len(self.shown) < _SHOWN:
            self.shown.append(fault)

    def tell(self, log: Log) -> None:
        for fault in self.shown:
            log(f"metric left out: {fault}")
        if self.n > len(self.shown):
            log(f"{self.n} metrics were left out in all")


def _objects(order: ProcessingOrder, faults: _Faults) -> Iterator[tuple[str, Any]]:
    left_bytes = _MOST_BYTES
    for file in files_below(order, on_disk(order, METRICS)):
        try:
            read = read_file(file, left_bytes + 1)
        except InputError as error:
            faults.add(str(error))
            continue
        left_bytes -= len(read)
        if left_bytes < 0:
            faults.add(f"{file.name}: with it, the metric files have more than {size_text(_MOST_BYTES)}")
            return
        for found in _documents(read.decode("utf-8", "replace")):
            yield file.name, found


def _documents(text: str) -> Iterator[Any]:
    try:
        whole = json.loads(text)
    except (ValueError, RecursionError):
        yield from (_line(line) for line in StringIO(text) if line.strip())
    else:
        yield from whole if isinstance(whole, list) else [whole]


def _line(line: str) -> Any:
    try:
        return json.loads(line)
    except (ValueError, RecursionError):
        return line[:80]


def _fault(found: Any) -> str:
    """Why it is no metric; empty if it is one."""
    if not isinstance(found, dict):
        return f"{str(found)[:80]!r} is no JSON object"
    name = found.get("MetricName")
    if not isinstance(name, str) or not 1 <= len(name) <= 255:
        return f"MetricName is {str(name)[:80]!r}; expected a text of 1 to 255 characters"
    value, sums = found.get("Value"), found.get("StatisticValues")
    if (value is None) == (sums is None):
        return f"{name} needs either Value or StatisticValues"
    if value is not None and not _is_number(value):
        return f"the Value of {name} is {str(value)[:80]!r}; expected a number"
    if sums is not None and not _are_statistics(sums):
        return f"the StatisticValues of {name} need numbers as SampleCount, Sum, Minimum and Maximum"
    return _fault_of_the_rest(name, found)


def _fault_of_the_rest(name: str, found: dict[str, Any]) -> str:
    if not _is_time(found.get("Timestamp")):
        return f"the Timestamp of {name} is no time such as 2022-04-18T00:00:00Z"
    if not all(_is_dimension(one) for one in _list(found.get("Dimensions"))):
        return f"the Dimensions of {name} are no list of Name and Value"
    unit = found.get("Unit")
    return "" if unit is None or isinstance(unit, str) else f"the Unit of {name} is no text"


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and isfinite(value)


def _are_statistics(sums: Any) -> bool:
    return (
        isinstance(sums, dict)
        and sums.keys() >= _STATISTICS
        and all(_is_number(sums[key]) for key in _STATISTICS)
    )


def _is_time(given: Any) -> bool:
    if given is None:
        return True
    try:
        return isinstance(given, str) and bool(datetime.fromisoformat(given))
    except ValueError:
        return False


def _list(given: Any) -> list[Any]:
    return given if isinstance(given, list) else [] if given is None else [given]


def _is_dimension(one: Any) -> bool:
    return isinstance(one, dict) and all(isinstance(one.get(key), str) for key in ("Name", "Value"))
