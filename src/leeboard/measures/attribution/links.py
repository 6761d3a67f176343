"""From what a model says to the scale on which attributions add up."""

import numpy as np

from leeboard.errors import InputError
from leeboard.measures.attribution.coalitions import Floats

LEAST = 1e-7
"""Probabilities nearer to 0 or 1 count as that: models compute in single precision and say 1.0 there."""


def logit(probabilities: Floats) -> Floats:
    """Log odds, in [-16.2, 16.2].

    Raises:
        InputError: for numbers outside of [0, 1].
    """
    if len(probabilities) and (probabilities.min() < 0 or probabilities.max() > 1):
        worst = probabilities.flat[np.abs(probabilities - 0.5).argmax()]
        raise InputError(
            f"use_logit needs a model that answers with probabilities, but this one said {worst:.6g}; "
            "leave use_logit out, or point the predictor's `probability` at the probability"
        )
    p = np.clip(probabilities, LEAST, 1 - LEAST)
    return np.asarray(np.log(p) - np.log1p(-p))


def linked(answers: Floats, *, use_logit: bool) -> Floats:
    """The answers as log odds, or as they are."""
    return logit(answers) if use_logit else answers
