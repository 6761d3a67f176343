"""The weighted least squares of Kernel SHAP as one matrix for all rows."""

from dataclasses import dataclass

import numpy as np

from leeboard.measures.attribution.coalitions import Coalitions, Floats


@dataclass(frozen=True, slots=True, eq=False)
class Projection:
    """Attributions as a linear map of what the model says of coalitions.

    `phi = by_coalition @ (v(S) - v(none)) + by_total * (v(all) - v(none))`.

    Attributes:
        by_coalition: shape (n_players, n_coalitions).
        by_total: shape (n_players,); adds up to 1.
    """

    by_coalition: Floats
    by_total: Floats


def projection(asked: Coalitions) -> Projection:
    """The minimum of the weighted squares under sum(phi) = v(all) - v(none).

    The closed form with a Lagrange multiplier (Covert and Lee, 2021, equation 7): with
    A = Z'WZ and b = Z'W(v - v0), phi = A^-1 (b - 1 (1'A^-1 b - total) / (1'A^-1 1)).
    """
    n_players = asked.masks.shape[1]
    if not len(asked):
        return Projection(np.zeros((n_players, 0)), np.ones(n_players))
    members = asked.masks.astype(float)
    weighted = members.T * asked.weights
    solved = np.linalg.solve(weighted @ members, np.column_stack([weighted, np.ones(n_players)]))
    by_total = solved[:, -1] / solved[:, -1].sum()
    unconstrained = solved[:, :-1]
    return Projection(unconstrained - np.outer(by_total, unconstrained.sum(axis=0)), by_total)
