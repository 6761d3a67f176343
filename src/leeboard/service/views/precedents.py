"""What earlier schedules and baselines say that a new schedule could say too."""

import json
from collections.abc import Sequence

from sqlalchemy import Connection, select

from leeboard.errors import LeeboardError
from leeboard.service.arns import SCHEDULE
from leeboard.service.monitor import Monitor
from leeboard.service.views.baselines import Baseline, baselines
from leeboard.service.views.watching import SCHEDULES, monitors
from leeboard.service.window_files import read_whole
from leeboard.state.tables import resources

N_USUAL = 8
"""Schedules of an endpoint that are asked; the latest."""
MOST_READ = 4
"""Files of constraints."""
MOST_CONSTRAINTS_BYTES = 4 << 20
MOST_COLUMNS = 40
"""More are no text for a field."""


def usual(connection: Connection, endpoint: str) -> dict[str, str]:
    """Fields that any schedule has, as the latest one of an endpoint has them that says something."""
    told: dict[str, str] = {}
    for monitor in reversed(_latest(connection, endpoint)):
        source = monitor.source
        given = {
            "output": monitor.output_uri,
            "role": monitor.role,
            "labels": monitor.labels_uri if monitor.merges else "",
            "problem": monitor.application.get("ProblemType", ""),
            "inference": source.get("InferenceAttribute", ""),
            "probability": source.get("ProbabilityAttribute", ""),
            "threshold": source.get("ProbabilityThresholdAttribute", ""),
            "features": source.get("FeaturesAttribute", ""),
        }
        told |= {name: str(value) for name, value in given.items() if value not in ("", None)}
    return told


def _latest(connection: Connection, endpoint: str) -> list[Monitor]:
    """What the endpoint's latest schedules monitor, the latest first: two queries."""
    if not endpoint:
        return []
    c = resources.c
    query = select(c.id).where(c.kind == SCHEDULE, c.endpoint == endpoint).order_by(c.id.desc())
    numbers = list(connection.execute(query.limit(N_USUAL)).scalars())
    found = monitors(connection, SCHEDULES.c.id.in_(numbers))
    return [monitor for number in numbers if (monitor := found.get(number)) is not None]


def known_baselines(connection: Connection, endpoint: str) -> list[Baseline]:
    """Those that are done: an endpoint's own before others, the latest first."""
    found = [one for one in baselines(connection) if one.status in ("", "Completed")]
    return sorted(found, key=lambda one: (not is_of(one, endpoint), -_made(one)))


def _made(one: Baseline) -> float:
    return one.made_at.timestamp() if one.made_at else 0.0


def is_of(one: Baseline, endpoint: str) -> bool:
    """Whether a schedule of the endpoint uses it."""
    return bool(endpoint) and any(name == endpoint for _, name in one.schedules)


def columns_of(known: Sequence[Baseline]) -> tuple[tuple[str, ...], str]:
    """Features and label of the latest baseline of data quality that knows its label, else of the latest."""
    files = [one.constraints for one in known if one.monitoring_type == "DataQuality"]
    found = [_columns(uri) for uri in files[:MOST_READ]]
    return next((one for one in found if one[1]), found[0] if found else ((), ""))


def _columns(uri: str) -> tuple[tuple[str, ...], str]:
    """Names of the features in a file of constraints, and that of the label; nothing of what is none."""
    try:
        document = json.loads(read_whole(uri, most_bytes=MOST_CONSTRAINTS_BYTES))
        roles = {one["name"]: (one.get("leeboard") or {}).get("role") for one in document["features"]}
    except (LeeboardError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return (), ""
    label = next((name for name, role in roles.items() if role == "label"), "")
    kept = tuple(name for name, role in roles.items() if role in (None, "feature"))
    return (kept if len(kept) <= MOST_COLUMNS else ()), label
