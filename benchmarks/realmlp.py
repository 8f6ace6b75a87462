"""Train RealMLP-TD on a table and write its test predictions.

    realmlp.py TRAIN.parquet TEST.parquet TARGET TASK SEED OUT.npy FOLDS

FOLDS 0: with its defaults. Otherwise on so many folds, averaged, and for classes as its
documentation advises for cross-entropy: validated by it, and labels are not smoothed.

Runs in an environment of its own (`environment.build_tables`). Holzmüller, Grinsztajn and
Steinwart, Better by default (2024). Probabilities come in the order of the sorted labels.
"""

import sys

import numpy as np
import pandas as pd
from pytabkit import RealMLP_TD_Classifier, RealMLP_TD_Regressor


def main(train: str, test: str, target: str, task: str, seed: str, out: str, folds: str) -> None:
    rows, unseen = (features(pd.read_parquet(path), target) for path in (train, test))
    kind = RealMLP_TD_Regressor if task == "regression" else RealMLP_TD_Classifier
    bagged = {} if folds == "0" else {"n_cv": int(folds)}
    if bagged and task != "regression":
        bagged |= {"val_metric_name": "cross_entropy", "use_ls": False}
    model = kind(device="cpu", random_state=int(seed), n_threads=1, verbosity=0, **bagged)
    model.fit(rows, pd.read_parquet(train)[target].to_numpy())
    np.save(out, model.predict(unseen) if task == "regression" else model.predict_proba(unseen))


def features(frame: pd.DataFrame, target: str) -> pd.DataFrame:
    """Numbers as they are, missing ones by the median; all else as text."""
    numbers = frame.drop(columns=target).select_dtypes("number")
    rest = frame.drop(columns=[target, *numbers.columns])
    return pd.concat([numbers.fillna(numbers.median()), rest.astype(str)], axis=1)


if __name__ == "__main__":
    main(*sys.argv[1:])
