"""Texts as vectors without a model to download: hashed n-grams of letters, projected at random.

The random projection keeps distances nearly as they are (Johnson and Lindenstrauss, 1984; Achlioptas, 2003).
It tells languages, topics with words of their own, templates, and noise apart. A sentence encoder also
tells meanings apart: put yours in place of `embed`.
"""

import zlib
from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

N_BUCKETS, N_DIMENSIONS = 1 << 14, 256
LONGEST = 4000
"""Letters of a text that are looked at."""
Vectors = NDArray[np.float32]


def embed(texts: Sequence[str], seed: int) -> Vectors:
    """One row a text, of length 1; 0 for a text without letters."""
    random = np.random.default_rng(seed)
    projection = random.choice((-1.0, 1.0), (N_BUCKETS, N_DIMENSIONS)).astype(np.float32)
    rows = np.zeros((len(texts), N_DIMENSIONS), np.float32)
    for n, text in enumerate(texts):
        counted = Counter(_grams(text))
        if counted:
            weights = np.sqrt(np.fromiter(counted.values(), np.float32))
            rows[n] = weights @ projection[list(counted)]
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    return rows / np.where(lengths > 0, lengths, 1)


def _grams(text: str) -> list[int]:
    """Words and pieces of words of three and five letters; `crc32` is the same in every process."""
    words = text[:LONGEST].lower().split()
    padded = [f" {word} " for word in words]
    pieces = [word[i : i + n] for word in padded for n in (3, 5) for i in range(len(word) - n + 1)]
    return [zlib.crc32(piece.encode()) % N_BUCKETS for piece in words + pieces]
