"""Values that models give, of any form, as predictions."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from leeboard.errors import InputError
from leeboard.measures.model import Predictions, Scores

SHOWN = 80


def predictions_of(
    labels: Sequence[Any] | None, probabilities: Sequence[Any] | None, headers: Sequence[str] = ()
) -> Predictions:
    """Predictions from one value a row, each a scalar or a list with an element for each class.

    Labels that are numbers are scores too where there are no others: a regressor's value is both.

    >>> predictions_of(None, [[0.1, 0.9], [0.8, 0.2]], ["cat", "dog"]).labels
    ['dog', 'cat']
    >>> predictions_of([["a", "b"]], [["0.3", "0.7"]]).labels
    ['b']

    Raises:
        InputError: the values do not fit each other, or a score is no number.
    """
    scores = None if probabilities is None else _scores(probabilities)
    if labels is None:
        return Predictions(labels=_by_score(scores, headers), scores=scores)
    if any(isinstance(label, list | tuple) for label in labels):
        return Predictions(labels=_chosen(labels, scores), scores=scores)
    texts = [label_text(label) for label in labels]
    if scores is None:
        scores = _numbers(labels)
    return Predictions(labels=texts, scores=scores)


def joined(parts: Sequence[Predictions]) -> Predictions:
    """Predictions of rows that were asked about in several requests.

    Raises:
        InputError: they have not the same form.
    """
    labels = [part.labels for part in parts if part.labels is not None]
    scores = [part.scores for part in parts if part.scores is not None]
    if len({array.shape[1] for array in scores}) > 1 or len(labels) not in (0, len(parts)):
        raise InputError("the model's answers to several requests differ in their form")
    return Predictions(
        labels=[label for part in labels for label in part] if labels else None,
        scores=np.concatenate(scores) if len(scores) == len(parts) else None,
    )


def label_text(label: Any) -> str:
    """A class as text: whole floats without their decimals, as labels are compared as text.

    >>> label_text(1.0), label_text(True), label_text(" a ")
    ('1', 'true', 'a')
    """
    if isinstance(label, bool | np.bool_):
        return str(bool(label)).lower()
    if isinstance(label, float | np.floating):
        return str(int(label)) if float(label).is_integer() else repr(float(label))
    return str(label).strip()


def _scores(values: Sequence[Any]) -> Scores:
    rows = [list(value) if isinstance(value, list | tuple) else [value] for value in values]
    widths = {len(row) for row in rows}
    if len(widths) > 1:
        raise InputError(f"the model gives {min(widths)} scores for one row and {max(widths)} for another")
    try:
        found = np.array(rows, dtype=np.float64).reshape(len(rows), widths.pop() if widths else 1)
    except (TypeError, ValueError):
        raise InputError(f"the model's scores are not numbers: {_sample(values)}") from None
    if np.isnan(found).any():
        at = int(np.isnan(found).any(axis=1).argmax())
        raise InputError(f"the model gives no number for row {at} of {len(rows)}: {values[at]!r}")
    return found


def _numbers(labels: Sequence[Any]) -> Scores | None:
    try:
        found = np.array(labels, dtype=np.float64)
    except (TypeError, ValueError):
        return None
    return None if np.isnan(found).any() else found.reshape(-1, 1)


def _by_score(scores: Scores | None, headers: Sequence[str]) -> list[str] | None:
    """The class with the highest score; of one score alone nothing follows."""
    if scores is None or scores.shape[1] == 1:
        return None
    if headers and len(headers) != scores.shape[1]:
        raise InputError(
            f"label_headers has {len(headers)} names ({', '.join(headers)}), and the model gives "
            f"{scores.shape[1]} scores for a row"
        )
    names = headers or [str(i) for i in range(scores.shape[1])]
    return [names[i] for i in scores.argmax(axis=1)]


def _chosen(labels: Sequence[Any], scores: Scores | None) -> list[str]:
    """Of a list of classes in each row, the one with the highest score."""
    if all(isinstance(label, list | tuple) and len(label) == 1 for label in labels):
        return [label_text(label[0]) for label in labels]
    if scores is None:
        raise InputError(
            f"the model's label is a list of classes, {_sample(labels)}; set probability of the predictor to "
            "where their scores are, or label to where the one predicted class is"
        )
    if any(not isinstance(label, list | tuple) or len(label) != scores.shape[1] for label in labels):
        raise InputError(f"the model gives {scores.shape[1]} scores for the classes {_sample(labels)}")
    best = scores.argmax(axis=1)
    return [label_text(label[i]) for label, i in zip(labels, best, strict=True)]


def _sample(values: Sequence[Any]) -> str:
    text = repr(list(values[:3]))
    return text if len(text) <= SHOWN else text[:SHOWN] + "…"
