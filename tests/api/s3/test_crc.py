"""The two cyclic checks that are our own, against published values and against a slow one."""

import pytest

from leeboard.api.s3.crc import LANE_BYTES, MAX_LANES, Crc, crc32c, crc64nvme


def test_the_check_values_of_the_standards() -> None:
    for made, value in ((crc32c(), "e3069283"), (crc64nvme(), "ae8b14860a799888")):
        made.update(b"123456789")
        assert made.digest().hex() == value


@pytest.mark.parametrize(
    "n_bytes", [0, 1, 255, 256, 257, 511, 512, 1023, 70_001, LANE_BYTES * MAX_LANES + 300]
)
@pytest.mark.parametrize(("polynomial", "n_bits"), [(0x82F63B78, 32), (0x9A6C9329AC4BC9B5, 64)])
def test_many_bytes_at_a_time_give_what_one_at_a_time_gives(
    n_bytes: int, polynomial: int, n_bits: int
) -> None:
    data = (bytes(range(251)) * (n_bytes // 251 + 1))[:n_bytes]
    fast, slow = Crc(polynomial, n_bits), Crc(polynomial, n_bits)
    fast.update(data[: n_bytes // 3])
    fast.update(data[n_bytes // 3 :])
    for start in range(0, n_bytes, LANE_BYTES - 1):
        slow.update(data[start : start + LANE_BYTES - 1])  # too short for a lane
    assert fast.digest() == slow.digest()
