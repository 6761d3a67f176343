"""From rows, a background and a model to attributions, by the best way that there is."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import polars as pl

from leeboard.errors import InputError
from leeboard.formats.whole_number import whole_number
from leeboard.measures.attribution.additive.exact import ExactModel
from leeboard.measures.attribution.asking import Asker
from leeboard.measures.attribution.clusters import N_CLUSTERS, centres
from leeboard.measures.attribution.columns import typed
from leeboard.measures.attribution.explanation import Explanation
from leeboard.measures.attribution.given import given_rows
from leeboard.measures.attribution.kernel import Progress, explain
from leeboard.measures.attribution.partial_dependence import Dependence, dependences
from leeboard.measures.attribution.settings import AttributionSettings, Locator
from leeboard.measures.attribution.text_game import explain_texts
from leeboard.measures.model import Model

LONGEST_NAME = 40
"""Characters; a longer cell is text even without a blank, as in Chinese or Thai."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Explained:
    """Everything that was found about some rows.

    Attributes:
        rows: those that were explained, with the types of their cells.
        background: what they were explained against.
        is_computed: whether the background was computed, not given.
        explanation: of all features.
        dependences: curves, if they were wanted.
    """

    rows: pl.DataFrame
    background: pl.DataFrame
    is_computed: bool
    explanation: Explanation
    dependences: tuple[Dependence, ...] = ()


def explained(
    model: Model,
    rows: pl.DataFrame,
    settings: AttributionSettings,
    *,
    background: pl.DataFrame | None = None,
    is_strict: bool = False,
    progress: Progress = lambda done, total: None,
) -> Explained:
    """Attributions and curves as the settings ask for them.

    Args:
        background: instead of centres of clusters where the settings give none.
    """
    given = settings.background if settings.background is not None else background
    if given is not None:
        rows, against = typed(rows, given_rows(given, rows.columns, settings.features_path))
    else:
        (rows,) = typed(rows)
        against = centres(rows, settings.n_clusters or N_CLUSTERS, settings.seed)
        if texts := _texts(rows, settings):  # no text stands for all others, so none does
            against = against.with_columns(pl.lit("").alias(name) for name in texts)
    found = _explanation(model, rows, against, settings, is_strict, progress)
    curves = () if is_strict else _curves(model, rows, found, settings)
    return Explained(
        rows=rows,
        background=against,
        is_computed=settings.background is None,
        explanation=found,
        dependences=curves,
    )


def _texts(rows: pl.DataFrame, settings: AttributionSettings) -> list[str]:
    """Columns of text, not of names of categories: some cell has a blank in it, or is long."""
    if settings.text is None:
        return []
    columns = (rows[name] for name, kind in rows.schema.items() if kind == pl.String())
    return [column.name for column in columns if _is_text(column)]


def _is_text(column: pl.Series) -> bool:
    return bool(column.str.contains(r"\S\s+\S").any() or (column.str.len_chars() > LONGEST_NAME).any())


def _explanation(
    model: Model,
    rows: pl.DataFrame,
    background: pl.DataFrame,
    settings: AttributionSettings,
    is_strict: bool,
    progress: Progress,
) -> Explanation:
    options, texts = settings.shap_options(is_strict=is_strict), _texts(rows, settings)
    if texts and settings.text is not None:
        return explain_texts(model, rows, background, texts, settings.text.granularity, options, progress)
    if isinstance(model, ExactModel):
        exact = model.explained(rows, background, use_logit=settings.use_logit)
        if exact is not None:
            return exact
    found = explain(model, rows, background, options, progress)
    if settings.text is None or texts:
        return found
    told = "text_config was given, but no feature is text: all were explained as they are"
    return replace(found, notes=(*found.notes, told))


def _curves(
    model: Model, rows: pl.DataFrame, found: Explanation, settings: AttributionSettings
) -> tuple[Dependence, ...]:
    if settings.pdp is None:
        return ()
    if settings.pdp.features is not None:
        wanted = located(settings.pdp.features, rows.columns)
    else:
        weights = np.abs(found.overall(settings.aggregation)).max(axis=1, initial=0.0)
        wanted = [rows.columns[i] for i in np.argsort(-weights, kind="stable")[: settings.pdp.top_k]]
    wanted = [name for name in wanted if name not in _texts(rows, settings)]
    asker = Asker(
        model,
        max_rows=settings.max_rows_per_call,
        n_parallel=settings.n_parallel_calls,
        label_headers=settings.label_headers,
    )
    return tuple(dependences(asker, rows, wanted, resolution=settings.pdp.resolution, seed=settings.seed))


def located(locators: Sequence[Locator], columns: Sequence[str]) -> list[str]:
    """Names of columns from names or positions.

    Raises:
        InputError: there is no such column.
    """
    return [_located(locator, columns) for locator in locators]


def _located(locator: Locator, columns: Sequence[str]) -> str:
    if locator in columns:
        return str(locator)
    position = whole_number(str(locator), most=len(columns) - 1)
    if position is not None:
        return columns[position]
    raise InputError(f"no feature {locator!r} in the data; features there: {', '.join(columns)}")
