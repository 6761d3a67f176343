"""The model of the demo: will this flight arrive late?"""

import io
import json
import tarfile
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Self

import numpy as np
import numpy.typing as npt
import polars as pl

from leeboard.cli.demo.flights import CATEGORIES, FEATURES, LABEL
from leeboard.errors import InputError, MissingExtraError

FILE = "model.json"
_NUMBERS = tuple(name for name in FEATURES if name not in CATEGORIES)
_MAX_ROUNDS = 500


@dataclass(frozen=True, slots=True)
class LateModel:
    """A trained logistic regression, as numbers that a file can hold without any code.

    Attributes:
        levels: the values of each string feature that the model knows.
        means, scales: what is taken off each input and what it is then divided by.
        weights, intercept: of the inputs so scaled.
    """

    levels: dict[str, list[str]]
    means: list[float]
    scales: list[float]
    weights: list[float]
    intercept: float

    def score(self, flights: pl.DataFrame) -> npt.NDArray[np.float64]:
        """Probability that each flight is late. What the model cannot read counts as average."""
        inputs = _scaled(encode(flights, self.levels), self.means, self.scales)
        odds: npt.NDArray[np.float64] = inputs @ np.array(self.weights) + self.intercept
        return (1 + np.tanh(odds / 2)) / 2

    def archive(self) -> bytes:
        """The model as a model.tar.gz."""
        content = json.dumps(asdict(self)).encode()
        packed = io.BytesIO()
        with tarfile.open(fileobj=packed, mode="w:gz") as archive:
            member = tarfile.TarInfo(FILE)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
        return packed.getvalue()

    @classmethod
    def load(cls, folder: Path) -> Self:
        """From the folder that such an archive was unpacked into."""
        return cls(**json.loads((folder / FILE).read_bytes()))


def train(training: pl.DataFrame, *, seed: int) -> LateModel:
    """Learns from flights that have arrived: the label and the features.

    Raises:
        MissingExtraError: scikit-learn is not installed.
    """
    levels = {name: training[name].unique().sort().to_list() for name in CATEGORIES}
    inputs = encode(training, levels)
    means, deviations = inputs.mean(axis=0).tolist(), inputs.std(axis=0).tolist()
    scales = [deviation or 1.0 for deviation in deviations]
    classifier = _untrained(seed)
    with _one_thread():
        classifier.fit(_scaled(inputs, means, scales), training[LABEL].to_numpy())
    weights, intercept = classifier.coef_[0].tolist(), float(classifier.intercept_[0])
    return LateModel(levels, means, scales, weights, intercept)


def encode(flights: pl.DataFrame, levels: dict[str, list[str]]) -> npt.NDArray[np.float64]:
    """One row of numbers a flight: a flag for each level, then the numbers, NaN where there is none."""
    flags = [
        (pl.col(name).cast(pl.String) == level).fill_null(False).cast(pl.Float64).alias(f"{name} {level}")
        for name, known in levels.items()
        for level in known
    ]
    return flights.select(*flags, pl.col(_NUMBERS).cast(pl.Float64, strict=False)).to_numpy()


def read_flights(csv: bytes) -> pl.DataFrame:
    """Flights as a request has them: the features with commas between them, one flight a line.

    Raises:
        InputError: that is not what it is.
    """
    expected = f"expected lines of {len(FEATURES)} cells: {','.join(FEATURES)}"
    try:
        flights = pl.read_csv(csv, has_header=False, schema=dict.fromkeys(FEATURES, pl.String))
    except pl.exceptions.PolarsError as error:
        raise InputError(expected) from error
    if flights.is_empty():
        raise InputError(expected)
    return flights


def _scaled(
    inputs: npt.NDArray[np.float64], means: list[float], scales: list[float]
) -> npt.NDArray[np.float64]:
    scaled: npt.NDArray[np.float64] = (inputs - np.array(means)) / np.array(scales)
    return np.nan_to_num(scaled, nan=0.0)


def _untrained(seed: int) -> Any:
    try:
        from sklearn.linear_model import LogisticRegression
    except ModuleNotFoundError:
        raise MissingExtraError("scikit-learn", "demo", "the demo") from None
    return LogisticRegression(max_iter=_MAX_ROUNDS, random_state=seed)


def _one_thread() -> AbstractContextManager[Any]:
    """Holds scikit-learn to one thread: on a busy machine its others spend seconds waiting for each other."""
    from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

    limits: AbstractContextManager[Any] = threadpool_limits(1)
    return limits
