"""The same measures by scikit-learn: `python -m bench.quality.scikit FILE`."""

import sys

import polars as pl
from sklearn.metrics import (
    confusion_matrix,
    fbeta_score,
    precision_recall_curve,
    precision_recall_fscore_support,
    roc_auc_score,
    roc_curve,
)


def main() -> None:
    """Prints area, F1 and the size of both curves, without deviations."""
    rows = pl.read_parquet(sys.argv[1])
    label, score = rows["label"].to_numpy(), rows["score"].to_numpy()
    said = (score > 0.5).astype(int)
    confusion_matrix(label, said)
    f1 = precision_recall_fscore_support(label, said, average="binary")[2]
    halves = [fbeta_score(label, said, beta=beta) for beta in (0.5, 2)]
    n_points = len(roc_curve(label, score)[0]) + len(precision_recall_curve(label, score)[0])
    print(roc_auc_score(label, score), f1, halves, n_points)


if __name__ == "__main__":
    main()
