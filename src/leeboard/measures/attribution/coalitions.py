"""Which coalitions of features Kernel SHAP asks the model about, and with which weights."""

from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations
from math import comb

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Masks = NDArray[np.bool_]

DRAWS_PER_PAIR = 4
SLACK = 1e-8


@dataclass(frozen=True, slots=True, eq=False)
class Coalitions:
    """Coalitions of some players, neither the empty one nor that of all.

    Attributes:
        masks: shape (n_coalitions, n_players); True for a player that takes part.
        weights: of the regression; they add up to 1 if there is any coalition.
    """

    masks: Masks
    weights: Floats

    def __len__(self) -> int:
        return len(self.masks)


def default_n_samples(n_players: int) -> int:
    """2 M + 2048, the usual number (Lundberg and Lee, 2017, in their own package)."""
    return 2 * n_players + 2048


@lru_cache(maxsize=256)
def coalitions(n_players: int, n_samples: int, seed: int) -> Coalitions:
    """At most `n_samples` coalitions, every one with its complement; the same for the same arguments.

    If all of them fit, all of them are there, and the regression is exact. Else the sizes whose
    coalitions weigh most are taken whole, smallest and largest first, and the rest is sampled
    by the Shapley kernel (Lundberg and Lee, 2017) in pairs (Covert and Lee, 2021).
    """
    if n_players < 2:
        return Coalitions(np.zeros((0, n_players), bool), np.zeros(0))
    if n_players <= 62 and 2**n_players - 2 <= n_samples:
        return _all(n_players)
    weights = _size_weights(n_players)
    n_whole, n_left = _whole_sizes(weights, n_players, n_samples)
    whole = [_whole(n_players, size, weights[size - 1]) for size in range(1, n_whole + 1)]
    sampled = _sampled(n_players, n_whole, n_left // 2, weights, np.random.default_rng(seed))
    masks = np.concatenate([masks for masks, _ in (*whole, sampled)])
    return _normalised(masks, np.concatenate([weight for _, weight in (*whole, sampled)]))


def _normalised(masks: Masks, weights: Floats) -> Coalitions:
    return Coalitions(masks, weights / weights.sum())


def _all(n_players: int) -> Coalitions:
    numbers = np.arange(1, 2**n_players - 1, dtype=np.int64)
    masks = (numbers[:, None] >> np.arange(n_players) & 1).astype(bool)
    by_size = np.array([1 / (comb(n_players, k) * k * (n_players - k)) for k in range(1, n_players)])
    return _normalised(masks, by_size[masks.sum(axis=1) - 1])


def _size_weights(n_players: int) -> Floats:
    """The kernel's weight of all coalitions of size k and of their complements together, k = 1 to M/2."""
    sizes = np.arange(1, n_players // 2 + 1)
    both = np.where(2 * sizes == n_players, 1.0, 2.0)
    weights = both / (sizes * (n_players - sizes))
    return np.asarray(weights / weights.sum())


def _n_of_size(n_players: int, size: int) -> int:
    return comb(n_players, size) * (1 if 2 * size == n_players else 2)


def _whole_sizes(weights: Floats, n_players: int, n_samples: int) -> tuple[int, int]:
    """How many sizes are taken whole, and how many samples are left then.

    A size is whole if its share of the samples would reach each of its coalitions once; the first
    always is, as else some feature might never be asked about.
    """
    n_whole, n_left = 1, n_samples - _n_of_size(n_players, 1)
    for size in range(2, len(weights) + 1):
        n_here = _n_of_size(n_players, size)
        share = weights[size - 1] / weights[size - 1 :].sum()
        if n_left * share < n_here * (1 - SLACK):
            break
        n_whole, n_left = size, n_left - n_here
    return n_whole, max(0, n_left)


def _whole(n_players: int, size: int, weight: float) -> tuple[Masks, Floats]:
    members = np.array(list(combinations(range(n_players), size)))
    masks = np.zeros((len(members), n_players), bool)
    np.put_along_axis(masks, members, True, axis=1)
    if 2 * size != n_players:
        masks = np.concatenate([masks, ~masks])
    return masks, np.full(len(masks), weight / len(masks))


def _sampled(
    n_players: int, n_whole: int, n_pairs: int, weights: Floats, rng: np.random.Generator
) -> tuple[Masks, Floats]:
    """So many different pairs, weighted by how often each was drawn."""
    left = weights[n_whole:]
    if not n_pairs or not len(left):
        return np.zeros((0, n_players), bool), np.zeros(0)
    n_draws = DRAWS_PER_PAIR * n_pairs
    sizes = n_whole + 1 + rng.choice(len(left), n_draws, p=left / left.sum())
    ranks = rng.random((n_draws, n_players)).argsort(axis=1).argsort(axis=1)
    drawn = ranks < sizes[:, None]
    drawn ^= drawn[:, :1]  # of a pair, the one without the first player stands for both
    packed = np.packbits(drawn, axis=1)
    _, first, pair = np.unique(packed, axis=0, return_index=True, return_inverse=True)
    end = np.sort(first)[n_pairs] if len(first) > n_pairs else n_draws
    times = np.bincount(pair.ravel()[:end], minlength=len(first))
    kept = np.flatnonzero(times)
    kept = kept[np.argsort(first[kept])]
    masks, share = drawn[first[kept]], left.sum() * times[kept] / (2 * end)
    return np.concatenate([masks, ~masks]), np.concatenate([share, share])
