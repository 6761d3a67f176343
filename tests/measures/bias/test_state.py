from typing import Any

import polars as pl
import pytest
from bias_rows import by_name, findings_of, rows_of, sex_is, state_of
from hypothesis import given
from hypothesis import strategies as st

from leeboard.errors import InputError
from leeboard.measures.bias import state as module
from leeboard.measures.bias.findings import find
from leeboard.measures.bias.measures import MEASURES
from leeboard.measures.bias.question import FlipOptions, Question, Watched
from leeboard.measures.bias.results import Ask
from leeboard.measures.bias.state import BiasRecipe, BiasState
from leeboard.tables import Block
from leeboard.tables.parts import LABEL, PREDICTION, PROBABILITY

TWO = Question(facets=(Watched("a", (1,)), Watched("b")), positive=(1,), group_variable="g")
RECIPE = BiasRecipe(TWO)
CELLS = {
    "a": st.none() | st.integers(0, 5),
    "b": st.sampled_from(["x", "y", "z", None]),
    "g": st.sampled_from(["n", "s", None]),
    LABEL: st.none() | st.integers(0, 1),
    PREDICTION: st.none() | st.sampled_from(["1", "0", "1.0"]),
}
SCHEMA = {"a": pl.Int64, "b": pl.String, "g": pl.String, LABEL: pl.Int64, PREDICTION: pl.String}
ROWS = st.lists(st.fixed_dictionaries(CELLS), max_size=25).map(lambda rows: pl.DataFrame(rows, SCHEMA))


def essence(state: BiasState) -> Any:
    """What a state says, without the random numbers of its sample."""
    kinds = {place: (k.n_present, k.maximum, k.distinct.estimate) for place, k in state.kinds.items()}
    flips = state.flips
    sample = flips.rows.drop("leeboard:draw").sort(pl.all()).to_dicts() if flips and flips.n_seen else []
    return state.n_rows, list(map(dict, state.counts)), kinds, sample


def of(frame: pl.DataFrame) -> BiasState:
    return RECIPE.of(Block(frame))


@given(frame=ROWS)
def test_zero_changes_nothing(frame):
    state, zero = of(frame), RECIPE.zero()
    assert essence(zero + state) == essence(state) == essence(state + zero)


@given(one=ROWS, two=ROWS, three=ROWS)
def test_neither_order_nor_grouping_of_adding_matters(one, two, three):
    a, b, c = of(one), of(two), of(three)
    assert essence(a + b) == essence(b + a)
    assert essence((a + b) + c) == essence(a + (b + c))


@given(frame=ROWS, cut=st.integers(0, 25))
def test_a_cut_table_gives_what_the_whole_gives(frame, cut):
    assert essence(of(frame.head(cut)) + of(frame.slice(cut))) == essence(of(frame))


def test_many_different_cells_are_counted_as_the_same_as_few(monkeypatch):
    frame = pl.DataFrame({"Sex": [i % 400 for i in range(4_000)]})
    frame = frame.with_columns(
        (pl.col("Sex") % 3 == 0).cast(pl.Int64).alias(LABEL), (pl.col("Sex") % 2).alias(PREDICTION)
    )
    question = sex_is(100, flip=FlipOptions(max_rows=0))
    fast = by_name(findings_of(frame, question))
    monkeypatch.setattr("leeboard.measures.bias.counting.MOST_DENSE", 0)
    slow = by_name(findings_of(frame, question))
    assert {name: one.value for name, one in fast.items()} == {name: one.value for name, one in slow.items()}


@pytest.mark.parametrize("kind", [pl.Int64, pl.String, pl.Float64])
def test_a_threshold_among_many_numbers_makes_an_interval_up_to_the_maximum(kind):
    frame = pl.DataFrame({"Sex": range(1_000), LABEL: [i % 2 for i in range(1_000)]})
    findings = findings_of(frame.cast({"Sex": kind}), sex_is(799))
    assert findings.groups[0].text == "(799, 999]"
    assert by_name(findings)["CI"].value == (800 - 200) / 1_000


def test_fractions_are_kept_in_the_text_of_an_interval():
    frame = pl.DataFrame({"Sex": [0.1, 0.5, 0.9936148802477393], LABEL: [0, 1, 1]})
    assert findings_of(frame, sex_is(0.5)).groups[0].text == "(0.5, 0.9936148802477393]"


def test_whole_numbers_of_few_values_are_values_and_no_thresholds(adult):
    ages = pl.DataFrame({"Sex": [20 + i % 3 for i in range(300)], LABEL: [i % 2 for i in range(300)]})
    assert findings_of(ages, sex_is(20)).groups[0].text == "20"


def test_a_flag_in_a_small_window_is_no_threshold_but_in_strict_mode():
    frame = pl.DataFrame({"Sex": [0, 0, 1, 1, 1], LABEL: [0, 1, 1, 0, 1]})
    assert findings_of(frame, sex_is(0)).groups[0].text == "0"
    assert findings_of(frame, sex_is(0), is_strict=True).groups[0].text == "(0, 1]"


def test_a_baseline_decides_what_a_number_means():
    frame = pl.DataFrame({"Sex": [20 + i % 3 for i in range(300)], LABEL: [i % 2 for i in range(300)]})
    found = findings_of(frame, sex_is(20), was_interval={"Sex": True})
    assert found.groups[0].text == "(20, 22]"


def test_a_continuous_label_is_good_above_its_threshold():
    frame = pl.DataFrame({"Sex": ["a", "d"] * 50, LABEL: [i / 7 for i in range(100)]})
    frame = frame.with_columns((pl.col(LABEL) + 0.1).alias(PREDICTION))
    findings = findings_of(frame, sex_is("d"))
    positive = (frame[LABEL] > 1).to_numpy()
    is_d = (frame["Sex"] == "d").to_numpy()
    assert findings.positive == f"(1, {99 / 7!r}]"
    assert by_name(findings)["DPL"].value == positive[~is_d].mean() - positive[is_d].mean()
    assert by_name(findings)["KL"].error is None


def test_several_good_labels_count_together(measured):
    frame = pl.DataFrame({"Sex": list("aadd"), LABEL: ["gold", "silver", "none", "gold"]})
    question = Question(facets=(Watched("Sex", ("d",)),), positive=("gold", "silver"))
    findings = findings_of(frame, question)
    assert findings.positive == "gold, silver"
    assert by_name(findings)["DPL"].value == 1.0 - 0.5


def test_of_two_labels_without_a_word_the_second_is_good(adult):
    findings = findings_of(adult, Question(facets=(Watched("Sex", (0,)),)))
    assert findings.positive == "1"
    assert "no good outcome was named" in findings.notes[0]


def test_every_value_is_a_group_if_none_is_named():
    findings = findings_of(rows_of({sex: (1, 2, 3, 4) for sex in "abc"}), sex_is())
    assert [group.text for group in findings.groups] == ["a", "b", "c"]


def test_a_thousand_groups_are_measured():
    frame = rows_of({f"g{i:04}": (1, i % 2, 1, 1) for i in range(1_000)})
    findings = findings_of(frame, sex_is(flip=FlipOptions(max_rows=0)))
    assert len(findings.groups) == 1_000
    assert by_name(findings, 1)["DPPL"].value == pytest.approx(1_498 / (3_500 - 4) - 2 / 4)


def test_too_many_values_are_no_groups_but_a_note(monkeypatch):
    monkeypatch.setattr(module, "MOST_VALUES", 10)
    findings = findings_of(rows_of({i: (1, 1, 1, 1) for i in range(20)}), sex_is())
    assert findings.groups == ()
    assert any("name the groups" in note for note in findings.notes)


def test_too_many_combinations_give_up_the_group_variable_alone(monkeypatch):
    monkeypatch.setattr(module, "MOST_CELLS", 5)
    frame = rows_of({"a": (2, 2, 2, 2), "d": (1, 1, 1, 1)}).with_row_index("place")
    found = by_name(findings_of(frame, sex_is("d", group_variable="place")))
    assert "Group variable has more than" in str(found["CDDL"].error)
    assert found["DPL"].value == 0.0


def test_a_score_counts_above_the_threshold_alone():
    frame = pl.DataFrame({"Sex": list("aadd"), LABEL: [1, 0, 1, 0], PROBABILITY: ["0.5", "0.7", "0.6", None]})
    found = by_name(findings_of(frame, sex_is("d")))
    assert found["DPPL"].value == 0.5 - 1.0


def test_of_several_scores_the_greatest_names_the_class():
    frame = pl.DataFrame({"Sex": list("ad"), LABEL: ["yes", "no"], PROBABILITY: ["[0.1, 0.9]", "[0.8, 0.2]"]})
    question = Question(facets=(Watched("Sex", ("d",)),), positive=("yes",), label_headers=("no", "yes"))
    assert by_name(findings_of(frame, question))["DPPL"].value == 1.0


def test_booleans_are_one_and_zero(measured):
    frame = pl.DataFrame({"Sex": [True, True, False], LABEL: [True, False, True], PREDICTION: list("101")})
    found = measured(frame, sex_is(1, 7))
    assert (found["DPPL"].value, found["RD"].value, found["CI"].value) == (0.5, 0.0, (1 - 2) / 3)


def test_rows_without_a_label_or_answer_are_left_out_but_shares_of_answers_need_no_label(measured):
    frame = pl.DataFrame({"Sex": list("aadd"), PREDICTION: [1, 0, 0, 0]})
    found = measured(frame, sex_is("d"))
    assert found["DPPL"].value == 0.5
    assert found["RD"].error == "There are no labels"
    with_labels = frame.with_columns(pl.Series(LABEL, [1, None, 1, None]))
    assert measured(with_labels, sex_is("d"))["DPPL"].value == 1.0


def test_rows_without_a_group_are_told(adult):
    frame = pl.concat([adult, pl.DataFrame({"Sex": [None], LABEL: [1], PREDICTION: [1]}, adult.schema)])
    findings = findings_of(frame, sex_is(0))
    assert "1 rows without a value of 'Sex' are in no group of it" in findings.notes


def test_nan_is_a_missing_cell():
    frame = pl.DataFrame({"Sex": [1.0, 2.0, float("nan")], LABEL: [1, 0, 1]})
    state = state_of(frame, sex_is(1, 2))
    assert {cell[0] for cell in state.counts[0]} == {"=1", "=2", None}


def test_columns_may_be_given_by_position(adult):
    question = Question(facets=(Watched(0, (0,)),), positive=(1,))
    assert findings_of(adult, question).groups[0].facet == "Sex"


def test_a_column_that_is_not_there_is_named(adult):
    with pytest.raises(InputError, match="no column 'sex' in the data; columns there: Sex"):
        state_of(adult, Question(facets=(Watched("sex"),)))


def test_an_empty_state_has_no_findings():
    assert find(BiasState(), Ask(measures=list(MEASURES.values()))).groups == ()
