"""One way to attribute, timed in a process of its own: `python -m bench.attributions TASK ROWS`.

The model is a boosted one of XGBoost with 14 features; `prepare` trains it.
"""

import json
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np

from bench.places import WORK

FOLDER = WORK / "attributions"
MODEL, ROWS = FOLDER / "model.json", FOLDER / "rows.npy"
N_FEATURES, N_TREES, DEPTH = 14, 100, 6
MOST_ROWS = 20_000
CALL_ROWS, N_THREADS = 10_000, 2
N_BACKGROUND = 100
"""Of the exact ways; Kernel SHAP has one row of means."""


def prepare(n_rows: int) -> dict:
    import xgboost

    rng = np.random.default_rng(0)
    rows = rng.normal(size=(MOST_ROWS, N_FEATURES))
    odds = rows[:, 0] * 2 + np.sin(rows[:, 1] * 2) + rows[:, 2] * rows[:, 3] + rows[:, 5:].sum(axis=1) / 10
    target = (odds + rng.normal(size=MOST_ROWS) > 0).astype(int)
    options = {"objective": "binary:logistic", "max_depth": DEPTH, "nthread": N_THREADS, "seed": 0}
    booster = xgboost.train(options, xgboost.DMatrix(rows, target), N_TREES)
    FOLDER.mkdir(parents=True, exist_ok=True)
    booster.save_model(MODEL)
    np.save(ROWS, rows)
    return {}


def leeboard(n_rows: int) -> dict:
    """Kernel SHAP as the monitor computes it, the model behind the interface that endpoints have too."""
    import polars as pl

    from leeboard.measures.attribution.explanation import ShapOptions
    from leeboard.measures.attribution.kernel import explain
    from leeboard.measures.model import Predictions

    predict, rows = _answer(), np.load(ROWS)

    class Model:
        def predict(self, asked: pl.DataFrame) -> Predictions:
            return Predictions(scores=predict(asked.to_numpy()).astype(float)[:, None])

    frame = pl.DataFrame(rows, schema=[f"f{i}" for i in range(N_FEATURES)])
    options = ShapOptions(max_rows_per_call=CALL_ROWS, n_parallel_calls=N_THREADS)
    began = time.perf_counter()
    found = explain(Model(), frame[:n_rows], frame.mean(), options)
    seconds = time.perf_counter() - began
    return {"seconds": seconds, "calls": found.n_calls, "rows": found.n_model_rows}


def model(n_rows: int) -> dict:
    """The model alone: as many rows in as many calls as the method needs, made beforehand."""
    predict = _answer()
    n_asked = n_rows * (2 * N_FEATURES + 2048) + n_rows + 1
    call = np.ascontiguousarray(np.load(ROWS)[:CALL_ROWS])
    n_calls = -(-n_asked // CALL_ROWS)
    began = time.perf_counter()
    with ThreadPoolExecutor(N_THREADS) as threads:
        list(threads.map(lambda _: predict(call), range(n_calls)))
    return {"seconds": time.perf_counter() - began, "calls": n_calls, "rows": n_asked}


def shap(n_rows: int) -> dict:
    """The shap package's own Kernel SHAP with its default number of samples."""
    from shap import KernelExplainer

    predict, rows = _answer(N_THREADS), np.load(ROWS)
    asked: list[int] = []

    def counted(matrix: np.ndarray) -> np.ndarray:
        asked.append(len(matrix))
        return predict(matrix)

    explainer = KernelExplainer(counted, rows.mean(axis=0, keepdims=True))
    began = time.perf_counter()
    explainer.shap_values(rows[:n_rows], silent=True)
    return {"seconds": time.perf_counter() - began, "calls": len(asked), "rows": sum(asked)}


def exact(n_rows: int) -> dict:
    """From inside the model: the margin against a background of some rows."""
    import polars as pl

    from leeboard.measures.attribution.additive.loading import read_model

    rows, loaded = np.load(ROWS), read_model(_without_link(MODEL))
    frame = pl.DataFrame(rows, schema=[f"f{i}" for i in range(N_FEATURES)])
    began = time.perf_counter()
    loaded.explained(frame[:n_rows], frame[:N_BACKGROUND], use_logit=False)
    return {"seconds": time.perf_counter() - began, "calls": 0, "rows": 0}


def tree_explainer(n_rows: int) -> dict:
    """The same by the shap package, in C."""
    import xgboost
    from shap import TreeExplainer

    rows, booster = np.load(ROWS), xgboost.Booster(model_file=MODEL)
    explainer = TreeExplainer(booster, rows[:N_BACKGROUND], feature_perturbation="interventional")
    began = time.perf_counter()
    explainer.shap_values(rows[:n_rows], check_additivity=False)
    return {"seconds": time.perf_counter() - began, "calls": 0, "rows": 0}


def _answer(n_threads: int = 1):
    import xgboost

    booster = xgboost.Booster({"nthread": n_threads}, model_file=MODEL)
    return booster.inplace_predict


def _without_link(file: Path) -> bytes:
    """The model with its margin as its answer, which is a sum of trees."""
    return file.read_bytes().replace(b"binary:logistic", b"binary:logitraw")


if __name__ == "__main__":
    task, n_rows = sys.argv[1].replace("-", "_"), int(sys.argv[2])
    print("\n" + json.dumps(globals()[task](n_rows)))
