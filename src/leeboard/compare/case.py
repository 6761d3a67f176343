"""What every check reads: the promises, the data, and the drift that was measured."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from leeboard.compare.pairing import Pair
from leeboard.compare.results import DriftScore
from leeboard.compare.settings import ColumnSettings, settings_of
from leeboard.formats.constraints import Constraints, FeatureConstraints
from leeboard.formats.statistics import FeatureStatistics
from leeboard.profile import ColumnProfile, TableProfile


@dataclass(frozen=True, slots=True)
class Promise:
    """What was promised of one column, and the column."""

    feature: FeatureConstraints
    settings: ColumnSettings
    column: ColumnProfile


@dataclass(frozen=True, slots=True)
class Case:
    """Everything that a check may want to look at."""

    constraints: Constraints
    current: TableProfile
    is_strict: bool = False
    baseline: Mapping[str, FeatureStatistics] = field(default_factory=dict)
    drift: tuple[DriftScore, ...] = ()
    pairs: Mapping[str, Pair] = field(default_factory=dict)

    @property
    def is_evaluated(self) -> bool:
        """The file as a whole is not switched off."""
        config = self.constraints.monitoring_config
        return config is None or config.evaluate_constraints != "Disabled"

    def settings(self, feature: FeatureConstraints) -> ColumnSettings:
        return settings_of(self.constraints, feature, strict=self.is_strict)

    def promises(self) -> Iterator[Promise]:
        """Columns that are there and whose checks are switched on."""
        for feature in self.constraints.features:
            column = self.current.columns.get(feature.name)
            settings = self.settings(feature)
            if column is not None and settings.is_evaluated:
                yield Promise(feature, settings, column)

    def promises_on_values(self) -> Iterator[Promise]:
        """The same without labels, whose live values are another thing than those of the baseline."""
        return (promise for promise in self.promises() if not promise.settings.is_label)
