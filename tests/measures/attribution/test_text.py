"""Texts by their units."""

import numpy as np
import polars as pl
import pytest

from leeboard.measures.attribution.explanation import ShapOptions
from leeboard.measures.attribution.text import Units
from leeboard.measures.attribution.text_game import explain_texts, top_units

WORTH = {"good": 1.0, "bad": -2.0}


def mood(rows):
    """The sum of the words' worths, and of another feature."""
    words = [sum(WORTH.get(word.strip(".,!"), 0.0) for word in text.lower().split()) for text in rows["text"]]
    return np.array(words) + rows["other"].to_numpy()


@pytest.mark.parametrize(
    ("granularity", "words"),
    [
        ("token", ("It", "isn't", "bad", "!", "漢", "字", "。", "Next")),
        ("sentence", ("It isn't bad!", "漢字。", "Next")),
        ("paragraph", ("It isn't bad! 漢字。", "Next")),
    ],
)
def test_a_text_is_cut_into_units(granularity, words):
    assert Units.of("It isn't bad! 漢字。\n\nNext", granularity).words == words


@pytest.mark.parametrize("text", ["", "  ", "one", " A b.  C!\n\nd ", "漢字です", "…"])
@pytest.mark.parametrize("granularity", ["token", "sentence", "paragraph"])
def test_all_units_together_are_the_text(text, granularity):
    units = Units.of(text, granularity)
    assert units.with_only([True] * len(units.words), "") == text
    assert all(text[start:].startswith(word) for start, word in zip(units.starts, units.words, strict=True))


def test_what_is_left_out_leaves_no_gap_or_is_replaced():
    units = Units.of("a b c", "token")
    assert units.with_only([True, False, True], "") == "a c"
    assert units.with_only([True, False, True], "UNK") == "a UNK c"


def test_each_unit_gets_what_it_adds_and_the_text_their_sum(model_of):
    rows = pl.DataFrame({"other": [0.5, 0.0], "text": ["A good, good film.", "Bad"]})
    background = pl.DataFrame({"other": [0.0], "text": [""]})
    found = explain_texts(model_of(of_rows=mood), rows, background, ["text"], "token")
    first = found.units["text"][0]
    assert first.units == ("A", "good", ",", "good", "film", ".")
    assert first.values[:, 0].tolist() == pytest.approx([0, 1, 0, 1, 0, 0])
    assert found.local[:, :, 0].tolist() == [pytest.approx([0.5, 2.0]), pytest.approx([0.0, -2.0])]


def test_a_long_text_is_sampled_and_still_adds_up(model_of):
    rows = pl.DataFrame({"other": [1.0], "text": [" ".join(["good", "so", "bad"] * 30)]})
    background = pl.DataFrame({"other": [0.0, 2.0], "text": ["", ""]})
    options = ShapOptions(n_samples=400)
    found = explain_texts(model_of(of_rows=mood), rows, background, ["text"], "token", options)
    assert found.local.sum() == pytest.approx((found.predictions - found.expected).sum())
    assert found.units["text"][0].values[:3, 0].tolist() == pytest.approx([1.0, 0.0, -2.0])


def test_an_empty_text_has_no_unit(model_of):
    rows = pl.DataFrame({"other": [1.0, 2.0], "text": ["", None]})
    found = explain_texts(
        model_of(of_rows=lambda rows: mood(rows.fill_null(""))), rows, rows[:1], ["text"], "sentence"
    )
    assert found.local[:, :, 0].tolist() == [[0.0, 0.0], [1.0, 0.0]]


def test_the_heaviest_units_of_all_rows_come_first(model_of):
    rows = pl.DataFrame({"other": [0.0] * 4, "text": ["good bad", "good", "a good", "nothing"]})
    found = explain_texts(
        model_of(of_rows=mood), rows, pl.DataFrame({"other": [0.0], "text": [""]}), ["text"], "token"
    )
    top = top_units(found.units["text"], 0, 2)
    assert list(top) == ["good", "bad"]
    assert list(top.values()) == pytest.approx([0.75, 0.5])
