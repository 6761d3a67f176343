"""The predictor of a configuration over real servers: a linear learner's stand-in that speaks JSON Lines."""

import json
from dataclasses import replace

import polars as pl
import pytest

from leeboard.errors import InputError
from leeboard.formats.analysis_config import AnalysisConfig
from leeboard.jobs.clarify.plan import plan_dataset
from leeboard.jobs.clarify.predictor import ModelSource
from leeboard.tables.parts import LABEL, PROBABILITY

N = 30_000
CONFIG = {
    "dataset_type": "text/csv",
    "headers": ["Label", "F1", "F2"],
    "label": "Label",
    "label_values_or_threshold": [1],
    "facet": [{"name_or_index": "F1", "value_or_threshold": [0.5]}],
    "methods": {"post_training_bias": {"methods": "all"}},
    "predictor": {"model_name": "a/b", "accept_type": "application/jsonlines", "label": "score"},
}


def linear_learner(body):
    """A score a line: the first cell."""
    return b"\n".join(json.dumps({"score": float(row.split(b",")[0])}).encode() for row in body.splitlines())


@pytest.fixture
def data(tmp_path):
    rows = pl.int_range(N, eager=True)
    frame = pl.DataFrame({"y": rows % 2, "a": (rows % 1000) / 1000, "b": rows})
    frame.write_csv(tmp_path / "train.csv", include_header=False)
    return str(tmp_path / "train.csv")


def predicted(data, source):
    config = AnalysisConfig.model_validate(CONFIG)
    plan = plan_dataset(config, data, monitors=("bias",), source=source)
    try:
        table = plan.open(replace(plan.read, chunk_bytes=100_000))
        return pl.concat(table.block(chunk).frame for chunk in table.chunks())
    finally:
        plan.close()


def test_all_rows_are_asked_in_batches_by_the_name_of_the_model(serve, data):
    server = serve(linear_learner)
    rows = predicted(data, ModelSource(by_name=f"{server.url}/word"))
    assert rows.columns == [LABEL, "F1", "F2", PROBABILITY]
    assert rows[PROBABILITY].to_list() == rows["F1"].cast(float).to_list()
    assert rows.height == N
    assert 4 < len(server.bodies) < 40
    assert {name.lower(): value for name, value in server.headers[0].items()}["content-type"] == "text/csv"


def test_the_name_of_the_model_is_a_part_of_the_path(serve, data):
    server = serve(linear_learner)
    predicted(data, ModelSource(by_name=f"{server.url}/word"))
    assert set(server.paths) == {"/word/models/a%2Fb"}


def test_a_url_is_asked_whatever_the_model_is_called(serve, data):
    server = serve(linear_learner)
    predicted(data, ModelSource(url=server.url))
    assert set(server.paths) == {"/invocations"}


def test_a_model_that_answers_otherwise_than_said_is_told(serve, data):
    with pytest.raises(InputError, match=r"label 'score' finds nothing in 0\.5"):
        predicted(
            data, ModelSource(url=serve(lambda body: b"\n".join([b"0.5"] * len(body.splitlines()))).url)
        )
