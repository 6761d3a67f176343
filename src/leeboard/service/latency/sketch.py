"""How lengths of time are distributed, in buckets whose bounds grow by one factor, and few bytes of them.

It is DDSketch (Masson, Rim, Lee 2019): sketches of the same growth add up bucket by bucket, and a quantile
is told with a relative error of `ERROR` at most, whatever was merged on the way.
"""

from collections.abc import Iterator, Mapping
from itertools import accumulate, chain
from math import ceil, exp, log
from typing import Any

from msgspec import msgpack

ERROR = 0.01
"""Of a quantile, as a share of it."""
LEAST_US = 1e-3
"""What is shorter counts as nothing: no clock tells it."""
NOTHING = -10_000
"""The bucket of that, which is below all others."""
_LOG_GROWTH = log((1 + ERROR) / (1 - ERROR))
_PER_LOG = 1 / _LOG_GROWTH
_DECODER = msgpack.Decoder(list[Any])

Buckets = Mapping[int, float]
"""How many are in each: bucket i is of lengths up to growth**i, in microseconds."""


def bucket_of(length_us: float) -> int:
    """Where a length is counted."""
    return ceil(log(length_us) * _PER_LOG) if length_us > LEAST_US else NOTHING


def middle_us(bucket: int) -> float:
    """A length from which none of the bucket differs by more than `ERROR` of itself."""
    return 0.0 if bucket == NOTHING else (1 - ERROR) * exp(bucket * _LOG_GROWTH)


def rising(buckets: Buckets) -> Iterator[tuple[int, float]]:
    """The buckets from below, with how many are in each and below."""
    ordered = sorted(buckets)
    return zip(ordered, accumulate(buckets[each] for each in ordered), strict=True)


def packed(buckets: Buckets) -> bytes:
    """By turns how far a bucket is from the one before, and how many it has: two bytes a bucket mostly.

    >>> kept, found = packed({380: 12, 381: 40, 385: 3}), {381: 2}
    >>> pour(kept, found)
    >>> len(kept), found
    (9, {381: 42, 380: 12, 385: 3})
    """
    ordered = sorted(buckets)
    pairs = ((at - before, buckets[at]) for before, at in zip(chain((0,), ordered), ordered, strict=False))
    return msgpack.encode([*chain.from_iterable(pairs)])


def pour(kept: bytes, buckets: dict[int, float]) -> None:
    """Add what `packed` gave; a page does so for thousands."""
    numbers, at = iter(_DECODER.decode(kept)), 0
    for step, n in zip(numbers, numbers, strict=True):
        at += step
        buckets[at] = buckets.get(at, 0) + n
