"""From the state to numbers: every measure of every group, and what was assumed on the way."""

from collections.abc import Iterator
from dataclasses import replace

from leeboard.measures.bias.contingency import Margins
from leeboard.measures.bias.decisions import Chosen, KeyIndex, among, chosen
from leeboard.measures.bias.measuring import FacetMeasurer, flip_rows
from leeboard.measures.bias.question import Question
from leeboard.measures.bias.results import Ask, Findings, Group
from leeboard.measures.bias.state import FACET, MOST_VALUES, OBSERVED, BiasState, key_texts
from leeboard.measures.bias.table import FacetTable


def find(state: BiasState, ask: Ask) -> Findings:
    """The findings; nothing fails, but single measures may have an error in place of a value."""
    question = state.question
    if question is None:
        return Findings("", "", (), False)
    notes: list[str] = []
    positive = _positive(state, question, ask, notes)
    groups = tuple(
        group
        for place in range(len(question.facets))
        for group in _groups(state, question, place, positive, ask, notes)
    )
    notes += _notes_on_flips(state, question, ask)
    return Findings(question.label_name, positive.text, groups, state.has_predictions, tuple(notes))


def _positive(state: BiasState, question: Question, ask: Ask, notes: list[str]) -> Chosen:
    """The good outcome; of two labels without a word about it, the greater."""
    if question.positive:
        was = ask.was_interval.get(question.label_name)
        kind = state.kinds.get(-1)
        found = chosen(question.positive, kind, was_interval=was, is_strict=ask.is_strict)
        return found[0] if len(found) == 1 else among(question.positive)
    labels = key_texts(cell[OBSERVED] for counts in state.counts for cell in counts)
    if len(labels) == 2:
        notes.append(
            f"no good outcome was named; of the labels {labels[0]!r} and {labels[1]!r} the second is"
        )
        return among(labels[1:])
    notes.append(f"no good outcome was named, and there are {len(labels)} labels; name those that are good")
    return Chosen("")


def _groups(
    state: BiasState,
    question: Question,
    place: int,
    positive: Chosen,
    ask: Ask,
    notes: list[str],
) -> Iterator[Group]:
    counts, name = state.counts[place], state.names[place]
    table = FacetTable.of(counts, positive.holds, is_continuous=positive.threshold is not None)
    if n_missing := sum(n for cell, n in counts.items() if cell[FACET] is None):
        notes.append(f"{n_missing:,} rows without a value of {name!r} are in no group of it")
    intervals = replace(ask.intervals, seed=(question.seed, place)) if ask.intervals else None
    redrawn = intervals.redrawn(table) if intervals else None
    if intervals and redrawn is None and len(table.n):
        notes.append(f"{name!r} has too many combinations of values to draw intervals for it")
    flips, texts = flip_rows(state.flips, name, positive, needs_numbers=question.flip.needs_numbers)
    measurer = FacetMeasurer(
        facet=name,
        index=KeyIndex(table.facet_keys),
        margins=Margins(table, table.n),
        has_group_variable=question.group_variable is not None,
        intervals=intervals,
        redrawn=redrawn,
        flips=flips,
        texts=texts,
    )
    for choice in _choices(state, question, place, ask, notes):
        yield measurer.group(choice, ask.measures)


def _choices(state: BiasState, question: Question, place: int, ask: Ask, notes: list[str]) -> list[Chosen]:
    """The groups of a facet: those that were named, or every value by itself."""
    values, name = question.facets[place].values, state.names[place]
    if values:
        was = ask.was_interval.get(name)
        return chosen(values, state.kinds.get(place), was_interval=was, is_strict=ask.is_strict)
    keys = {cell[FACET] for cell in state.counts[place]}
    if any(key is not None and not key.startswith("=") for key in keys):
        notes.append(f"{name!r} has more than {MOST_VALUES:,} values; name the groups, or give a threshold")
        return []
    return [among([text]) for text in key_texts(keys)]


def _notes_on_flips(state: BiasState, question: Question, ask: Ask) -> Iterator[str]:
    flips = state.flips
    if flips is None or all(measure.formula for measure in ask.measures):
        return
    if not flips.is_whole:
        yield f"the flip test looked at {flips.max_rows:,} of {flips.n_seen:,} rows, drawn at random"
    texts = sorted(flips.texts - set(state.names))
    if texts and not question.flip.needs_numbers:
        yield f"the flip test left out the features {', '.join(texts)}, which are text"
