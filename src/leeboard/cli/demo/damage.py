"""Things that happen to the data of a model in production, and the hours of the demo in which they do."""

from collections.abc import Callable
from dataclasses import dataclass

import polars as pl

KM_IN_A_MILE = 1.609344
MINUTES_IN_AN_HOUR = 60
HEADWIND_MIN = 15


@dataclass(frozen=True, slots=True)
class Damage:
    """Something that went wrong upstream of the model, or in the world that it knows.

    Attributes:
        name: a short name.
        story: what happened, in plain words.
        columns: where it happened; columns that depend on these may move with them.
        apply: what was sent -> what arrived. Rows are in random order, so "every eighth" is a random eighth.
    """

    name: str
    story: str
    columns: tuple[str, ...]
    apply: Callable[[pl.DataFrame], pl.DataFrame]


def _in_kilometres(flights: pl.DataFrame) -> pl.DataFrame:
    return flights.with_columns((pl.col("distance") * KM_IN_A_MILE).round().cast(pl.Int32))


def _in_celsius(flights: pl.DataFrame) -> pl.DataFrame:
    return flights.with_columns(((pl.col("temperature") - 32) / 1.8).round(1))


def _without_humidity(flights: pl.DataFrame) -> pl.DataFrame:
    return flights.with_columns(humidity=pl.lit(None, dtype=pl.Float64))


def _with_gaps_in_wind(flights: pl.DataFrame) -> pl.DataFrame:
    return flights.with_columns(wind_speed=pl.when(_every(8).not_()).then("wind_speed"))


def _with_new_carrier_code(flights: pl.DataFrame) -> pl.DataFrame:
    return flights.with_columns(pl.col("carrier").replace("B6", "JBU"))


def _with_text_for_delay(flights: pl.DataFrame) -> pl.DataFrame:
    as_text = pl.col("departure_delay").cast(pl.String)
    return flights.with_columns(departure_delay=pl.when(_every(20)).then(pl.lit("n/a")).otherwise(as_text))


def _from_kennedy_only(flights: pl.DataFrame) -> pl.DataFrame:
    return flights.filter(pl.col("origin") == "JFK")


def _without_delays_of_laguardia(flights: pl.DataFrame) -> pl.DataFrame:
    is_there = pl.col("origin") != "LGA"
    return flights.with_columns(departure_delay=pl.when(is_there).then("departure_delay"))


def _delays_in_hours(flights: pl.DataFrame) -> pl.DataFrame:
    return flights.with_columns((pl.col("departure_delay") / MINUTES_IN_AN_HOUR).round().cast(pl.Int32))


def _longer_in_the_air(flights: pl.DataFrame) -> pl.DataFrame:
    return flights.with_columns(pl.col("arrival_delay") + HEADWIND_MIN)


def _every(n: int) -> pl.Expr:
    return pl.int_range(pl.len()) % n == 0


KILOMETRES = Damage(
    "kilometres",
    "The route service now sends distances in kilometres, not miles.",
    ("distance",),
    _in_kilometres,
)
CELSIUS = Damage(
    "celsius",
    "A new weather feed gives the temperature in Celsius, not Fahrenheit.",
    ("temperature",),
    _in_celsius,
)
LOST_HUMIDITY = Damage(
    "lost humidity",
    "The humidity field was renamed upstream: it arrives empty.",
    ("humidity",),
    _without_humidity,
)
GAPS_IN_WIND = Damage(
    "gaps in wind speed",
    "Calls to the wind sensor time out: one value in eight is missing.",
    ("wind_speed",),
    _with_gaps_in_wind,
)
NEW_CARRIER_CODE = Damage(
    "new carrier code",
    "One airline switched to three-letter codes: JBU for B6.",
    ("carrier",),
    _with_new_carrier_code,
)
TEXT_FOR_DELAY = Damage(
    "text for a number",
    "One departure delay in twenty is 'n/a' instead of a number.",
    ("departure_delay",),
    _with_text_for_delay,
)
KENNEDY_ONLY = Damage(
    "one airport",
    "Newark and LaGuardia stopped sending: all flights leave from Kennedy.",
    ("origin",),
    _from_kennedy_only,
)

LAGUARDIA_SILENT = Damage(
    "one airport's delays",
    "LaGuardia stopped sending its departure delays.",
    ("departure_delay",),
    _without_delays_of_laguardia,
)
HEADWIND = Damage(
    "headwind",
    f"A headwind that no feature knows of: all flights land {HEADWIND_MIN} minutes later.",
    ("arrival_delay",),
    _longer_in_the_air,
)
DELAY_IN_HOURS = Damage(
    "hours",
    "A new departure system counts delays in hours, not minutes.",
    ("departure_delay",),
    _delays_in_hours,
)

PLAN: tuple[tuple[Damage, ...], ...] = (
    (),
    (),
    (KILOMETRES, NEW_CARRIER_CODE),
    (LAGUARDIA_SILENT,),
    (HEADWIND,),
    (DELAY_IN_HOURS,),
    (CELSIUS, LOST_HUMIDITY, TEXT_FOR_DELAY),
    (KENNEDY_ONLY, GAPS_IN_WIND),
)
"""The damages of the last hours of the demo; the first of them are clean, as all before."""


def planned(n_hours: int) -> tuple[tuple[Damage, ...], ...]:
    """The damages of so many hours, of which the last are those of the plan."""
    return ((),) * (n_hours - len(PLAN)) + PLAN


DAMAGES: tuple[Damage, ...] = tuple(damage for hour in PLAN for damage in hour)
