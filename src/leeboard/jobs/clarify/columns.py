"""Columns of a configuration by their names, wherever it gives their positions."""

from collections.abc import Sequence
from difflib import get_close_matches
from typing import Any

from leeboard.errors import InputError
from leeboard.formats.analysis_config import AnalysisConfig, Locator
from leeboard.formats.whole_number import whole_number


def name_of(locator: Locator, names: Sequence[str], what: str) -> str:
    """The name of a column, given by its name or its position.

    Raises:
        InputError: there is none.
    """
    if isinstance(locator, str) and locator in names:
        return locator
    position = whole_number(str(locator), most=len(names) - 1)
    if position is not None:
        return names[position]
    near = get_close_matches(str(locator), names, n=1)
    hint = f", did you mean {near[0]!r}?" if near else ";"
    raise InputError(f"{what} is {locator!r}, which is no column{hint} columns there: {', '.join(names)}")


def with_names(
    config: AnalysisConfig,
    names: Sequence[str],
    facet_names: Sequence[str] = (),
    label_names: Sequence[str] = (),
    *,
    is_complete: bool = True,
) -> AnalysisConfig:
    """The configuration with names for positions.

    Args:
        names: columns of the data set.
        facet_names: of the file of facets, where positions of facets count if there is one.
        label_names: of the file of predicted labels.
        is_complete: whether there are no other columns; else what is not among them stays as it is.

    Raises:
        InputError: it names a column that is not there.
    """
    everything = [*names, *facet_names, *label_names]

    def named(locator: Locator | None, first: Sequence[str], what: str) -> str | None:
        """Positions count in the first columns, names in all of them."""
        if locator is None:
            return None
        if not is_complete and not str(locator).isdecimal():
            return str(locator)
        return locator if locator in everything else name_of(locator, list(first) or names, what)

    changes: dict[str, Any] = {
        "label": named(config.label, names, "label"),
        "predicted_label": named(config.predicted_label, label_names, "predicted_label"),
        "group_variable": named(config.group_variable, names, "group_variable"),
        "joinsource_name_or_index": named(config.joinsource_name_or_index, names, "joinsource_name_or_index"),
        "excluded_columns": [
            named(each, names, "excluded_columns") for each in config.excluded_columns or ()
        ],
        "facet": [
            each.model_copy(update={"name_or_index": named(each.name_or_index, facet_names, "facet")})
            for each in config.facets
        ],
    }
    kept = {name: value for name, value in changes.items() if getattr(config, name) is not None}
    return config.model_copy(update=kept)


def features_of(config: AnalysisConfig, names: Sequence[str]) -> list[str]:
    """The columns that a model is asked about: all of the data set, less the label, what a model said of
    it, the key of rows, and what is excluded.

    Args:
        config: with names for positions.
    """
    taken = {config.label, config.predicted_label, config.probability, config.joinsource_name_or_index}
    taken |= set(config.excluded_columns or ())
    return [name for name in names if name not in taken]
