"""Kernel SHAP: its numbers, and what they cost."""

import numpy as np
import polars as pl
import pytest

from leeboard.errors import InputError
from leeboard.measures.attribution.explanation import ShapOptions
from leeboard.measures.attribution.kernel import explain
from leeboard.measures.model import Predictions


def shapley_by_definition(answer, row, background):
    """The mean over all orders, by subsets; for few features."""
    from itertools import combinations
    from math import factorial

    n = len(row)

    def worth(members):
        mixed = background.copy()
        mixed[:, list(members)] = row[list(members)]
        return answer(mixed).mean()

    found = np.zeros(n)
    for i in range(n):
        others = [j for j in range(n) if j != i]
        for size in range(n):
            weight = factorial(size) * factorial(n - size - 1) / factorial(n)
            for members in combinations(others, size):
                found[i] += weight * (worth((*members, i)) - worth(members))
    return found


def test_attributions_are_shapley_values_by_definition(wavy_model, numbers):
    rows, background = numbers(3, 5), numbers(4, 5, seed=1)
    found = explain(wavy_model, rows, background)
    for row, local in zip(rows.to_numpy(), found.local[:, :, 0], strict=True):
        wanted = shapley_by_definition(
            lambda matrix: wavy_model._of_rows(pl.DataFrame(matrix)), row, background.to_numpy()
        )
        assert np.allclose(local, wanted)


def test_attributions_add_up_to_the_answer_less_the_expected_one(wavy_model, numbers):
    rows, background = numbers(20, 16), numbers(3, 16, seed=1)
    found = explain(wavy_model, rows, background, ShapOptions(n_samples=100))
    assert np.allclose(found.local.sum(axis=1), found.predictions - found.expected)


@pytest.mark.parametrize("n_parallel", [1, 4])
def test_the_same_seed_gives_the_same_numbers_on_any_number_of_threads(wavy_model, numbers, n_parallel):
    rows, background = numbers(40, 14), numbers(2, 14, seed=1)
    options = ShapOptions(n_samples=200, seed=5, n_parallel_calls=n_parallel, max_rows_per_call=333)
    alone = explain(wavy_model, rows, background, ShapOptions(n_samples=200, seed=5, n_parallel_calls=2))
    assert np.array_equal(explain(wavy_model, rows, background, options).local, alone.local)


def test_another_seed_gives_other_numbers_where_coalitions_are_sampled(wavy_model, numbers):
    rows, background = numbers(5, 14), numbers(2, 14, seed=1)
    first, second = (
        explain(wavy_model, rows, background, ShapOptions(n_samples=100, seed=s)) for s in (1, 2)
    )
    assert not np.array_equal(first.local, second.local)


def test_calls_are_full_but_for_the_last(wavy_model, numbers):
    found = explain(wavy_model, numbers(9, 6), numbers(5, 6, seed=1), ShapOptions(max_rows_per_call=100))
    # 9 rows and 5 of the background, then 9 x (2^6 - 2) coalitions x 5
    assert found.n_model_rows == wavy_model.n_rows == 14 + 9 * 62 * 5
    assert found.n_calls == len(wavy_model.sizes) == 1 + 28
    assert sorted(wavy_model.sizes)[2:] == [100] * 27


def test_features_that_equal_the_background_are_not_varied(wavy_model, numbers):
    rows = numbers(4, 6).with_columns(f3=pl.lit(0.0), f5=pl.lit(0.0))
    background = numbers(1, 6, seed=1).with_columns(f3=pl.lit(0.0), f5=pl.lit(0.0))
    found = explain(wavy_model, rows, background)
    assert found.n_model_rows == 5 + 4 * (2**4 - 2)
    assert not found.local[:, [3, 5]].any()


def test_a_row_pays_for_the_features_in_which_it_differs(wavy_model, numbers):
    background = numbers(1, 6, seed=1)
    rows = pl.concat([background, numbers(2, 6)]).with_columns(
        f0=pl.Series([background["f0"][0], background["f0"][0], 1.5])
    )
    found = explain(wavy_model, rows, background)
    assert found.n_model_rows == 1 + 3 + 0 + (2**5 - 2) + (2**6 - 2)
    assert np.allclose(found.local[0], 0)


def test_equal_rows_are_asked_about_once(wavy_model, numbers):
    rows, background = numbers(3, 6), numbers(2, 6, seed=1)
    once = explain(wavy_model, rows, background)
    thrice = explain(wavy_model, pl.concat([rows, rows, rows]), background)
    assert thrice.n_model_rows == once.n_model_rows
    assert np.array_equal(thrice.local, np.concatenate([once.local] * 3))


def test_equal_mixtures_of_different_rows_are_asked_about_once(model_of):
    model = model_of(of_rows=lambda rows: rows.select(pl.sum_horizontal(pl.all())).to_numpy())
    every = pl.DataFrame(
        [[float(i >> j & 1) for j in range(8)] for i in range(256)],
        schema=[f"f{j}" for j in range(8)],
        orient="row",
    )
    found = explain(model, every, every[:1])
    assert found.n_model_rows <= 257 + 9 * 256  # a piece of each number of differing features; 6,305 mixtures
    assert np.allclose(found.local[:, :, 0], every.to_numpy())


def test_categories_stay_as_they_are(model_of):
    seen: set[type] = set()

    def answer(rows):
        seen.update(map(type, rows["city"].to_list()))
        return (rows["city"] == "B").cast(pl.Float64).to_numpy() + rows["age"].to_numpy()

    rows = pl.DataFrame({"city": ["A", "B", None], "age": [1, 2, 3]})
    found = explain(model_of(of_rows=lambda rows: np.nan_to_num(answer(rows))), rows, rows[:1])
    assert seen == {str, type(None)}
    assert found.local[1, :, 0].tolist() == pytest.approx([1.0, 1.0])


def test_several_outputs_are_explained_at_once(model_of, numbers):
    model = model_of(lambda matrix: np.column_stack([matrix[:, 0], matrix[:, 1] * 2]))
    found = explain(model, numbers(4, 3), numbers(1, 3, seed=1))
    wanted = numbers(4, 3).to_numpy() - numbers(1, 3, seed=1).to_numpy()
    assert np.allclose(found.local[:, 0, 0], wanted[:, 0])
    assert np.allclose(found.local[:, 1, 1], 2 * wanted[:, 1])
    assert np.allclose(found.local[:, 2], 0)


def test_log_odds_of_a_logistic_model_are_linear(model_of, numbers):
    model = model_of(lambda matrix: 1 / (1 + np.exp(-matrix @ [1.0, 2.0, 3.0])))
    found = explain(model, numbers(4, 3), numbers(1, 3, seed=1), ShapOptions(use_logit=True))
    wanted = (numbers(4, 3).to_numpy() - numbers(1, 3, seed=1).to_numpy()) * [1.0, 2.0, 3.0]
    assert np.allclose(found.local[:, :, 0], wanted)


def test_log_odds_of_what_is_no_probability_are_refused(wavy_model, numbers):
    with pytest.raises(InputError, match="leave use_logit out"):
        explain(wavy_model, numbers(4), numbers(1, seed=1), ShapOptions(use_logit=True))


def test_a_constant_model_gives_zeros(model_of, numbers):
    found = explain(model_of(lambda matrix: np.full(len(matrix), 0.3)), numbers(4), numbers(2, seed=1))
    assert np.allclose(found.local, 0)
    assert found.expected.tolist() == pytest.approx([0.3])


def test_one_feature_takes_the_whole_difference(model_of):
    rows = pl.DataFrame({"only": [1.0, 2.0]})
    found = explain(model_of(lambda matrix: matrix[:, 0] ** 2), rows, pl.DataFrame({"only": [0.0, 1.0]}))
    assert found.local[:, 0, 0].tolist() == pytest.approx([0.5, 3.5])


def test_the_budget_lowers_the_default_number_of_coalitions_and_says_so(wavy_model, numbers):
    options = ShapOptions(max_model_rows=5_000)
    found = explain(wavy_model, numbers(10, 14), numbers(2, 14, seed=1), options)
    assert wavy_model.n_rows <= 5_000 + 12
    assert "250 coalitions a row instead of 2,076" in found.notes[0]


def test_too_few_samples_are_raised_to_those_that_the_regression_needs(wavy_model, numbers):
    found = explain(wavy_model, numbers(1, 14), numbers(1, 14, seed=1), ShapOptions(n_samples=2))
    assert found.n_model_rows == 2 + 28
    assert "num_samples 2" in found.notes[0]


def test_a_row_that_is_too_much_for_one_piece_is_cut(wavy_model, numbers, monkeypatch):
    rows, background = numbers(2, 8), numbers(7, 8, seed=1)
    whole = explain(wavy_model, rows, background)
    monkeypatch.setattr("leeboard.measures.attribution.kernel.PIECE_ROWS", 50)
    assert np.allclose(explain(wavy_model, rows, background).local, whole.local)


def test_progress_ends_where_it_said(wavy_model, numbers):
    told = []
    explain(wavy_model, numbers(5), numbers(2, seed=1), progress=lambda *now: told.append(now))
    done, total = zip(*told, strict=True)
    assert list(done) == sorted(done)
    assert set(total) == {done[-1]}


def test_a_model_that_loses_rows_is_refused(numbers):
    class Forgetful:
        def predict(self, rows):
            return Predictions(scores=np.zeros((rows.height - 1, 1)))

    with pytest.raises(InputError, match="one answer a row"):
        explain(Forgetful(), numbers(3), numbers(1, seed=1))


def test_labels_that_are_numbers_are_scores_and_others_need_headers(numbers):
    class Labelling:
        def __init__(self, names):
            self.names = names

        def predict(self, rows):
            return Predictions(labels=[self.names[int(value > 0)] for value in rows["f0"]])

    rows, background = numbers(3), numbers(1, seed=1)
    plain = explain(Labelling(["0", "1"]), rows, background)
    headed = explain(Labelling(["no", "yes"]), rows, background, ShapOptions(label_headers=("no", "yes")))
    assert np.allclose(plain.local[:, :, 0], headed.local[:, :, 1])
    with pytest.raises(InputError, match="label_headers"):
        explain(Labelling(["no", "yes"]), rows, background)
