"""A window's statistics file tells the checks what its data would have told them."""

import polars as pl
import pytest

from analysed_windows import people
from leeboard.compare import find, suggest_constraints
from leeboard.formats.reading import read_statistics, to_json
from leeboard.profile import TableProfile
from leeboard.profile.statistics import to_statistics
from leeboard.service.setup.stored_profile import profile_of
from leeboard.tables import Block, Tally


def profiled(frame: pl.DataFrame) -> TableProfile:
    return TableProfile.of(Block(frame, Tally()))


@pytest.mark.parametrize("n", [200, 6_000])
@pytest.mark.parametrize("factor", [1.0, 3.0])
def test_checks_find_in_the_file_what_they_find_in_the_data(n: int, factor: float) -> None:
    before = profiled(people(n, 1))
    constraints, baseline = suggest_constraints(before), to_statistics(before)
    window = profiled(people(n, 2, factor=factor))
    stored = profile_of(read_statistics(to_json(to_statistics(window))))
    of_data, of_file = (find(constraints, baseline, side) for side in (window, stored))
    assert {(f.feature_name, f.check) for f in of_file.findings} == {
        (f.feature_name, f.check) for f in of_data.findings
    }
    distances = {one.feature_name: one.distance for one in of_data.drift}
    assert {one.feature_name: one.distance for one in of_file.drift} == pytest.approx(distances, abs=0.01)


def test_a_column_without_cells_is_missing_whole() -> None:
    window = profiled(pl.DataFrame({"a": [1, 2], "b": [None, None]}))
    stored = profile_of(to_statistics(window))
    assert stored.columns["b"].completeness.share == 0
    assert stored.columns["a"].completeness.share == 1
