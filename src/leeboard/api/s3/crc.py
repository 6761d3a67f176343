"""The cyclic checks of S3 that Python's own library lacks, many bytes at a time.

A block is cut into lanes that are worked on side by side, and the lanes' registers are joined: a
register that is followed by n more bytes changes as it would over n zero bytes, which is linear.
"""

from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

LANE_BYTES = 256
MAX_LANES = 4096

Words = npt.NDArray[Any]


class Crc:
    """A check that shifts right, begins with all ones and is inverted at the end.

    Args:
        polynomial: reversed, as it shifts right.
        n_bits: 32 or 64.
    """

    def __init__(self, polynomial: int, n_bits: int) -> None:
        self._polynomial, self._n_bits = polynomial, n_bits
        self._register = (1 << n_bits) - 1

    def update(self, data: bytes | memoryview) -> None:
        """Adds bytes."""
        table = _table(self._polynomial, self._n_bits)
        rest = np.frombuffer(data, np.uint8)
        while len(rest) >= LANE_BYTES:
            n_lanes = min(1 << ((len(rest) // LANE_BYTES).bit_length() - 1), MAX_LANES)
            self._add(rest[: n_lanes * LANE_BYTES].reshape(n_lanes, LANE_BYTES))
            rest = rest[n_lanes * LANE_BYTES :]
        for byte in rest.tolist():
            self._register = int(table[(self._register ^ byte) & 255]) ^ (self._register >> 8)

    def _add(self, lanes: Words) -> None:
        table, word = _table(self._polynomial, self._n_bits), _word(self._n_bits)
        registers = np.zeros(len(lanes), word)
        registers[0] = self._register
        low, eight = word(255), word(8)
        for column in np.ascontiguousarray(lanes.T):
            registers = table[(registers ^ column) & low] ^ (registers >> eight)
        doubled = 0
        while len(registers) > 1:
            shift = _zeros(self._polynomial, self._n_bits, doubled)
            registers = _applied(shift, registers[0::2]) ^ registers[1::2]
            doubled += 1
        self._register = int(registers[0])

    def digest(self) -> bytes:
        """Big-endian."""
        return (self._register ^ ((1 << self._n_bits) - 1)).to_bytes(self._n_bits // 8, "big")


def crc32c() -> Crc:
    """Castagnoli's."""
    return Crc(0x82F63B78, 32)


def crc64nvme() -> Crc:
    """Of the NVM Express specification."""
    return Crc(0x9A6C9329AC4BC9B5, 64)


def _word(n_bits: int) -> Any:
    return np.uint32 if n_bits == 32 else np.uint64


@lru_cache
def _table(polynomial: int, n_bits: int) -> Words:
    """What each byte does to a register of zeros."""
    table = []
    for byte in range(256):
        register = byte
        for _ in range(8):
            register = (register >> 1) ^ (polynomial if register & 1 else 0)
        table.append(register)
    return np.array(table, _word(n_bits))


@lru_cache
def _zeros(polynomial: int, n_bits: int, doubled: int) -> Words:
    """What one lane of zero bytes, doubled that often, does to each byte of a register."""
    if doubled:
        half = _zeros(polynomial, n_bits, doubled - 1)
        return np.stack([_applied(half, row) for row in half])
    word, table = _word(n_bits), _table(polynomial, n_bits)
    values = np.arange(256, dtype=word)
    rows = np.stack([values << word(8 * place) for place in range(n_bits // 8)])
    for _ in range(LANE_BYTES):
        rows = table[rows & word(255)] ^ (rows >> word(8))
    return rows


def _applied(shift: Words, registers: Words) -> Words:
    word = registers.dtype.type
    result = np.zeros_like(registers)
    for place, row in enumerate(shift):
        result = result ^ row[(registers >> word(8 * place)) & word(255)]
    return result
