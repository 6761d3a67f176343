"""What became of the flights, as ground truth: it comes hours after the model was asked."""

import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime

from leeboard.cli.demo.clients import Clients
from leeboard.cli.demo.traffic import DemoHour, Outcome
from leeboard.formats.capture import CaptureRecord
from leeboard.storage.layout import HOUR, hour_folder

LABELS_COME_AFTER_H = (1, 2)
LONG_FLIGHT_MIN = 180
"""A flight that takes longer has landed in the second hour after its departure, others in the first."""


def put_labels(clients: Clients, hours: Sequence[DemoHour]) -> int:
    """File the labels that have come by the last of these hours; gives their number."""
    filed: defaultdict[datetime, list[str]] = defaultdict(list)
    for hour in hours:
        for collected_at, label in labels_of(hour):
            if collected_at <= hours[-1].start_at:
                filed[collected_at].append(label)
    for collected_at, labels in filed.items():
        clients.put(hour_folder("labels", at=collected_at) + "/flights.jsonl", "".join(labels).encode())
    return sum(map(len, filed.values()))


def labels_of(hour: DemoHour) -> Iterator[tuple[datetime, str]]:
    """The labels of an hour's requests as lines, with the hours in which they are collected.

    A request of several flights has its label when the first have landed, and once more when all have.
    """
    for after_h in LABELS_COME_AFTER_H:
        for record, outcomes in zip(hour.records, hour.outcomes, strict=True):
            if any(_lands_after_h(one) == after_h for one in outcomes):
                known = [one if _lands_after_h(one) <= after_h else None for one in outcomes]
                yield hour.start_at + after_h * HOUR, _line(record, known)


def _lands_after_h(outcome: Outcome | None) -> float:
    if outcome is None:
        return float("inf")
    return LABELS_COME_AFTER_H[outcome.air_time_min > LONG_FLIGHT_MIN]


def _line(record: CaptureRecord, outcomes: Sequence[Outcome | None]) -> str:
    """One label, under the id that a label is looked for by."""
    late = [None if one is None else int(one.is_late) for one in outcomes]
    is_one = len(late) == 1
    truth = {"data": str(late[0]) if is_one else json.dumps(late), "encoding": "CSV" if is_one else "JSON"}
    metadata = record.eventMetadata
    label = {
        "groundTruthData": truth,
        "eventMetadata": {"eventId": metadata.inferenceId or metadata.eventId},
        "eventVersion": "0",
    }
    return json.dumps(label) + "\n"
