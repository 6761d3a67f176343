from leeboard.report.charts.bars import bars
from leeboard.report.charts.points import Counted


def test_the_most_frequent_value_of_either_side_is_first() -> None:
    found = bars(Counted({"a": 3, "b": 1}), Counted({"a": 1, "c": 9}))
    assert [(bar.value, bar.baseline, bar.current, bar.mark) for bar in found] == [
        ("c", 0.0, 0.9, "new"),
        ("a", 0.75, 0.1, ""),
        ("b", 0.25, 0.0, "gone"),
    ]


def test_a_value_is_not_called_new_if_the_baseline_did_not_list_all_of_its_own() -> None:
    assert not any(bar.mark == "new" for bar in bars(Counted({"a": 3}, other=1), Counted({"b": 2})))


def test_rare_new_values_are_shown_before_common_old_ones() -> None:
    was = Counted({f"v{i:02d}": 10 for i in range(30)})
    found = bars(was, Counted({**was.counts, "new": 1}))
    assert "new" in [bar.value for bar in found]
    # ten bars; the other 21 values of 31 in one line: 210 of 300 cells before
    assert found[-1].mark == "rest"
    assert found[-1].value == "21 others"
    assert found[-1].baseline == 210 / 300


def test_numbers_can_stand_in_their_order() -> None:
    found = bars(Counted({"10": 5, "9": 1, "-1": 2}), None, by_number=True)
    assert [bar.value for bar in found] == ["-1", "9", "10"]
    assert [bar.current for bar in found] == [None, None, None]


def test_cells_that_are_not_listed_are_the_rest() -> None:
    assert bars(None, Counted({"a": 1}, other=3))[-1].current == 0.75


def test_no_value_has_no_bar() -> None:
    assert bars(Counted({}), None) == []
