"""The traffic of the demo's endpoint: flights sent to the model hour by hour, as capture records."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from uuid import UUID

import numpy as np
import polars as pl

from leeboard.capture.record import capture_record
from leeboard.cli.demo.damage import PLAN, Damage
from leeboard.cli.demo.flights import FEATURES, is_late
from leeboard.cli.demo.model import LateModel
from leeboard.formats.capture import CaptureRecord
from leeboard.storage.layout import HOUR, hour_of

FLIGHTS_AN_HOUR = 1_500
SHARE_JOINING_A_REQUEST = 0.15
"""Share of the flights that come in the same request as the flight before them."""
SHARE_WITH_INFERENCE_ID = 0.3


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a flight.

    Attributes:
        air_time_min: how long it flew.
    """

    is_late: bool
    air_time_min: int


@dataclass(frozen=True, slots=True)
class DemoHour:
    """What the endpoint captured within one hour.

    Attributes:
        start_at: the full hour at which it begins, UTC.
        records: one a request, in order of time.
        outcomes: of the flights of each record; None for one that never arrived.
        damages: what had happened to the flights before they reached the endpoint, or after.
    """

    start_at: datetime
    records: list[CaptureRecord]
    outcomes: list[list[Outcome | None]]
    damages: tuple[Damage, ...]


def make_traffic(
    model: LateModel,
    live: pl.DataFrame,
    *,
    start: datetime,
    seed: int,
    plan: Sequence[tuple[Damage, ...]] = PLAN,
    flights_an_hour: int = FLIGHTS_AN_HOUR,
) -> Iterator[DemoHour]:
    """One hour for each entry of the plan; no flight is sent twice.

    Args:
        model: what answers the requests.
        live: features and outcomes of the flights to send, in the order in which they are sent.
        start: aware; the first hour is the one that it falls in.
        seed: of the sizes of hours and requests, their times and their ids.
        plan: the damages of each hour.
        flights_an_hour: on average; an hour has up to a fifth more or less.
    """
    rng = np.random.default_rng(seed)
    start_at = hour_of(start)
    for damages in plan:
        n_flights = round(flights_an_hour * rng.uniform(0.8, 1.2))
        arrived = _damaged(live.head(n_flights), damages)
        requests = _requests(arrived.height, rng)
        records = _records(model, arrived.select(FEATURES), requests, start_at, rng)
        outcomes = _outcomes(arrived)
        yield DemoHour(start_at, records, [outcomes[lines] for lines in requests], damages)
        live = live.slice(n_flights)
        start_at += HOUR


def _damaged(flights: pl.DataFrame, damages: Sequence[Damage]) -> pl.DataFrame:
    for damage in damages:
        flights = damage.apply(flights)
    return flights


def _records(
    model: LateModel,
    flights: pl.DataFrame,
    requests: list[slice],
    start_at: datetime,
    rng: np.random.Generator,
) -> list[CaptureRecord]:
    inputs = flights.write_csv(include_header=False).splitlines(keepends=True)
    outputs = [f"{score:.4f}\n" for score in model.score(flights)]
    seconds = np.sort(rng.integers(3600, size=len(requests))).tolist()
    return [
        capture_record(
            "".join(inputs[lines]),
            "".join(outputs[lines]),
            at=start_at + timedelta(seconds=second),
            event_id=str(UUID(bytes=rng.bytes(16), version=4)),
            inference_id=_inference_id(start_at, lines.start, rng),
        )
        for lines, second in zip(requests, seconds, strict=True)
    ]


def _outcomes(flights: pl.DataFrame) -> list[Outcome | None]:
    return [
        None if late is None or minutes is None else Outcome(bool(late), minutes)
        for late, minutes in flights.select(is_late(), "air_time").rows()
    ]


def _requests(n_flights: int, rng: np.random.Generator) -> list[slice]:
    """The lines of each request: most hold one, some a few."""
    begins = rng.random(n_flights) >= SHARE_JOINING_A_REQUEST
    begins[:1] = True
    return [slice(first, end) for first, end in pairwise([*np.flatnonzero(begins).tolist(), n_flights])]


def _inference_id(start_at: datetime, n_before: int, rng: np.random.Generator) -> str | None:
    """An id of the caller's own, which only some callers send."""
    return f"desk-{start_at:%Y%m%d%H}-{n_before}" if rng.random() < SHARE_WITH_INFERENCE_ID else None
