import numpy as np
import polars as pl
import pytest
from bias_rows import by_name, findings_of, rows_of, sex_is, state_of
from hypothesis import given
from hypothesis import strategies as st

from leeboard.measures.bias.decisions import KeyIndex, among
from leeboard.measures.bias.flips import FlipRows, FlipSample, flip_test
from leeboard.measures.bias.question import FlipOptions
from leeboard.tables.parts import LABEL, PREDICTION


def people(n: int, seed: int = 1) -> pl.DataFrame:
    random = np.random.default_rng(seed)
    sex = random.choice(["a", "d"], n)
    income = random.normal(50, 10, n)
    return pl.DataFrame(
        {
            "Sex": sex,
            "income": income,
            "hours": random.normal(38, 5, n),
            LABEL: random.integers(0, 2, n),
            PREDICTION: (income > np.where(sex == "d", 55, 48)).astype(int),
        }
    )


def test_the_nearest_of_few_others_decides_alone():
    # members 1 and 10 are accepted; their nearest others, 2 and 9, are not and are
    frame = pl.DataFrame({"Sex": list("ddaa"), "x": [1, 10, 2, 9], PREDICTION: [1, 1, 0, 1]})
    assert by_name(findings_of(frame, sex_is("d")))["FT"].value == 0.5


def test_sklearn_says_the_same():
    neighbours = pytest.importorskip("sklearn.neighbors")
    frame = people(2_000)
    is_d = (frame["Sex"] == "d").to_numpy()
    features, said = frame.select("income", "hours").to_numpy(), frame[PREDICTION].to_numpy()
    model = neighbours.KNeighborsClassifier(5).fit(features[~is_d], said[~is_d])
    flips = said[is_d].astype(int) - model.predict(features[is_d]).astype(int)
    assert by_name(findings_of(frame, sex_is("d")))["FT"].value == pytest.approx(flips.mean())


@given(cut=st.integers(0, 300), n_kept=st.integers(10, 400))
def test_up_to_its_limit_the_sample_is_everybody_however_the_rows_are_cut(cut, n_kept):
    frame = people(300)
    question = sex_is("d", flip=FlipOptions(max_rows=n_kept))
    whole = state_of(frame.head(cut), question) + state_of(frame.slice(cut), question)
    assert whole.flips is not None
    assert whole.flips.rows.height == min(300, n_kept)
    assert whole.flips.n_seen == 300


@given(n_members=st.integers(1, 25))
def test_a_small_group_has_the_same_neighbours_whichever_tree_is_asked(n_members):
    random = np.random.default_rng(n_members)
    is_member = np.arange(100) < n_members
    rows = FlipRows(
        KeyIndex(["=a"]), np.zeros(100, dtype=int), random.random(100) > 0.5, random.random((100, 3))
    )
    distances = ((rows.features[is_member][:, None] - rows.features[~is_member]) ** 2).sum(axis=2)
    nearest = np.flatnonzero(~is_member)[np.argsort(distances, axis=1)[:, :5]]
    votes = rows.is_positive[nearest].mean(axis=1) > 0.5
    assert (rows.flips(is_member) == rows.is_positive[is_member].astype(int) - votes).all()


def test_a_sample_says_that_it_is_one_and_is_near_to_everybody():
    frame = people(5_000)
    sampled = findings_of(frame, sex_is("d", flip=FlipOptions(max_rows=2_000)))
    assert "the flip test looked at 2,000 of 5,000 rows, drawn at random" in sampled.notes
    exact = by_name(findings_of(frame, sex_is("d")))["FT"].value
    assert by_name(sampled)["FT"].value == pytest.approx(exact, abs=0.05)


def test_the_same_seed_draws_the_same_rows():
    frame = people(1_000)
    states = [state_of(frame, sex_is("d", flip=FlipOptions(max_rows=100))) for _ in range(2)]
    assert states[0].flips.rows.equals(states[1].flips.rows)


def test_features_that_are_text_are_left_out_with_a_note_or_refused_as_aws_does():
    frame = people(100).with_columns(pl.lit("red").alias("colour"))
    findings = findings_of(frame, sex_is("d"))
    assert by_name(findings)["FT"].value == by_name(findings_of(people(100), sex_is("d")))["FT"].value
    assert "the flip test left out the features colour, which are text" in findings.notes
    strict = by_name(findings_of(frame, sex_is("d", flip=FlipOptions(needs_numbers=True))))
    assert strict["FT"].error == "Features are no numbers: colour"


def test_numbers_written_as_text_are_numbers():
    frame = people(200)
    texts = frame.with_columns(pl.col("income").cast(pl.String))
    values = [by_name(findings_of(one, sex_is("d")))["FT"].value for one in (frame, texts)]
    assert values[0] == values[1]


def test_excluded_columns_are_no_features():
    found = by_name(findings_of(people(50), sex_is("d", flip=FlipOptions(exclude=("income", "hours")))))
    assert found["FT"].error == "There is no numeric feature"


def test_rows_without_all_features_are_left_out():
    frame = people(60).with_columns(
        pl.when(pl.col("Sex") == "d").then(None).otherwise("income").alias("income")
    )
    assert by_name(findings_of(frame, sex_is("d")))["FT"].error == (
        "There is no numeric feature"
        if frame["income"].dtype == pl.String
        else "Nobody is in the group, of those who have all features"
    )


def test_without_predictions_there_is_no_test():
    frame = rows_of({"a": (1, 1, 1, 1), "d": (1, 1, 1, 1)}).drop(PREDICTION)
    assert by_name(findings_of(frame, sex_is("d")))["FT"].value is None


def test_losses_count_for_and_gains_against():
    answers, features = np.array([True, False, False]), np.array([[0.0], [1.0], [0.5]])
    rows = FlipRows(KeyIndex(["=a", "=d"]), np.array([1, 1, 0]), answers, features)
    flips = rows.flips(rows.members(among(["d"])))
    assert (flips.tolist(), flip_test(flips)) == ([1, 0], 0.5)


def test_nothing_seen_adds_nothing():
    empty = FlipSample(10)
    assert (empty + empty).prepared("Sex", bool).facet.tolist() == []
