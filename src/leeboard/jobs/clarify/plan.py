"""From the configuration of a Clarify job to the monitors that run, on which data, with which model."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import polars as pl

from leeboard.errors import InputError
from leeboard.formats.analysis_config import AnalysisConfig
from leeboard.jobs.clarify.background import background_of
from leeboard.jobs.clarify.columns import features_of, with_names
from leeboard.jobs.clarify.configuration import ATTRIBUTION, BIAS, with_bias_methods
from leeboard.jobs.clarify.documents import frame_by_path, is_by_path
from leeboard.jobs.clarify.predicted import PredictedTable
from leeboard.jobs.clarify.predictor import FeaturesModel, ModelSource
from leeboard.jobs.clarify.reading import collected, column_names, dataset_reading
from leeboard.jobs.clarify.sides import SideFile, beside
from leeboard.jobs.models.remote import RemoteModel
from leeboard.measures.model import Model
from leeboard.tables import Table
from leeboard.tables.opening import open_table
from leeboard.tables.options import ReadOptions
from leeboard.tables.parts import Parts

PREDICTED_LABEL = "predicted_label"
"""The column of predicted labels in a file of its own, if nobody names it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClarifyPlan:
    """What a Clarify job does.

    Attributes:
        config: with names for positions, and without what is settled here: JMESPaths, side files.
        monitors: their names.
        data, read: of what, and how it is read before a monitor adds its own wishes.
        opens: opens the data where they are more than what `open_table` takes.
        is_traffic: whether it is what an endpoint was asked and has answered, or else a data set.
        model: None where none is asked; to be closed by `close`.
        asks_predictions: whether the model is asked for the predictions whose bias is measured.
        features: the model's, in its order; None if only the data will tell.
        others: columns of a data set that are neither features nor parts of a record.
        background: rows that stand for unknown features; None to have them computed.
        title: of the report.
    """

    config: AnalysisConfig
    monitors: tuple[str, ...]
    data: Any
    read: ReadOptions
    opens: Callable[[ReadOptions], Table] | None = None
    is_traffic: bool = False
    model: Model | None = None
    asks_predictions: bool = False
    features: list[str] | None = None
    others: tuple[str, ...] = ()
    background: pl.DataFrame | None = None
    title: str = ""

    def open(self, options: ReadOptions) -> Table:
        """The table that the monitors fold, with the model's predictions in it where they are asked for."""
        if not self.is_traffic:
            unseen = self.others if self.monitors == (ATTRIBUTION,) else ()
            options = replace(options, exclude=unseen, parts=self._parts)
        table = self.opens(options) if self.opens else open_table(self.data, options)
        if not self.asks_predictions or self.model is None:
            return table
        predictor = self.config.predictor
        has_scores = predictor is not None and predictor.probability is not None
        return PredictedTable(table, FeaturesModel(self.model, self.features), has_scores=has_scores)

    def columns(self, monitor: str) -> tuple[str, ...] | None:
        """Those that a monitor sees beside the parts of a record: attributions are of the model's features
        alone, while a facet may be none of them. None for all.
        """
        if monitor != ATTRIBUTION or self.is_traffic or self.features is None:
            return None
        return tuple(self.features)

    def close(self) -> None:
        """Closes the connections to the model."""
        if isinstance(self.model, RemoteModel):
            self.model.close()

    @property
    def _parts(self) -> Parts:
        """The same for all monitors, as they look at the same rows."""
        label, predicted = self.config.label, self.config.predicted_label
        return Parts(
            label=None if label is None else str(label),
            prediction=None if predicted is None else str(predicted),
            probability=None if self.config.probability is None else str(self.config.probability),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Dataset:
    """Data, how they are read, and a configuration that fits them.

    Attributes:
        names: its columns.
        own: those that are not from side files.
    """

    data: Any
    read: ReadOptions
    config: AnalysisConfig
    names: Sequence[str]
    own: Sequence[str]


def plan_dataset(
    config: AnalysisConfig,
    data: Any,
    *,
    monitors: tuple[str, ...],
    read: ReadOptions | None = None,
    source: ModelSource,
) -> ClarifyPlan:
    """The plan over a data set.

    Args:
        data: URIs or a frame; `dataset_uri` of the configuration wins.
        read: how it is read, as far as the configuration does not say it.
        source: of the model, where one is asked.

    Raises:
        InputError: the configuration does not fit the data, or itself.
    """
    dataset = _dataset(config, config.dataset_uri or data, read or ReadOptions())
    features = features_of(dataset.config, dataset.own)
    post = dataset.config.methods.post_training_bias
    has_answers = dataset.config.predicted_label is not None or dataset.config.probability is not None
    asks = BIAS in monitors and post is not None and not has_answers
    model = source.find(dataset.config) if asks or ATTRIBUTION in monitors else None
    return ClarifyPlan(
        config=dataset.config,
        monitors=monitors,
        data=dataset.data,
        read=dataset.read,
        model=model,
        asks_predictions=asks,
        features=features,
        others=tuple(name for name in dataset.names if name not in {*features, *_parts_of(dataset.config)}),
        background=background_of(dataset.config, features) if ATTRIBUTION in monitors else None,
        title=_title(config),
    )


def plan_traffic(
    config: AnalysisConfig,
    data: Any,
    read: ReadOptions,
    *,
    monitor: str,
    source: ModelSource,
) -> ClarifyPlan:
    """The plan over captured traffic, with one monitor.

    Args:
        read: what the schedule says of it.
    """
    config = with_names(config, config.headers, is_complete=False) if config.headers else config
    if monitor == BIAS:
        config = with_bias_methods(config)
        return ClarifyPlan(
            config=config, monitors=(BIAS,), data=data, read=read, is_traffic=True, title=_title(config)
        )
    features, read = _features_of_traffic(config, read)
    settled = {"label": None, "predicted_label": None, "excluded_columns": None, "headers": features}
    config = config.model_copy(update=settled)
    return ClarifyPlan(
        config=config,
        monitors=(ATTRIBUTION,),
        data=data,
        read=read,
        is_traffic=True,
        model=source.find(config),
        features=features,
        background=background_of(config, features),
        title=_title(config),
    )


def _parts_of(config: AnalysisConfig) -> set[Any]:
    return {config.label, config.predicted_label, config.probability}


def _features_of_traffic(config: AnalysisConfig, read: ReadOptions) -> tuple[list[str] | None, ReadOptions]:
    """The model's features by their names, if they have some, and how to read these alone.

    What is left out is left out by position, as cells of CSV have no names of their own.
    """
    excluded = {*map(str, config.excluded_columns or ()), *read.excluded_names}
    names = read.parts.features if read.parts else None
    if read.parts is None or names is None:
        return None, replace(read, exclude=tuple(dict.fromkeys([*read.exclude, *excluded])))
    dropped = [i for i, name in enumerate(names) if name in excluded or i in read.excluded_positions]
    features = [name for i, name in enumerate(names) if i not in dropped]
    parts = replace(read.parts, features=features)
    return features, replace(read, parts=parts, exclude=tuple(map(str, dropped)))


def _dataset(config: AnalysisConfig, data: Any, read: ReadOptions) -> _Dataset:
    sides = _sides(config)
    if is_by_path(config):
        frame, config = frame_by_path(config, data)
        named = with_names(config, frame.columns)
        return _Dataset(data=frame, read=ReadOptions(), config=named, names=frame.columns, own=frame.columns)
    read = dataset_reading(config, read)
    if sides:
        return _with_sides(config, data, read, sides)
    names = column_names(data, read)
    if config.headers is None and all(name == f"_c{i}" for i, name in enumerate(names)):
        names = [f"column_{i}" for i in range(len(names))]
        read = replace(read, names=names)
    return _Dataset(data=data, read=read, config=with_names(config, names), names=names, own=names)


def _sides(config: AnalysisConfig) -> dict[str, SideFile]:
    given = {
        "facet": (config.facet_dataset_uri, config.facet_headers),
        PREDICTED_LABEL: (config.predicted_label_dataset_uri, config.predicted_label_headers),
    }
    found = {
        kind: SideFile(f"{kind}_dataset_uri", uri, headers)
        for kind, (uri, headers) in given.items()
        if uri is not None
    }
    if found and config.dataset_type not in (None, "text/csv"):
        kinds = ", ".join(f"{kind}_dataset_uri" for kind in found)
        raise InputError(
            f"{kinds}: side files go with data sets in CSV, and this one is {config.dataset_type}"
        )
    return found


def _with_sides(config: AnalysisConfig, data: Any, read: ReadOptions, sides: dict[str, SideFile]) -> _Dataset:
    """In memory, as rows are looked up by their key."""
    rows, _ = collected(data, read)
    own = list(rows.columns)
    read_sides = {kind: side.read() for kind, side in sides.items()}
    facets, labels = (read_sides.get(kind) for kind in ("facet", PREDICTED_LABEL))
    if labels is not None and config.predicted_label is None:
        config = config.model_copy(update={PREDICTED_LABEL: PREDICTED_LABEL})
    named = with_names(
        config,
        own,
        facets.columns if facets is not None else (),
        labels.columns if labels is not None else (),
    )
    joined_by = named.joinsource_name_or_index
    put = partial(beside, key=None if joined_by is None else str(joined_by))
    if facets is not None:
        wanted = [str(facet.name_or_index) for facet in named.facets]
        if named.group_variable is not None:
            wanted.append(str(named.group_variable))
        wanted = [name for name in dict.fromkeys(wanted) if name in facets.columns]
        rows = put(rows, facets, wanted, what=sides["facet"].what)
    if labels is not None:
        rows = put(rows, labels, [str(named.predicted_label)], what=sides[PREDICTED_LABEL].what)
    return _Dataset(data=rows, read=ReadOptions(), config=named, names=rows.columns, own=own)


def _title(config: AnalysisConfig) -> str:
    report = config.methods.report
    return (report.title or "") if report else ""
