"""How the values of one feature are spread, in the baseline and in a window, as plain numbers for charts."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from leeboard.formats.statistics import FeatureStatistics

if TYPE_CHECKING:
    from leeboard.report.charts.bars import Bar
    from leeboard.report.charts.bins import Histogram, Side
    from leeboard.report.charts.points import Counted, Points

QUANTILES = {"1%": 0.01, "5%": 0.05, "25%": 0.25, "50%": 0.5, "75%": 0.75, "95%": 0.95, "99%": 0.99}
Kind = Literal["numbers", "values", "nothing"]


@dataclass(frozen=True, slots=True, kw_only=True)
class FeatureNumbers:
    """One side in numbers; None where there is no such number.

    Attributes:
        quantiles: by share, such as `50%`; empty for text.
    """

    type: str
    n_present: int
    n_missing: int
    completeness: float | None
    n_distinct: float | None
    mean: float | None
    std_dev: float | None
    minimum: float | None
    maximum: float | None
    quantiles: dict[str, float]


@dataclass(frozen=True, slots=True)
class BinSide:
    """One side of a histogram: the share of its numbers in each bin, and outside of the axis."""

    shares: list[float]
    below: float
    above: float


@dataclass(frozen=True, slots=True)
class Bins:
    """Both sides in the same bins.

    Attributes:
        edges: values, one more than there are bins.
        is_bent: they are laid out like logarithms, not evenly.
    """

    edges: list[float]
    is_bent: bool
    baseline: BinSide | None
    window: BinSide | None


@dataclass(frozen=True, slots=True)
class ValueShare:
    """One value with its share of the present cells on either side; None: no such side.

    Attributes:
        mark: "new", "gone", "rest" for all values that have no entry of their own, else "".
    """

    value: str
    baseline: float | None
    window: float | None
    mark: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Distribution:
    """One feature, the baseline beside a window.

    Attributes:
        kind: whether `bins` or `values` hold it.
        notes: what is not shown.
    """

    name: str
    kind: Kind
    baseline: FeatureNumbers | None
    window: FeatureNumbers | None
    bins: Bins | None = None
    values: tuple[ValueShare, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FoundFeature:
    """The statistics of a feature, and how many rows their data set has."""

    statistics: FeatureStatistics
    n_rows: int


def distribution(name: str, baseline: FoundFeature | None, window: FoundFeature | None) -> Distribution:
    """Bins for numbers; an entry a value for text, and for numbers of which there are few different ones."""
    from leeboard.report.charts.bars import MOST_BARS, bars
    from leeboard.report.charts.bins import histogram
    from leeboard.report.charts.points import counts_of, numbers_in, points_of

    sides = [found.statistics if found else None for found in (baseline, window)]
    points, counts = [points_of(side) for side in sides], [counts_of(side) for side in sides]
    told = _Told(name, _numbers(baseline), _numbers(window))
    if all(side is None for side in points):
        return told.of_values([_value(bar) for bar in bars(*counts)])
    if _are_few(points, counts, MOST_BARS):
        return told.of_values([_value(bar) for bar in bars(*counts, by_number=True)])
    notes = []
    for i, listed in enumerate(counts):
        if points[i] is None and listed is not None:
            points[i] = numbers_in(listed)
            notes.append(
                f"The {('baseline', 'window')[i]} is text: only its values that are numbers are shown."
            )
    found = histogram(points[0], points[1])
    return told.of_bins(_bins(found) if found else None, notes)


@dataclass(frozen=True, slots=True)
class _Told:
    name: str
    baseline: FeatureNumbers | None
    window: FeatureNumbers | None

    def of_values(self, values: list[ValueShare]) -> Distribution:
        return self._made("values" if values else "nothing", values=tuple(values))

    def of_bins(self, bins: Bins | None, notes: list[str]) -> Distribution:
        return self._made("numbers" if bins else "nothing", bins=bins, notes=tuple(notes))

    def _made(
        self,
        kind: Kind,
        *,
        bins: Bins | None = None,
        values: tuple[ValueShare, ...] = (),
        notes: tuple[str, ...] = (),
    ) -> Distribution:
        return Distribution(
            name=self.name,
            kind=kind,
            baseline=self.baseline,
            window=self.window,
            bins=bins,
            values=values,
            notes=notes,
        )


def _are_few(points: "list[Points | None]", counts: "list[Counted | None]", most: int) -> bool:
    """Whether every numeric side lists all of its values, and together they are few; no side is text."""
    if any((side is None) != (listed is None) for side, listed in zip(points, counts, strict=True)):
        return False
    return len({value for listed in counts if listed for value in listed.counts}) <= most


def _value(bar: "Bar") -> ValueShare:
    return ValueShare(bar.value, bar.baseline, bar.current, bar.mark)


def _bins(found: "Histogram") -> Bins:
    edges = found.scale.values(found.edges).tolist()
    return Bins(edges, bool(found.scale.bend), _side(found.baseline), _side(found.current))


def _side(side: "Side | None") -> BinSide | None:
    return BinSide(side.shares.tolist(), side.below, side.above) if side is not None else None


def _numbers(found: FoundFeature | None) -> FeatureNumbers | None:
    from leeboard.report.charts.points import points_of
    from leeboard.report.figures import common_of, completeness
    from leeboard.report.summaries.numbers import finite

    if found is None:
        return None
    feature, points = found.statistics, points_of(found.statistics)
    common, numeric, text = common_of(feature), feature.numerical_statistics, feature.string_statistics
    return FeatureNumbers(
        type=feature.inferred_type,
        n_present=common.num_present if common else 0,
        n_missing=common.num_missing if common else found.n_rows,
        completeness=completeness(feature, found.n_rows),
        n_distinct=finite(text.distinct_count) if text else None,
        mean=finite(numeric.mean) if numeric else None,
        std_dev=finite(numeric.std_dev) if numeric else None,
        minimum=finite(numeric.min) if numeric else None,
        maximum=finite(numeric.max) if numeric else None,
        quantiles={name: points.quantile(share) for name, share in QUANTILES.items()} if points else {},
    )
