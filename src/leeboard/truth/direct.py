"""Rows of captured records with their labels in the usual case, without merged records in between."""

import numpy as np
import polars as pl

from leeboard.tables import Chunk
from leeboard.tables.captured.window import selects
from leeboard.tables.modelled.usual import UsualRows, count_lines
from leeboard.tables.options import ReadOptions
from leeboard.tables.parts import LABEL
from leeboard.tables.text.lines import Lines
from leeboard.truth.index import LabelIndex
from leeboard.truth.keys import keys_of
from leeboard.truth.merging import MergedPart
from leeboard.truth.summary import MAX_SAMPLES, Unmatched


class DirectJoin:
    """Reads the parts of captured records and gives them their labels.

    Args:
        options: with the window of the merge.
    """

    def __init__(self, options: ReadOptions) -> None:
        self._rows = UsualRows(options, selects(options.window, options.target_model), reads_ids=True)

    def __call__(self, index: LabelIndex, chunk: Chunk) -> MergedPart | None:
        """What a piece of a captured file gave; None if it is not as usual."""
        lines: Lines = chunk.data
        texts = self._rows.texts(lines.text)
        if texts is None or texts.labels or None in texts.ids:
            return None
        rows = self._rows.frame(texts)
        if rows is None or not rows.height:
            return None
        positions = index.find(keys_of(pl.Series(texts.ids, dtype=pl.String)))
        has_label = positions >= 0
        found = positions[has_label]
        alone = np.flatnonzero(~has_label)[:MAX_SAMPLES].tolist()
        if len(alone) and texts.n_records < count_lines(lines.text):
            return None  # some were left out, so that their lines are not known
        labels = index.cells(found)
        if labels is None:
            return None
        index.is_matched[found] = True
        kept = rows if not alone else rows.filter(pl.Series(has_label))
        return MergedPart(
            chunk.uri,
            "",
            b"",
            chunk.size_bytes,
            n_captured=len(positions),
            n_matched=len(found),
            n_late=index.n_late(found),
            malformed=lines.found,
            unmatched=tuple(Unmatched(texts.ids[i] or "", chunk.uri, chunk.first_line + i) for i in alone),
            rows=kept.with_columns(labels.alias(LABEL)),
        )
