import pytest

from leeboard.report.charts.drawing import gauge, heights, pair, round_numbers, steps, thumbnail


def test_a_share_that_is_not_zero_can_be_seen() -> None:
    assert heights([[1.0, 0.00001, 0.0], None]) == [[120, 1, 0], None]


def test_equal_neighbours_share_a_step() -> None:
    assert steps([60, 60, 120]) == "M0 120V60h2V0h1V120z"


def test_bars_with_gaps_leave_out_what_is_zero() -> None:
    assert steps([30, 0, 60], gap=True) == "M0 120v-30h.8v30zM2 120v-60h.8v60z"


def test_a_thumbnail_of_one_side_draws_one_path() -> None:
    assert thumbnail("c1", [None, [0.5, 0.5]]).count("<path") == 1


def test_bars_are_drawn_against_the_longest() -> None:
    assert pair(0.25, 0.5, 0.5).count("h50.0v4") == 1
    assert pair(0.0, None, 0.5).count("<path") == 0


@pytest.mark.parametrize(
    ("ratio", "width"), [(0.0, "h0.0"), (1.0, "h50.0"), (2.0, "h100.0"), (float("inf"), "h100.0")]
)
def test_the_limit_is_in_the_middle_of_a_gauge(ratio: float, width: str) -> None:
    assert f"M0 3{width}v6" in gauge(ratio, "over")


@pytest.mark.parametrize(
    ("low", "high", "most", "numbers"),
    [
        (0, 0.37, 4, [0.0, 0.1, 0.2, 0.3]),
        (-3, 12, 3, [0.0, 5.0, 10.0]),
        (5, 5, 3, [5]),
        (0.1, 0.3, 2, [0.1, 0.2, 0.3]),
    ],
)
def test_ticks_are_round_numbers(low: float, high: float, most: int, numbers: list[float]) -> None:
    assert round_numbers(low, high, most) == numbers
