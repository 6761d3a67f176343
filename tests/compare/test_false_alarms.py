from leeboard.compare.false_alarms import adjusted


def test_benjamini_hochberg_by_hand():
    # sorted 0.01 0.02 0.03 0.5 times 4/1 4/2 4/3 4/4: 0.04 0.04 0.04 0.5
    assert adjusted([0.03, 0.5, 0.01, 0.02]) == [0.04, 0.5, 0.04, 0.04]


def test_no_columns_have_no_p_values():
    assert adjusted([]) == []
